// An evaluation in counts and samples: what crosses into history, and what is kept of its series.
import type { NewSample } from '../../adapters/postgres/monitors/samples.ts';
import { type Evaluation, RAISED_TOLD, type RuleResult } from '../../domain/monitors/evaluation.ts';
import type { HistoryNeed } from '../../domain/monitors/history-needs.ts';
import type { Judged } from '../../domain/monitors/judge.ts';
import type { MonitorRule, MonitorSnapshot } from '../../domain/monitors/monitor.ts';
import type { TakenMeasure } from '../measures/take-measures.ts';

/** The longest that any rule asks for of each measure. */
export const mergedNeeds = (needs: readonly (readonly HistoryNeed[])[]): readonly HistoryNeed[] => {
  const longest = new Map<string, number>();
  for (const { measure, seconds } of needs.flat())
    longest.set(measure, Math.max(seconds, longest.get(measure) ?? 0));
  return [...longest].map(([measure, seconds]) => ({ measure, seconds }));
};

export interface JudgedRule extends Judged {
  readonly rule: MonitorRule;
}

/** Measures that tell news from what was over before. */
export const asksWhenTaken = ({ measures }: Pick<MonitorSnapshot, 'measures'>): readonly string[] =>
  Object.entries(measures).flatMap(([name, { with: params }]) => ('overlapSeconds' in params ? [name] : []));

/** Nothing where nothing fires. */
export const raisedOf = (judged: readonly JudgedRule[]): Pick<Evaluation, 'raised'> => {
  const raised = judged.flatMap(({ rule, reports }) =>
    reports.flatMap(({ firing, labels }) =>
      firing
        ? [{ rule: rule.rule.name, alertType: firing.alertType, severity: firing.severity, labels }]
        : [],
    ),
  );
  return raised.length > 0 ? { raised: raised.slice(0, RAISED_TOLD) } : {};
};

export const ruleResult = ({ rule, reports, skipped }: JudgedRule): RuleResult => ({
  rule: rule.rule.name,
  series: reports.length,
  firing: reports.filter(({ firing }) => firing).length,
  unknown: reports.filter(({ unknown }) => unknown).length,
  ...(skipped && { skipped }),
});

/** A measure that failed leaves one sample without labels, so that the gap can be told from "nothing was asked". */
export const samplesOf = (taken: readonly TakenMeasure[]): readonly NewSample[] =>
  taken.flatMap((each): readonly NewSample[] => {
    const { measure } = each;
    if ('error' in each) return [{ measure, labels: {}, state: 'error', value: null }];
    return each.readings.map(({ labels, value }) => ({
      measure,
      labels,
      state: value === null ? 'noData' : 'ok',
      value,
    }));
  });
