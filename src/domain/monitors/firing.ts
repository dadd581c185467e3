// What people and machines are told of a series that fires, or that cannot be judged.
import type { Firing } from '../alerts/alert.ts';
import { formatDuration } from '../duration.ts';
import { type Comparison, limitOf } from './condition.ts';
import { comparisonWords, conditionText, numberWords } from './condition-words.ts';
import { baselineOf, type Look } from './evaluate.ts';
import { filledFields } from './fields.ts';
import type { Reading } from './measure.ts';
import type { MonitorRule, MonitorSnapshot, RuleBand, UnknownBand } from './monitor.ts';
import type { Labels } from './series.ts';
import { rounded } from './statistics.ts';

/** Names that a rule's texts may hold in braces, with as many decimals as `{value:1}` says. */
export const PLACEHOLDER = /\{([^{}:]*)(?::(\d))?\}/g;

/** Placeholders besides labels and measures. */
export const OWN_PLACEHOLDERS = ['value', 'limit', 'rule'] as const;

/** A value that is not there is told as such, never as a number. */
const NOTHING = '–';

/** One series of a rule, as far as its words need it. */
export interface Subject {
  readonly monitor: MonitorSnapshot;
  readonly rule: MonitorRule;
  readonly labels: Labels;
  readonly look: Look;
  readonly readings: ReadonlyMap<string, Reading>;
}

interface Met {
  readonly measure: string;
  readonly value: number | null;
  /** The number that the value was held against. */
  readonly limit: number;
  readonly limitText: string;
  readonly words: string;
  readonly baseline?: number;
}

const limitFigure = (comparison: Comparison): { readonly limit: number; readonly limitText: string } => {
  if ('increasing' in comparison)
    return { limit: comparison.increasing, limitText: `${comparison.increasing}` };
  if ('ratio' in comparison) {
    const { above, below } = comparison.ratio;
    const limit = above ?? below ?? Number.NaN;
    return { limit, limitText: `${limit}` };
  }
  if ('unchangedForSeconds' in comparison || 'absentForSeconds' in comparison) {
    const limit =
      'absentForSeconds' in comparison ? comparison.absentForSeconds : comparison.unchangedForSeconds;
    return { limit, limitText: formatDuration(limit) };
  }
  const limit = limitOf(comparison)?.value ?? Number.NaN;
  return { limit, limitText: `${limit}` };
};

const metBy = (look: Look, comparison: Comparison): Met => {
  const { measure } = comparison;
  const baseline =
    'ratio' in comparison
      ? baselineOf(comparison.ratio, { tickMs: look.tickMs, past: look.past(measure) })
      : undefined;
  return {
    measure,
    value: look.value(measure),
    ...limitFigure(comparison),
    words: comparisonWords(comparison),
    ...(baseline !== undefined && { baseline }),
  };
};

const valueText = (value: number | null, limit?: number): string =>
  value === null ? NOTHING : numberWords(value, limit);

/** Exactly so many decimals, half-up. */
const fixedText = (value: number | null, decimals: number): string =>
  value === null ? NOTHING : rounded(value, decimals).toFixed(decimals);

/** Fills in a rule's text; a label or value that is not there is shown as a dash. */
const fill = (text: string, { rule, labels, look }: Subject, main?: Met): string =>
  text.replace(PLACEHOLDER, (_, name: string, decimals?: string) => {
    const shown = (value: number | null, limit?: number): string =>
      decimals === undefined ? valueText(value, limit) : fixedText(value, Number(decimals));
    if (name === 'value') return main ? shown(main.value, main.limit) : NOTHING;
    if (name === 'limit') return main?.limitText ?? NOTHING;
    if (name === 'rule') return rule.rule.name;
    return labels[name] ?? shown(look.value(name), main?.measure === name ? main.limit : undefined);
  });

/** The rule's own fields of the payload. */
const ownFields = (
  { rule, labels, look, readings }: Subject,
  main?: Met,
  band?: RuleBand,
): Readonly<Record<string, unknown>> => {
  const told = Object.assign({}, ...[...readings.values()].map(({ payload }) => payload ?? {}));
  const own: Readonly<Record<string, unknown>> = {
    value: main?.value,
    limit: main?.limit,
    rule: rule.rule.name,
    tick: new Date(look.tickMs).toISOString(),
    condition: band && conditionText(band.when),
    response_minutes: band?.responseSeconds && band.responseSeconds / 60,
  };
  return filledFields(
    rule.payload ?? {},
    (name) => own[name] ?? labels[name] ?? told[name] ?? look.value(name),
  );
};

type Pairs = readonly (readonly [string, string])[];

const common = (subject: Subject, band: UnknownBand, told: { summary: string; facts: Pairs }) => {
  const { monitor, rule, labels, readings } = subject;
  const { severity, severityWord, alertType, action, runbook } = band;
  const extra = [...readings.values()];
  const payload = {
    alert_type: alertType,
    rule: rule.rule.name,
    monitor: monitor.name,
    labels,
    ...Object.assign({}, ...extra.map((reading) => reading.payload ?? {})),
  };
  const facts: Pairs = [
    ...Object.entries(labels),
    ...told.facts,
    ...extra.flatMap((reading) => reading.facts ?? []),
    ['owner', monitor.owner],
  ];
  const base: Firing = {
    severity,
    severityWord,
    alertType,
    summary: told.summary,
    facts,
    payload,
    action,
    ...(runbook !== undefined && { runbook }),
    ...(rule.dedupKey !== undefined && { dedupKey: fill(rule.dedupKey, subject) }),
  };
  const ending = {
    message: told.summary,
    recommended_action: action,
    ...(runbook !== undefined && { runbook }),
    severity: severityWord,
  };
  return { base, ending };
};

/** In the words of the band that holds; `value` and `limit` are those of the first comparison that made it hold. */
export const firingOf = (subject: Subject, band: RuleBand, comparisons: readonly Comparison[]): Firing => {
  const met = comparisons.map((comparison) => metBy(subject.look, comparison));
  const [main] = met;
  const facts = met.flatMap(
    ({ measure, value, limit, words, baseline }): Pairs => [
      [measure, `${valueText(value, limit)} (${words})`],
      ...(baseline === undefined ? [] : [[`usual ${measure}`, numberWords(baseline)] as const]),
    ],
  );
  const { base, ending } = common(subject, band, {
    summary: fill(subject.rule.summary, subject, main),
    facts,
  });
  const conditions = met.map(({ measure, value, limit, words, baseline }) => ({
    measure,
    value,
    threshold: limit,
    condition: words,
    ...(baseline !== undefined && { baseline }),
  }));
  const payload = {
    ...base.payload,
    ...conditions[0],
    conditions,
    ...ownFields(subject, main, band),
    ...ending,
  };
  return { ...base, payload };
};

/** What is told where a policy for missing values or failures says `alert`. */
export const unknownFiring = (subject: Subject, state: 'noData' | 'error', message: string): Firing => {
  const why = state === 'noData' ? 'has nothing to judge' : 'could not be judged';
  const named = Object.values(subject.labels);
  const whose = [subject.rule.rule.name, ...(named.length > 0 ? [`of ${named.join(', ')}`] : [])].join(' ');
  const summary = `${whose} ${why}: ${message}`;
  const { base, ending } = common(subject, subject.rule[state], { summary, facts: [['reason', message]] });
  return { ...base, payload: { ...base.payload, state, ...ownFields(subject), ...ending } };
};
