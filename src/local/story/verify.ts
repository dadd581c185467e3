// Holds a finished run against four witnesses: the table, the ledger, the audit log and the run row. The story
// is told as a success only where they all agree.
import type { Client } from '@temporalio/client';
import type { Catalog, CatalogJob } from '../../catalog/catalog.ts';
import { targetOf } from '../../client/target.ts';
import type { RunResult } from '../../domain/run.ts';
import { countTable, type TableCount, withClient } from './tables.ts';

/** One line of `npm start -- --once --json`. */
export interface JobReport {
  readonly name: string;
  readonly runId: string;
  readonly workflowId: string;
  readonly eligible: number;
  readonly deleted: number;
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
  readonly before: TableCount;
}

export const verifyRun = async (input: VerifyInput): Promise<JobReport> => {
  const { catalog, client, job, workflowId, result } = input;
  const { runId } = result;
  const target = await withClient(targetOf(catalog, job).url, async (db) => {
    const after = await countTable(db, job.snapshot.steps[0].selection, result.cutoff ?? '-infinity');
    const ledger = await db.query(
      'SELECT coalesce(sum(deleted), 0)::float8 AS deleted, count(*)::int AS batches FROM sexton.ledger WHERE run_id = $1',
      [runId],
    );
    const audit = await db.query('SELECT action FROM sexton.audit_log WHERE run_id = $1 ORDER BY id', [
      runId,
    ]);
    return { after, ledger: ledger.rows[0], audit: audit.rows.map((row): string => row.action) };
  });
  const row = await withClient(catalog.home.url, async (db) => {
    const { rows } = await db.query(
      `SELECT state, strategy, budget_seconds AS "budgetSeconds", duration_seconds AS "durationSeconds",
         deleted::float8, ended_at IS NOT NULL AS ended FROM sexton.run WHERE run_id = $1`,
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
    deleted: target.ledger.deleted,
    remaining: target.after.old,
    strategy: row?.strategy ?? 'none',
    batches: target.ledger.batches,
    durationSeconds: result.durationSeconds,
    budgetSeconds: row?.budgetSeconds ?? 0,
    utilizationPercent: result.utilizationPercent,
    audit: target.audit,
    problems: disagreements(input, { ...target, row, status: status.name }),
  };
};

interface Witnesses {
  readonly after: TableCount;
  readonly ledger: { readonly deleted: number; readonly batches: number };
  readonly audit: readonly string[];
  readonly row: { readonly state: string; readonly deleted: number; readonly ended: boolean } | undefined;
  readonly status: string;
}

const disagreements = ({ result, before }: VerifyInput, seen: Witnesses): readonly string[] => {
  const gone = before.rows - seen.after.rows;
  const endings = seen.audit.filter(
    (action) => !['CLEANUP_STARTED', 'CLEANUP_BATCH_COMPLETED'].includes(action),
  );
  const claims: readonly (readonly [string, unknown, unknown])[] = [
    ['rows gone from the table, against rows that were eligible', gone, before.old],
    ['rows in the ledger, against rows gone', seen.ledger.deleted, gone],
    ['rows in the result, against rows gone', result.deleted, gone],
    ['rows eligible by the run, against rows eligible by the table', result.eligible, before.old],
    ['rows left', seen.after.old, 0],
    ['rows in the run row, against rows gone', seen.row?.deleted, gone],
    ['state of the run row', seen.row?.state, 'completed'],
    ['endings in the audit log', endings.join(', '), 'CLEANUP_COMPLETED'],
    ['status in Temporal', seen.status, 'COMPLETED'],
  ];
  return claims
    .filter(([, found, expected]) => found !== expected)
    .map(([what, found, expected]) => `${what}: ${String(found)}, expected ${String(expected)}`);
};
