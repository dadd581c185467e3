// How a job's newest runs ended, and whether it was tried dry since: what is asked before its schedule goes on.
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

interface JobName {
  readonly pack: string;
  readonly job: string;
}

export interface RunEnd {
  readonly state: string;
  /** ISO-8601, to the microsecond. */
  readonly endedAt: string;
}

/** The newest first. Dry runs are no attempts at the work, nor are runs that found the lock held. */
export const readNewestEnds = async (
  home: Queryable,
  { pack, job }: JobName,
  limit: number,
): Promise<readonly RunEnd[]> => {
  const { rows } = await home.query(
    `SELECT state, ${isoSql('ended_at', 'microseconds')} AS "endedAt" FROM sexton.run
     WHERE pack = $1 AND job = $2 AND ended_at IS NOT NULL AND NOT dry_run AND state <> 'skipped'
     ORDER BY started_at DESC LIMIT $3`,
    [pack, job, limit],
  );
  return rows;
};

/** Whether a dry run succeeded after an instant, within the last hours. */
export const hasDryRunSince = async (
  home: Queryable,
  { pack, job }: JobName,
  { since, withinHours }: { readonly since: string; readonly withinHours: number },
): Promise<boolean> => {
  const { rowCount } = await home.query(
    `SELECT 1 FROM sexton.run WHERE pack = $1 AND job = $2 AND dry_run AND state = 'completed'
       AND started_at > $3::timestamptz AND ended_at > sexton.now() - make_interval(hours => $4) LIMIT 1`,
    [pack, job, since, withinHours],
  );
  return (rowCount ?? 0) > 0;
};
