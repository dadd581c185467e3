// How fast a job works: records an hour of its newest completed run, and what that is to what it usually is (SLA-28,
// SLA-31, SLA-57, SLA-121).
import { atOf, type FoundRun, isCompleted, msOf } from './found-runs.ts';
import type { Baseline } from './measure-params.ts';
import { median } from './statistics.ts';

/** Records an hour; null where duration or count is missing, or the duration is nothing. */
export const throughputOf = ({ seconds, work }: FoundRun): number | null => {
  const records = work?.records ?? null;
  return records === null || !seconds ? null : records / (seconds / 3600);
};

const hasRecords = ({ work }: FoundRun): boolean => (work?.records ?? 0) >= 1;

/** Median of the completed runs that found something, in the time before this one; null with too few. */
export const baselineOf = (
  runs: readonly FoundRun[],
  judged: FoundRun,
  { overSeconds, minimumRuns }: Baseline,
): number | null => {
  const until = msOf(atOf(judged));
  const paces = runs.flatMap((run) => {
    const at = msOf(atOf(run));
    const counts = run !== judged && at >= until - overSeconds * 1000;
    const pace = counts && isCompleted(run) && hasRecords(run) ? throughputOf(run) : null;
    return pace === null ? [] : [pace];
  });
  return paces.length < minimumRuns ? null : median(paces);
};

/** Of the newest completed run to its baseline; a run that found nothing is not judged. */
export const paceRatio = (run: FoundRun, baseline: number | null): number | null => {
  const pace = hasRecords(run) ? throughputOf(run) : null;
  return pace === null || !baseline ? null : pace / baseline;
};
