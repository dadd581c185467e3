// Taking a job's lock: free, the run's own from an earlier attempt, or a dead owner's. Whoever finds it held asks
// Temporal whether the owner goes on; a lock of somebody that Temporal does not know is left alone.

import type { Queryable } from '../../adapters/postgres/pool.ts';
import { recordControl } from '../../adapters/postgres/runs/control.ts';
import type { AcquireResult } from '../../adapters/redis-lock.ts';
import { ownerState } from '../../adapters/temporal/executions.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { JobSnapshot } from '../../domain/jobs/job.ts';
import { type LockOwner, parseOwner } from '../../domain/jobs/lock-owner.ts';
import type { Dependencies, RunRef } from '../dependencies.ts';
import { failure, messageOf } from '../failures.ts';

interface TakeLockInput {
  readonly job: JobSnapshot;
  readonly run: RunRef;
  /** Instant of taking, ISO-8601. */
  readonly since: string;
}

export const takeLock = async (
  { lock, temporal }: Pick<Dependencies, 'lock' | 'temporal'>,
  { job, run, since }: TakeLockInput,
): Promise<AcquireResult> => {
  const owner = { workflowId: run.workflowId, firstRunId: run.runId, since };
  const leaseMs = job.settings.leaseSeconds * 1000;
  try {
    const acquired = await lock.acquire(job.lockKey, owner, leaseMs);
    if (acquired.held) return acquired;
    const { workflowId, firstRunId, since: heldSince = '' } = parseOwner(acquired.by);
    if (!workflowId || !firstRunId) return acquired;
    // An owner that cannot be asked about may be alive.
    const state = await ownerState(temporal, workflowId, firstRunId).catch(() => 'unknown');
    if (state !== 'closed') return acquired;
    const heir = { ...owner, takenFrom: { workflowId, firstRunId, since: heldSince } };
    const taken = await lock.takeOver(job.lockKey, heir, { value: acquired.by, leaseMs });
    // Changed since it was asked about: free by now, this run's own from another attempt, or somebody else's.
    return taken.held ? taken : await lock.acquire(job.lockKey, owner, leaseMs);
  } catch (cause) {
    throw failure(
      FAILURE_TYPES.lockBackendUnavailable,
      `Redis did not answer (${messageOf(cause)}), and no run starts without its lock; while it stays away the run fails, and the next one does its work`,
      { final: false, cause },
    );
  }
};

/** The lock's own value says whom it was taken from, so a second attempt at beginning tells it too, once. */
export const recordTakeover = async (
  target: Queryable,
  job: JobSnapshot,
  { runId, lockValue }: { readonly runId: string; readonly lockValue: string },
): Promise<void> => {
  const { takenFrom }: Partial<LockOwner> = parseOwner(lockValue);
  if (!takenFrom) return;
  const subject = { pack: job.pack, job: job.name, resourceType: job.resourceType, runId };
  await recordControl(target, subject, 'CLEANUP_LOCK_TAKEN_OVER', {
    lock: job.lockKey,
    from: takenFrom,
    reason: 'the owner is closed in Temporal',
  });
};
