// A job's throttle as it travels: what was declared `'none'` is left out.
import type { ThrottleSnapshot } from '../../domain/jobs/throttle.ts';
import type { CheckedThrottle } from '../schema/throttle.ts';

/** Throttled for half of its budget, a run can hardly end within it any more: that is told then. */
export const throttleSnapshot = (throttle: CheckedThrottle, budgetSeconds: number): ThrottleSnapshot => {
  const { replicaLag, lockWaiters, oldestSnapshot, windows, yield: yields, limit } = throttle;
  return {
    ...(replicaLag === undefined ? {} : { replicaLagSeconds: replicaLag }),
    ...(lockWaiters === undefined ? {} : { lockWaiters }),
    ...(oldestSnapshot === undefined ? {} : { oldestSnapshotSeconds: oldestSnapshot }),
    ...(windows === undefined ? {} : { windows }),
    ...(yields === undefined ? {} : { yield: yields }),
    limitSeconds: limit ?? budgetSeconds / 2,
  };
};
