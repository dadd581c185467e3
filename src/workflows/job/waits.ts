// What a run waited for while no activity of it was going on, summed by what held it.
import { workflowInfo } from '@temporalio/workflow';
import type { JobInput } from '../../domain/jobs/job.ts';
import type { RunWaits } from '../../domain/jobs/run-times.ts';

export interface Waits {
  /** Counts the time since then. */
  readonly since: (atMs: number, kind: keyof RunWaits) => void;
  readonly sums: () => RunWaits;
}

/** Of the run's history so far, over all its executions. */
export const historyEvents = ({ carried }: JobInput): number =>
  (carried?.historyEvents ?? 0) + workflowInfo().historyLength;

/** `before` are those of earlier executions of the same run. */
export const createWaits = (before: Partial<RunWaits> = {}): Waits => {
  let sums: RunWaits = { pausedMs: 0, waitingMs: 0, approvalMs: 0, ...before };
  return {
    since: (atMs, kind) => {
      sums = { ...sums, [kind]: sums[kind] + Date.now() - atMs };
    },
    sums: () => sums,
  };
};
