// Questions about runs, answered by the home database.
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

export interface ListedRun {
  readonly runId: string;
  readonly workflowId: string;
  readonly pack: string;
  readonly job: string;
  readonly state: string;
  readonly ended: boolean;
  /** ISO-8601, to the microsecond. */
  readonly cutoff: string | null;
}

const COLUMNS = `run_id AS "runId", workflow_id AS "workflowId", pack, job, state, ended_at IS NOT NULL AS ended,
  ${isoSql('cutoff', 'microseconds')} AS cutoff`;

export const readRun = async (home: Queryable, runId: string): Promise<ListedRun | undefined> => {
  const { rows } = await home.query(`SELECT ${COLUMNS} FROM sexton.run WHERE run_id = $1`, [runId]);
  return rows[0];
};

/** Runs of a job that go on, the newest first; dry runs are nothing that could be held. */
export const readOpenRunsOf = async (
  home: Queryable,
  { pack, job }: { readonly pack: string; readonly job: string },
): Promise<readonly ListedRun[]> => {
  const { rows } = await home.query(
    `SELECT ${COLUMNS} FROM sexton.run WHERE pack = $1 AND job = $2 AND ended_at IS NULL AND NOT dry_run
     ORDER BY started_at DESC`,
    [pack, job],
  );
  return rows;
};
