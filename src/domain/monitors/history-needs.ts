// How far back a rule looks, so that no more of the past is read than its conditions ask for.
import { type Comparison, comparisonsOf } from './condition.ts';
import type { MonitorRule } from './monitor.ts';
import { conditionsOf } from './series.ts';

/** Which values of earlier ticks a rule is judged by. */
export interface HistoryNeed {
  readonly measure: string;
  readonly seconds: number;
}

/** A series that has been absent for a day longer than is asked for is gone, not absent. */
const ABSENT_REMEMBERED_SECONDS = 86_400;

const secondsFor = (comparison: Comparison, slack: number): number => {
  if ('ratio' in comparison) return comparison.ratio.overSeconds;
  // The value has to be that old: one sample from before the time shows it.
  if ('unchangedForSeconds' in comparison) return comparison.unchangedForSeconds + slack;
  if ('absentForSeconds' in comparison) return comparison.absentForSeconds + ABSENT_REMEMBERED_SECONDS;
  return 'increasing' in comparison ? (comparison.increasing + 1) * slack : 0;
};

/** What `judge` must be given of the past: one entry a measure, the longest that any condition asks for. */
export const historyNeeds = (rule: MonitorRule): readonly HistoryNeed[] => {
  const { cadenceSeconds = 0, error } = rule.rule.timing ?? {};
  const slack = 2 * cadenceSeconds;
  // Where a failure counts as fine, the series of a measure that failed must be known, each to be told so.
  const always = error?.means === 'fine' ? slack : 0;
  const needs = new Map<string, number>();
  for (const comparison of conditionsOf(rule).flatMap(comparisonsOf)) {
    const seconds = Math.max(always, secondsFor(comparison, slack));
    needs.set(comparison.measure, Math.max(seconds, needs.get(comparison.measure) ?? 0));
  }
  return [...needs].filter(([, seconds]) => seconds > 0).map(([measure, seconds]) => ({ measure, seconds }));
};
