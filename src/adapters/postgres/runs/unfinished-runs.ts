// Queries of reconcile: runs whose row or ending is missing somewhere.
import { TERMINAL_ACTIONS } from '../../../domain/jobs/audit.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

export interface RunRow {
  readonly runId: string;
  readonly workflowId: string;
  readonly pack: string;
  readonly job: string;
  readonly database: string;
  readonly resourceType: string;
  readonly lockKey: string;
  readonly trigger: 'schedule' | 'manual' | 'retry';
  readonly budgetSeconds: number;
  readonly ageSeconds: number;
  readonly state: string;
  readonly reason: string | null;
  readonly deleted: number | null;
  readonly durationSeconds: number | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly dryRun: boolean;
  readonly remaining: number | null;
  readonly batches: number | null;
  readonly objects: number | null;
  readonly setAside: number | null;
  readonly maxBatchMs: number | null;
  readonly avgBatchMs: number | null;
  readonly lockWaitMs: number | null;
  readonly workMs: number | null;
  readonly throttledMs: number | null;
  readonly pausedMs: number | null;
  readonly waitingMs: number | null;
  readonly queuedMs: number | null;
  readonly approvalMs: number | null;
  readonly walBytes: number | null;
  readonly locked: number | null;
  readonly attempts: number | null;
  readonly historyEvents: number | null;
  /** ISO-8601, to the microsecond. */
  readonly cutoff: string | null;
}

export interface EndedRun extends RunRow {
  readonly endedAt: string;
}

const COLUMNS = `run_id AS "runId", workflow_id AS "workflowId", pack, job, database, resource_type AS "resourceType",
  lock_key AS "lockKey", trigger, budget_seconds AS "budgetSeconds", state, reason, deleted::float8, dry_run AS "dryRun",
  duration_seconds AS "durationSeconds", error_code AS "errorCode", error_message AS "errorMessage",
  remaining::float8, objects::float8, set_aside::float8 AS "setAside", batches, max_batch_ms AS "maxBatchMs", avg_batch_ms AS "avgBatchMs",
  lock_wait_ms AS "lockWaitMs", work_ms AS "workMs", throttled_ms AS "throttledMs", paused_ms AS "pausedMs",
  waiting_ms AS "waitingMs", queued_ms AS "queuedMs", approval_ms AS "approvalMs", wal_bytes::float8 AS "walBytes",
  locked::float8, attempts, history_events AS "historyEvents",
  ${isoSql('cutoff', 'microseconds')} AS cutoff,
  extract(epoch FROM sexton.now() - started_at)::float8 AS "ageSeconds"`;

/** Runs without an ending that began at least `seconds` ago. */
export const readOpenRuns = async (home: Queryable, seconds: number): Promise<readonly RunRow[]> => {
  const { rows } = await home.query(
    `SELECT ${COLUMNS} FROM sexton.run
     WHERE ended_at IS NULL AND started_at <= sexton.now() - make_interval(secs => $1) ORDER BY started_at`,
    [seconds],
  );
  return rows;
};

/** Runs that ended within the last day, of which the audit log may not know. */
export const readEndedRuns = async (home: Queryable): Promise<readonly EndedRun[]> => {
  const { rows } = await home.query(
    `SELECT ${COLUMNS}, ${isoSql('ended_at', 'microseconds')} AS "endedAt" FROM sexton.run
     WHERE ended_at > sexton.now() - interval '1 day' ORDER BY ended_at`,
  );
  return rows;
};

/** Those of the workflow ids that have a run row. */
export const readKnownWorkflows = async (
  home: Queryable,
  workflowIds: readonly string[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await home.query('SELECT workflow_id FROM sexton.run WHERE workflow_id = ANY($1)', [
    workflowIds,
  ]);
  return new Set(rows.map((row) => row.workflow_id));
};

/** Those of the run ids whose ending the audit log of this database has. */
export const readAuditedRuns = async (
  target: Queryable,
  runIds: readonly string[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await target.query(
    'SELECT run_id FROM sexton.audit_log WHERE run_id = ANY($1) AND action = ANY($2)',
    [runIds, TERMINAL_ACTIONS],
  );
  return new Set(rows.map((row) => row.run_id));
};
