// `slice`: batches for a bounded time in one heartbeating activity. It starts from the ledger, never from what
// it remembers, so it may be killed between any two instructions.
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { BlobStoreError } from '../../adapters/blob-store.ts';
import { recordSlices } from '../../adapters/postgres/audit-log.ts';
import { readTotals } from '../../adapters/postgres/ledger.ts';
import type { Hold } from '../../domain/control.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { JobSnapshot, RunPlan } from '../../domain/job.ts';
import { type Dependencies, targetOf } from '../dependencies.ts';
import { failure, messageOf, sqlState } from '../failures.ts';
import { runBatches } from './batches.ts';
import { createTenure } from './tenure.ts';

export interface SliceInput {
  readonly job: JobSnapshot;
  readonly plan: RunPlan;
  /** Numbered by the workflow from 1, never reused. */
  readonly slice: number;
  readonly rowsPerSecond?: number;
  /** How long the run waits if this slice fails; its lock is kept for as long. */
  readonly waitIfFailedSeconds?: number;
}

export interface SliceResult {
  readonly done: boolean;
  /** The fence's epoch and the lock's value may have changed; later slices carry the new ones. */
  readonly epoch: number;
  readonly lockValue: string;
  /** Of the whole run so far, from the ledger. */
  readonly deleted: number;
  readonly batches: number;
  readonly objects?: number;
  readonly setAside?: number;
  /** Somebody holds the run; no batch began after that. */
  readonly hold?: Hold;
}

/** A lock outlives the wait that it is kept for by this much, so that the next slice finds it. */
const KEPT_BEYOND_SECONDS = 60;

export const createSlice =
  ({ databases, lock, blobs }: Pick<Dependencies, 'databases' | 'lock' | 'blobs'>) =>
  async (input: SliceInput): Promise<SliceResult> => {
    const { job, plan, slice, rowsPerSecond, waitIfFailedSeconds } = input;
    const target = targetOf(databases, job);
    const claim = { runId: plan.runId, epoch: plan.epoch, slice, attempt: Context.current().info.attempt };
    let lockValue = plan.lockValue;
    try {
      const tenure = await createTenure({ lock, target, job, plan, claim });
      const given = { job, plan, rowsPerSecond, pool: target, blobs, tenure };
      const { done, hold } = await runBatches(given).finally(() => {
        lockValue = tenure.lockValue();
      });
      const subject = { runId: plan.runId, pack: job.pack, resourceType: job.resourceType };
      await recordSlices(target, subject, job.name);
      const { deleted, batches, objects, setAside } = await readTotals(target, plan.runId);
      const counted = { deleted, batches, objects, setAside };
      return { done, epoch: tenure.claim().epoch, lockValue, ...counted, ...(hold && { hold }) };
    } catch (error) {
      if (waitIfFailedSeconds !== undefined) {
        const wait = Math.max(waitIfFailedSeconds, retryAfterOf(error));
        const leaseMs = (wait + KEPT_BEYOND_SECONDS) * 1000;
        await lock.extend(job.lockKey, lockValue, leaseMs).catch(() => 'gone');
      }
      throw asFailure(error, slice);
    }
  };

/** Seconds that the blob store asked to be left alone for; the run waits at least as long. */
const retryAfterOf = (error: unknown): number =>
  error instanceof BlobStoreError ? (error.retryAfterSeconds ?? 0) : 0;

/** A failed batch is never retried here: the workflow waits in the open, where an operator can see it. */
const asFailure = (error: unknown, slice: number): unknown => {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof BlobStoreError) return blobFailure(error, slice);
  const code = sqlState(error) ?? 'UNEXPECTED';
  return failure(
    FAILURE_TYPES.batchFailed,
    `a batch of slice ${slice} was rolled back: ${messageOf(error)} (${code}); the run tries again from the ledger`,
    { cause: error, details: { code } },
  );
};

const blobFailure = (error: BlobStoreError, slice: number): Error => {
  if (error.fault === 'denied') {
    return failure(
      FAILURE_TYPES.blobStoreDenied,
      `the blob store lets slice ${slice} in no more: ${error.message}. The run fails; its objects keep their ` +
        'tombstones, so the next run deletes them once BLOB_READ_WRITE_TOKEN and the store are right',
      { cause: error },
    );
  }
  const { retryAfterSeconds } = error;
  return failure(
    FAILURE_TYPES.batchFailed,
    `the blob store failed slice ${slice}: ${error.message}; the run tries again, objects keep their tombstones`,
    {
      cause: error,
      details: { code: `BLOB_${error.fault.toUpperCase()}`, ...(retryAfterSeconds && { retryAfterSeconds }) },
    },
  );
};
