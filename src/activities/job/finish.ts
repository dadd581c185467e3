// `finish`: shuts the fence, recounts, and tells how the run ended in both databases. Each is tried without the
// other; reconcile copies whichever exists to the other.

import { Context } from '@temporalio/activity';
import type pg from 'pg';
import { recordEnding, recordSlices } from '../../adapters/postgres/audit-log.ts';
import { closeFence } from '../../adapters/postgres/fence.ts';
import { readTotals } from '../../adapters/postgres/ledger.ts';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { endRun } from '../../adapters/postgres/runs.ts';
import { selected } from '../../adapters/postgres/selection-sql.ts';
import { countWhere } from '../../adapters/postgres/table-facts.ts';
import { TERMINAL_ACTION_OF } from '../../domain/audit.ts';
import type { JobSnapshot, RunPlan, RunRequest, Selection } from '../../domain/job.ts';
import type { Ending, RunResult, RunTotals } from '../../domain/run.ts';
import { oneDecimal, utilization } from '../../domain/sla.ts';
import { type Dependencies, type RunRef, targetOf } from '../dependencies.ts';

export interface FinishInput {
  readonly job: JobSnapshot;
  readonly request: RunRequest;
  readonly run: RunRef;
  /** Missing where the run never got as far as a plan. */
  readonly plan?: RunPlan;
  readonly ending: Ending;
}

/** From this attempt on, one of the two databases is enough to end the run; reconcile brings the other. */
const ONE_IS_ENOUGH_FROM_ATTEMPT = 4;

export const createFinish =
  ({ databases, lock }: Pick<Dependencies, 'databases' | 'lock'>) =>
  async (input: FinishInput): Promise<RunResult> => {
    const { job, run, plan, request } = input;
    const target = targetOf(databases, job);
    if (plan) await closeFence(target, job.lockKey, run.runId);
    const counted = await count(target, input);
    const ending = settle(input.ending, counted.remaining);
    const result: RunResult = {
      runId: run.runId,
      ...ending,
      ...counted,
      ...(plan && { cutoff: plan.cutoff }),
      eligible: plan?.eligible ?? 0,
      utilizationPercent: oneDecimal(
        utilization(counted.durationSeconds, request.budgetSeconds ?? job.budgetSeconds),
      ),
    };
    await tellBoth(databases.home, target, input, result, ending);
    // A lock that cannot be let go of now ends with its lease; it is no reason to keep the run open.
    await lock.releaseOwnedBy(job.lockKey, run.runId).catch(() => false);
    return result;
  };

interface Counted extends RunTotals {
  readonly remaining: number;
  readonly durationSeconds: number;
}

const count = async (target: pg.Pool, { job, run, plan }: FinishInput): Promise<Counted> => {
  const totals = await readTotals(target, run.runId);
  const { selection } = job.steps[0];
  const remaining = plan ? await recount(target, selection, plan.cutoff) : 0;
  const { rows } = await target.query(
    'SELECT extract(epoch FROM sexton.now() - coalesce($1::timestamptz, sexton.now()))::float8 AS seconds',
    [plan?.startedAt ?? null],
  );
  return { ...totals, remaining, durationSeconds: Math.round(rows[0].seconds * 1000) / 1000 };
};

/** Exact however long it takes: nothing waits for it but this activity, and it locks no row. */
const recount = (target: pg.Pool, selection: Selection, cutoff: string): Promise<number> =>
  inTransaction(target, async (tx) => {
    await tx.query("SET LOCAL statement_timeout = '5min'");
    return countWhere(tx, selection, selected(selection, cutoff));
  });

/** A run that believes itself complete while rows are left says so. */
const settle = (ending: Ending, remaining: number): Ending =>
  ending.state === 'completed' && remaining > 0
    ? { state: 'completedWithWarnings', reason: `${remaining} rows could not be deleted` }
    : ending;

const tellBoth = async (
  home: pg.Pool,
  target: pg.Pool,
  { job, run, plan, request }: FinishInput,
  result: RunResult,
  ending: Ending,
): Promise<void> => {
  const subject = { runId: run.runId, pack: job.pack, resourceType: job.resourceType };
  const outcomes = await Promise.allSettled([
    endRun(home, run.runId, {
      ...result,
      errorCode: ending.error?.code,
      errorMessage: ending.error?.message,
    }),
    recordSlices(target, subject, job.name).then(() =>
      recordEnding(
        target,
        { ...subject, action: TERMINAL_ACTION_OF[ending.state] },
        {
          job: job.name,
          run_id: run.runId,
          state: ending.state,
          duration_seconds: result.durationSeconds,
          sla_budget_seconds: request.budgetSeconds ?? job.budgetSeconds,
          records_processed: result.deleted,
          batches: result.batches,
          batch_size: job.steps[0].batchRows,
          max_batch_ms: result.maxBatchMs,
          avg_batch_ms: oneDecimal(result.avgBatchMs),
          remaining: result.remaining,
          ...(request.dryRun && { dry_run: true }),
          ...(plan && { lock_wait_ms: plan.lockWaitMs, cutoff: plan.cutoff }),
          ...(ending.reason && { reason: ending.reason }),
          ...(ending.error && { error_code: ending.error.code, error_message: ending.error.message }),
        },
      ),
    ),
  ]);
  const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
  const enough = Context.current().info.attempt >= ONE_IS_ENOUGH_FROM_ATTEMPT && failed.length === 1;
  if (failed[0] && !enough) throw failed[0].reason;
};
