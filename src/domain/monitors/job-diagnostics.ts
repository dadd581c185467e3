// What somebody who was woken asks first of a run (SLA-36): its batches, its wait for the lock, what its job's failures
// have in common, and what does not fit together in what was told of it.
import { type FoundRun, isJudged, msOf, type RunsOfJob } from './found-runs.ts';

export interface FailurePattern {
  readonly error_code: string;
  readonly failures: number;
}

const MOST_PATTERNS = 5;

const since = (runs: readonly FoundRun[], sinceMs: number): readonly FoundRun[] =>
  runs.filter(({ startedAt, endedAt }) => msOf(endedAt ?? startedAt) > sinceMs);

/** Counts by error code, the largest first (SLA-29). */
export const failurePatterns = (runs: readonly FoundRun[], sinceMs: number): readonly FailurePattern[] => {
  const counts = new Map<string, number>();
  for (const run of since(runs, sinceMs)) {
    if (run.state !== 'failed' || !isJudged(run)) continue;
    const code = run.errorCode ?? 'unknown';
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts]
    .map(([code, failures]) => ({ error_code: code, failures }))
    .toSorted((a, b) => b.failures - a.failures || (a.error_code < b.error_code ? -1 : 1))
    .slice(0, MOST_PATTERNS);
};

/** Runs that found their lock held (SLA-30). */
export const lockSkips = (runs: readonly FoundRun[], sinceMs: number): number =>
  since(runs, sinceMs).filter(({ state, synthetic }) => state === 'skipped' && !synthetic).length;

/** Of one run, and of its job since an instant; fields that say that nothing is wrong are left out. */
export const diagnosticsOf = (
  { runs, futureRows = 0 }: RunsOfJob,
  run: FoundRun,
  sinceMs: number,
): Readonly<Record<string, unknown>> => ({
  batch_size: run.work?.batchSize ?? null,
  batches: run.work?.batches ?? null,
  avg_batch_ms: run.work?.averageBatchMs ?? null,
  max_batch_ms: run.work?.longestBatchMs ?? null,
  records_processed: run.work?.records ?? null,
  lock_wait_ms: run.work?.lockWaitMs ?? null,
  lock_skips: lockSkips(runs, sinceMs),
  failure_patterns: failurePatterns(runs, sinceMs),
  ...((run.clockSkew || futureRows > 0) && { clock_skew: true }),
  ...(run.budgetMismatch && { budget_mismatch: true }),
  ...(run.durationMismatch && { duration_mismatch: true }),
});
