// A slice's right to go on: it entered the fence, and it extends the lock before every batch. A lock that is
// gone (Redis emptied) is taken anew under a higher epoch; one that another holds ends the run.
import type pg from 'pg';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { recordAttempt } from '../../adapters/postgres/runs/attempts.ts';
import { lockFence, writeFence } from '../../adapters/postgres/runs/fence.ts';
import type { RedisLock } from '../../adapters/redis-lock.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { type Claim, judgeFence } from '../../domain/jobs/fence.ts';
import type { JobSnapshot, RunPlan } from '../../domain/jobs/job.ts';
import { parseOwner } from '../../domain/jobs/lock-owner.ts';
import { failure, messageOf } from '../failures.ts';
import { queuedMs } from '../job/queued.ts';

export interface Tenure {
  readonly claim: () => Claim;
  readonly lockValue: () => string;
  /** Extends the lock, or takes it anew where it is gone. Fails where another holds it. */
  readonly keep: () => Promise<void>;
}

interface TenureInput {
  readonly lock: RedisLock;
  readonly target: pg.Pool;
  readonly job: JobSnapshot;
  readonly plan: RunPlan;
  readonly claim: Claim;
}

export const createTenure = async ({ lock, target, job, plan, claim }: TenureInput): Promise<Tenure> => {
  const leaseMs = job.settings.leaseSeconds * 1000;
  let lockValue = plan.lockValue;
  // Taken before anything is waited for here.
  const queued = queuedMs();
  let entered = await enter(target, job.lockKey, claim, queued);

  // The fence first: a zombie is turned away before it touches the lock of the attempt that replaced it.
  const takeAnew = async (): Promise<void> => {
    entered = await raise(target, job.lockKey, entered);
    const { workflowId, firstRunId, since } = parseOwner(lockValue);
    const owner = { workflowId: workflowId ?? '', firstRunId: firstRunId ?? plan.runId, since: since ?? '' };
    const acquired = await lock.acquire(job.lockKey, owner, leaseMs).catch(lockUnavailable);
    if (!acquired.held) throw lockTaken(job.lockKey);
    lockValue = acquired.value;
  };

  return {
    claim: () => entered,
    lockValue: () => lockValue,
    keep: async () => {
      const result = await lock.extend(job.lockKey, lockValue, leaseMs).catch(lockUnavailable);
      // `taken` may be this run's own lock, taken anew by an attempt that has died since.
      if (result !== 'extended') await takeAnew();
    },
  };
};

const enter = (target: pg.Pool, resource: string, claim: Claim, queued: number): Promise<Claim> =>
  inTransaction(target, async (tx) => {
    const row = await lockFence(tx, resource);
    const verdict = judgeFence(row, claim);
    if (verdict === 'superseded') throw superseded(resource, claim);
    if (verdict === 'takenOver') throw lockTaken(resource);
    const epoch = verdict === 'enter' ? Math.max(row?.epoch ?? 0, claim.epoch) : claim.epoch + 1;
    const entered = { ...claim, epoch };
    await writeFence(tx, resource, entered);
    await recordAttempt(tx, entered, queued);
    return entered;
  });

/** A new epoch for the same attempt; anyone who still acts under the old one is fenced off. */
const raise = (target: pg.Pool, resource: string, claim: Claim): Promise<Claim> =>
  inTransaction(target, async (tx) => {
    const row = await lockFence(tx, resource);
    const own = row?.runId === claim.runId && row.slice === claim.slice && row.attempt === claim.attempt;
    const verdict = own ? 'enter' : judgeFence(row, claim);
    if (verdict === 'superseded') throw superseded(resource, claim);
    if (verdict === 'takenOver') throw lockTaken(resource);
    const raised = { ...claim, epoch: Math.max(row?.epoch ?? 0, claim.epoch) + 1 };
    await writeFence(tx, resource, raised);
    return raised;
  });

const superseded = (resource: string, { slice, attempt }: Claim): Error =>
  failure(
    FAILURE_TYPES.superseded,
    `slice ${slice} attempt ${attempt} comes too late for ${resource}: a newer attempt works there. It deleted nothing`,
  );

const lockTaken = (resource: string): Error =>
  failure(
    FAILURE_TYPES.lockTaken,
    `${resource} was taken by another owner while this run went on; the run stops here and can be resumed`,
  );

/** By where it failed, never by its words: a broken connection to Redis looks like one to Postgres. */
const lockUnavailable = (cause: unknown): never => {
  throw failure(
    FAILURE_TYPES.lockBackendUnavailable,
    `Redis did not answer (${messageOf(cause)}), and no batch starts without the lock; the run waits and tries again`,
    { cause },
  );
};
