// `slice`: batches for a bounded time in one heartbeating activity. It starts from the ledger, never from what
// it remembers, so it may be killed between any two instructions.
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { BlobStoreError } from '../../adapters/blob-store.ts';
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { recordSlices } from '../../adapters/postgres/runs/audit-log.ts';
import { readThrottledMs } from '../../adapters/postgres/runs/holds.ts';
import { readTotals } from '../../adapters/postgres/runs/ledger.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { Hold } from '../../domain/jobs/control.ts';
import type { JobSnapshot, RunPlan } from '../../domain/jobs/job.ts';
import { isOneShot, type StepSnapshot } from '../../domain/jobs/step.ts';
import type { Throttled, ThrottledSlice } from '../../domain/jobs/throttle.ts';
import { type Dependencies, targetOf } from '../dependencies.ts';
import { atAttempt, failure, messageOf, sqlState } from '../failures.ts';
import { createThrottle } from '../throttle/throttle.ts';
import { runBatches } from './batches.ts';
import { type ItemsInput, runItems } from './items.ts';
import { type OneShotInput, runOneShot } from './one-shot.ts';
import { runOrphans } from './orphans.ts';
import type { SliceOutcome } from './slice-work.ts';
import { createTenure } from './tenure.ts';

export interface SliceInput {
  readonly job: JobSnapshot;
  readonly plan: RunPlan;
  /** Numbered by the workflow from 1, never reused. */
  readonly slice: number;
  /** The step that it works at; the first one unless stated. */
  readonly step?: string;
  readonly rowsPerSecond?: number;
  /** How long the run waits if this slice fails; its lock is kept for as long. */
  readonly waitIfFailedSeconds?: number;
  /** Stands in for the settings' length. */
  readonly sliceSeconds?: number;
  /** How long it waits if its throttle holds it; only of a job that has one. */
  readonly waitIfThrottledSeconds?: number;
}

export interface SliceResult extends ThrottledSlice {
  /** Nothing is left for the step to do. */
  readonly done: boolean;
  /** The fence's epoch and the lock's value may have changed; later slices carry the new ones. */
  readonly epoch: number;
  readonly lockValue: string;
  /** Temporal's, where it was not the first: so many workers died over this slice, or fell silent, and one more. */
  readonly attempt?: number;
  /** Of the whole run so far, from the ledger. */
  readonly deleted: number;
  readonly batches: number;
  readonly objects?: number;
  readonly setAside?: number;
  readonly locked?: number;
  /** Somebody holds the run; no batch began after that. */
  readonly hold?: Hold;
}

/** A lock outlives the wait that it is kept for by this much, so that the next slice finds it. */
const KEPT_BEYOND_SECONDS = 60;

export const createSlice =
  ({ databases, lock, blobs, variables }: Pick<Dependencies, 'databases' | 'lock' | 'blobs' | 'variables'>) =>
  async (input: SliceInput): Promise<SliceResult> => {
    const { job, plan, slice, rowsPerSecond, waitIfFailedSeconds } = input;
    const step = stepNamed(job, input.step);
    const target = targetOf(databases, job);
    const claim = { runId: plan.runId, epoch: plan.epoch, slice, attempt: Context.current().info.attempt };
    let lockValue = plan.lockValue;
    const keepLock = async (seconds: number): Promise<void> => {
      const leaseMs = (seconds + KEPT_BEYOND_SECONDS) * 1000;
      await lock.extend(job.lockKey, lockValue, leaseMs).catch(() => 'gone');
    };
    const waitSeconds = input.waitIfThrottledSeconds;
    const throttle = createThrottle({ job, owner: claim, pool: target, waitSeconds });
    try {
      const tenure = await createTenure({ lock, target, job, plan, claim });
      const { sliceSeconds = job.settings.sliceSeconds } = input;
      const given = {
        job,
        plan,
        rowsPerSecond,
        sliceSeconds,
        pool: target,
        blobs,
        tenure,
        throttle,
        variables,
      };
      const isTriedAgain = waitIfFailedSeconds !== undefined;
      const worked = await workAt(step, { ...given, isTriedAgain }).finally(() => {
        lockValue = tenure.lockValue();
      });
      await throttle.close();
      const { done, hold, throttle: throttled } = worked;
      if (throttled) await keepLock(throttled.waitSeconds);
      const subject = { runId: plan.runId, pack: job.pack, resourceType: job.resourceType };
      await recordSlices(target, subject, job.name);
      const { deleted, batches, objects, setAside, locked } = await readTotals(target, plan.runId);
      const counted = { deleted, batches, objects, setAside, locked };
      return {
        done,
        epoch: tenure.claim().epoch,
        lockValue,
        ...(claim.attempt > 1 && { attempt: claim.attempt }),
        ...counted,
        ...(hold && { hold }),
        ...(job.throttle && (await throttledSlice(target, plan.runId, throttled))),
      };
    } catch (error) {
      await throttle.close();
      if (waitIfFailedSeconds !== undefined) {
        await keepLock(Math.max(waitIfFailedSeconds, retryAfterOf(error)));
      }
      throw atAttempt(asFailure(error, slice), claim.attempt);
    }
  };

const throttledSlice = async (
  db: Queryable,
  runId: string,
  throttle: Throttled | undefined,
): Promise<ThrottledSlice> => ({
  throttledMs: Math.round(await readThrottledMs(db, runId)),
  ...(throttle && { throttle }),
});

type Work = Omit<ItemsInput & OneShotInput, 'step'>;

const workAt = (step: StepSnapshot, work: Work): Promise<SliceOutcome> => {
  if (step.action === 'orphans') return runOrphans({ ...work, step });
  if (isOneShot(step)) return runOneShot({ ...work, step });
  return step.action === 'http-items' ? runItems({ ...work, step }) : runBatches({ ...work, step });
};

const stepNamed = (job: JobSnapshot, name: string = job.steps[0].name): StepSnapshot => {
  const step = job.steps.find((each) => each.name === name);
  if (step) return step;
  throw failure(FAILURE_TYPES.unknownName, `job ${job.name} has no step ${name}`);
};

/** Seconds that a blob store or another service asked to be left alone for; the run waits at least as long. */
const retryAfterOf = (error: unknown): number => {
  if (error instanceof BlobStoreError) return error.retryAfterSeconds ?? 0;
  const details: unknown = error instanceof ApplicationFailure ? error.details?.[0] : undefined;
  const asked =
    typeof details === 'object' && details !== null ? Reflect.get(details, 'retryAfterSeconds') : 0;
  return typeof asked === 'number' ? asked : 0;
};

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
