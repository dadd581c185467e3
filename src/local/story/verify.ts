// Asks every witness of a finished run: the table, the store where files went, the ledger, the audit log, the run row
// and Temporal. The story is told as a success only where they all agree.
import type { Client } from '@temporalio/client';
import type { Catalog, CatalogJob } from '../../catalog/catalog.ts';
import { targetOf } from '../../client/target.ts';
import type { RunResult } from '../../domain/jobs/run.ts';
import { disagreements, type Seen } from './claims.ts';
import { lookAtObjects, type StoreWitness } from './objects.ts';
import { countTables, withClient } from './tables.ts';

/** One line of `npm start -- --once --json`. */
export interface JobReport {
  readonly name: string;
  readonly runId: string;
  readonly workflowId: string;
  readonly eligible: number;
  /** Rows that left the selection: deleted, or cleared of their file. */
  readonly deleted: number;
  /** Files that left the store. */
  readonly objects: number;
  readonly remaining: number;
  readonly strategy: string;
  readonly batches: number;
  readonly durationSeconds: number;
  readonly budgetSeconds: number;
  readonly utilizationPercent: number;
  readonly audit: readonly string[];
  /** What the witnesses disagree on; empty where all is well. */
  readonly problems: readonly string[];
}

export interface VerifyInput {
  readonly catalog: Catalog;
  readonly client: Client;
  readonly job: CatalogJob;
  readonly workflowId: string;
  readonly result: RunResult;
  readonly before: Seen;
  readonly store: StoreWitness | undefined;
}

/** Counts a job's table and, where it deletes files, its files. */
export const look = (
  { catalog, job, store }: Pick<VerifyInput, 'catalog' | 'job' | 'store'>,
  cutoff: string,
): Promise<Seen> =>
  withClient(targetOf(catalog, job).url, async (db) => ({
    table: await countTables(db, job.snapshot.steps, cutoff),
    objects: store && (await lookAtObjects(db, { job, cutoff, store })),
  }));

export const verifyRun = async (input: VerifyInput): Promise<JobReport> => {
  const { catalog, client, job, workflowId, result, before } = input;
  const { runId } = result;
  const { steps } = job.snapshot;
  const after = await look(input, result.cutoff ?? '-infinity');
  const { ledger, audit } = await withClient(targetOf(catalog, job).url, async (db) => {
    const told = await db.query(
      `SELECT coalesce(sum(deleted), 0)::float8 AS deleted, coalesce(sum(objects), 0)::float8 AS objects,
         count(*) FILTER (WHERE result IS NULL)::int AS batches FROM sexton.ledger WHERE run_id = $1`,
      [runId],
    );
    const { rows } = await db.query('SELECT action FROM sexton.audit_log WHERE run_id = $1 ORDER BY id', [
      runId,
    ]);
    return { ledger: told.rows[0], audit: rows.map((each): string => each.action) };
  });
  const row = await withClient(catalog.home.url, async (db) => {
    const { rows } = await db.query(
      `SELECT state, strategy, budget_seconds AS "budgetSeconds", duration_seconds AS "durationSeconds",
         deleted::float8, objects::float8, ended_at IS NOT NULL AS ended FROM sexton.run WHERE run_id = $1`,
      [runId],
    );
    return rows[0];
  });
  const { status } = await client.workflow.getHandle(workflowId).describe();

  return {
    name: job.name,
    runId,
    workflowId,
    eligible: result.eligible,
    deleted: ledger.deleted,
    objects: ledger.objects,
    remaining: after.table.old,
    strategy: row?.strategy ?? 'none',
    batches: ledger.batches,
    durationSeconds: result.durationSeconds,
    budgetSeconds: row?.budgetSeconds ?? 0,
    utilizationPercent: result.utilizationPercent,
    audit,
    problems: disagreements({ steps, result, before, after, ledger, audit, row, status: status.name }),
  };
};
