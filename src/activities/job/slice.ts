// `slice`: batches for a bounded time in one heartbeating activity. It starts from the ledger, never from what
// it remembers, so it may be killed between any two instructions.
import { performance } from 'node:perf_hooks';
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type pg from 'pg';
import { recordSlices } from '../../adapters/postgres/audit-log.ts';
import { readPosition, readTotals } from '../../adapters/postgres/ledger.ts';
import { readColumnTypes } from '../../adapters/postgres/table-facts.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { JobSnapshot, RunPlan } from '../../domain/job.ts';
import { type BatchResult, deleteBatch } from '../actions/delete-rows.ts';
import { type Dependencies, targetOf } from '../dependencies.ts';
import { failure, messageOf, sqlState } from '../failures.ts';
import { createTenure, type Tenure } from './tenure.ts';

export interface SliceInput {
  readonly job: JobSnapshot;
  readonly plan: RunPlan;
  /** Numbered by the workflow from 1, never reused. */
  readonly slice: number;
  readonly rowsPerSecond?: number;
}

export interface SliceResult {
  readonly done: boolean;
  /** The fence's epoch and the lock's value may have changed; later slices carry the new ones. */
  readonly epoch: number;
  readonly lockValue: string;
  /** Of the whole run so far, from the ledger. */
  readonly deleted: number;
  readonly batches: number;
}

export const createSlice =
  ({ databases, lock }: Pick<Dependencies, 'databases' | 'lock'>) =>
  async (input: SliceInput): Promise<SliceResult> => {
    const { job, plan, slice } = input;
    const target = targetOf(databases, job);
    const claim = { runId: plan.runId, epoch: plan.epoch, slice, attempt: Context.current().info.attempt };
    try {
      const tenure = await createTenure({ lock, target, job, plan, claim });
      const done = await runBatches(input, target, tenure);
      const subject = { runId: plan.runId, pack: job.pack, resourceType: job.resourceType };
      await recordSlices(target, subject, job.name);
      const { deleted, batches } = await readTotals(target, plan.runId);
      return { done, epoch: tenure.claim().epoch, lockValue: tenure.lockValue(), deleted, batches };
    } catch (error) {
      throw asFailure(error, slice);
    }
  };

const runBatches = async (
  { job, plan, rowsPerSecond }: SliceInput,
  pool: pg.Pool,
  tenure: Tenure,
): Promise<boolean> => {
  const context = Context.current();
  const step = job.steps[0];
  const columnTypes = await readColumnTypes(pool, step.selection);
  const until = performance.now() + job.settings.sliceSeconds * 1000;
  const limit = rowsPerSecond ? Math.max(1, Math.min(step.batchRows, rowsPerSecond)) : step.batchRows;
  let position = await readPosition(pool, plan.runId, step.name);

  while (performance.now() < until && !context.cancellationSignal.aborted) {
    await tenure.keep();
    const batch: BatchResult = await deleteBatch(
      { pool, resource: job.lockKey, claim: tenure.claim(), step, cutoff: plan.cutoff, columnTypes },
      position,
      limit,
    );
    position = batch.position;
    context.heartbeat({ batches: position.seq, pass: position.pass });
    if (batch.done) return true;
    if (rowsPerSecond) await pace((batch.deleted / rowsPerSecond) * 1000 - batch.ms);
  }
  return false;
};

/** Waits between transactions. A cancelled wait ends the slice at this batch's edge, which is what was asked. */
const pace = async (ms: number): Promise<void> => {
  if (ms <= 0) return;
  await Context.current()
    .sleep(ms)
    .catch((error: unknown) => {
      if (!(error instanceof CancelledFailure)) throw error;
    });
};

/** A failed batch is never retried here: the workflow waits in the open, where an operator can see it. */
const asFailure = (error: unknown, slice: number): unknown => {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const code = sqlState(error) ?? 'UNEXPECTED';
  return failure(
    FAILURE_TYPES.batchFailed,
    `a batch of slice ${slice} was rolled back: ${messageOf(error)} (${code}); the run tries again from the ledger`,
    { cause: error, details: { code } },
  );
};
