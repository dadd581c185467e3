// Rows of sexton.run in the home database: one a run, written at its first act and at its end.
import type { RunPlan } from '../../../domain/jobs/job.ts';
import type { EndState, RunTotals } from '../../../domain/jobs/run.ts';
import type { RunTimes } from '../../../domain/jobs/run-times.ts';
import type { Queryable } from '../pool.ts';

export interface RunIdentity {
  readonly runId: string;
  readonly workflowId: string;
  readonly pack: string;
  readonly job: string;
  readonly database: string;
  readonly resourceType: string;
  readonly lockKey: string;
  readonly trigger: 'schedule' | 'manual' | 'retry';
  readonly requestedBy: string | undefined;
  /** The failed run that it makes good for. */
  readonly retryOf: string | undefined;
  readonly dryRun: boolean;
  readonly budgetSeconds: number;
}

export interface RunEnding extends Partial<RunTotals>, RunTimes {
  readonly state: EndState;
  readonly reason?: string | undefined;
  readonly remaining?: number | undefined;
  readonly durationSeconds: number;
  readonly errorCode?: string | undefined;
  readonly errorMessage?: string | undefined;
}

/** One run per failed run says that it makes good for it; another one with the same claim is a run like any other. */
export const insertRun = async (db: Queryable, run: RunIdentity): Promise<void> => {
  await db.query(
    `INSERT INTO sexton.run (run_id, workflow_id, pack, job, database, resource_type, lock_key, trigger,
       requested_by, dry_run, budget_seconds, retry_of)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
       CASE WHEN NOT EXISTS (SELECT 1 FROM sexton.run WHERE retry_of = $12) THEN $12 END
     ON CONFLICT DO NOTHING`,
    [
      run.runId,
      run.workflowId,
      run.pack,
      run.job,
      run.database,
      run.resourceType,
      run.lockKey,
      run.trigger,
      run.requestedBy ?? null,
      run.dryRun,
      run.budgetSeconds,
      run.retryOf ?? null,
    ],
  );
};

export const recordPlan = async (db: Queryable, plan: RunPlan): Promise<void> => {
  await db.query(
    `UPDATE sexton.run SET started_at = $2, cutoff = $3, strategy = $4, eligible = $5,
       eligible_is_estimate = $6, lock_wait_ms = $7 WHERE run_id = $1`,
    [
      plan.runId,
      plan.startedAt,
      plan.cutoff,
      plan.strategy,
      plan.eligible,
      plan.eligibleIsEstimate,
      plan.lockWaitMs,
    ],
  );
};

/** Ends the row once; a second ending changes nothing. */
export const endRun = async (db: Queryable, runId: string, ending: RunEnding): Promise<boolean> => {
  const { rowCount } = await db.query(
    `UPDATE sexton.run SET state = $2, reason = $3, deleted = $4, batches = $5, max_batch_ms = $6,
       avg_batch_ms = $7, remaining = $8, duration_seconds = $9, error_code = $10, error_message = $11,
       objects = $12, set_aside = $13, work_ms = $14, throttled_ms = $15, paused_ms = $16, waiting_ms = $17,
       queued_ms = $18, approval_ms = $19, wal_bytes = $20, locked = $21, attempts = $22, history_events = $23,
       ended_at = started_at + make_interval(secs => $9)
     WHERE run_id = $1 AND ended_at IS NULL`,
    [
      runId,
      ending.state,
      ending.reason ?? null,
      ending.deleted ?? null,
      ending.batches ?? null,
      ending.maxBatchMs ?? null,
      ending.avgBatchMs ?? null,
      ending.remaining ?? null,
      ending.durationSeconds,
      ending.errorCode ?? null,
      ending.errorMessage ?? null,
      ending.objects ?? null,
      ending.setAside ?? null,
      ending.workMs ?? null,
      ending.throttledMs ?? null,
      ending.pausedMs ?? null,
      ending.waitingMs ?? null,
      ending.queuedMs ?? null,
      ending.approvalMs ?? null,
      ending.walBytes ?? null,
      ending.locked ?? null,
      ending.attempts ?? null,
      ending.historyEvents ?? null,
    ],
  );
  return rowCount === 1;
};
