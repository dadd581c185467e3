// The series of a rule at a tick: readings of several measures brought together by their label sets, with their past.
import { type Condition, comparisonsOf } from './condition.ts';
import type { Look, Past } from './evaluate.ts';
import type { Reading, Sample, Taken } from './measure.ts';
import type { MonitorRule } from './monitor.ts';

export type Labels = Readonly<Record<string, string>>;

/** Everything that a rule asks, in the order of its declaration. */
export const conditionsOf = ({ bands, while: condition }: MonitorRule): readonly Condition[] => [
  ...(condition ? [condition] : []),
  ...bands.flatMap(({ when, recovers }) => (recovers ? [when, recovers] : [when])),
];

/** Every measure that a rule names, none twice. */
export const measuresOfRule = (rule: MonitorRule): readonly string[] => {
  const named = conditionsOf(rule).flatMap(comparisonsOf);
  const measures = [...(rule.minimum ? [rule.minimum] : []), ...named].map(({ measure }) => measure);
  return [...new Set(measures)];
};

/** The same text for the same labels, in whatever order they stand. */
export const labelsKey = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));

const NO_LABELS = labelsKey({});

interface Known {
  readonly labels: Labels;
  readonly reading?: Reading;
  readonly past: readonly Past[];
}

/** One measure of the rule at this tick. */
interface Column {
  readonly taken: Taken | undefined;
  readonly series: ReadonlyMap<string, Known>;
  readonly lookedSinceMs: number | undefined;
  /** By what was read now, as far as that tells: one series without labels may stand for none of any labels. */
  readonly labelled: boolean;
}

const columnOf = (taken: Taken | undefined, samples: readonly (Sample & Past)[]): Column => {
  const series = new Map<string, { labels: Labels; reading?: Reading; past: Past[] }>();
  const at = (labels: Labels) => {
    const key = labelsKey(labels);
    const known = series.get(key) ?? { labels, past: [] };
    series.set(key, known);
    return known;
  };
  for (const { labels, atMs, value } of samples) at(labels).past.push({ atMs, value });
  if (taken && 'readings' in taken)
    for (const reading of taken.readings) at(reading.labels).reading = reading;
  for (const { past } of series.values()) past.sort((a, b) => a.atMs - b.atMs);
  const since = samples.reduce((least, { atMs }) => Math.min(least, atMs), Number.POSITIVE_INFINITY);
  const read = [...series].filter(([, { reading }]) => reading);
  const labelled = (read.length > 0 ? read : [...series]).some(([key]) => key !== NO_LABELS);
  return { taken, series, lookedSinceMs: Number.isFinite(since) ? since : undefined, labelled };
};

/** A rule's measures at a tick, by name. */
export type Columns = ReadonlyMap<string, Column>;

export const columnsOf = ({
  rule,
  taken,
  history,
  tickMs,
}: {
  readonly rule: MonitorRule;
  readonly taken: readonly Taken[];
  readonly history: readonly Sample[];
  readonly tickMs: number;
}): Columns => {
  const past = new Map<string, (Sample & Past)[]>(measuresOfRule(rule).map((name) => [name, []]));
  for (const sample of history) {
    const atMs = Date.parse(sample.at);
    // why: a tick that is judged again has stored its own values already.
    if (atMs < tickMs) past.get(sample.measure)?.push({ ...sample, atMs });
  }
  return new Map(
    [...past].map(([name, samples]) => [
      name,
      columnOf(
        taken.find((each) => each.measure === name),
        samples,
      ),
    ]),
  );
};

/** Why each failed measure has no readings. */
export const failuresOf = (columns: Columns): ReadonlyMap<string, string> => {
  const failures = [...columns].flatMap(([name, { taken }]): readonly (readonly [string, string])[] => {
    if (!taken) return [[name, `${name} was not measured`]];
    return 'error' in taken ? [[name, `${name} failed: ${taken.error.type}: ${taken.error.message}`]] : [];
  });
  return new Map(failures);
};

/** Whether the series stays a series of the rule although no reading of it came. */
const stays = (rule: MonitorRule): ReadonlySet<string> =>
  new Set(
    conditionsOf(rule)
      .flatMap(comparisonsOf)
      .flatMap((each) => ('absentForSeconds' in each ? [each.measure] : [])),
  );

/**
 * The label sets that the rule is judged for. A measure without labels goes with every other's. Of a measure whose
 * absence is asked for, and of one that failed, earlier series count as well.
 */
export const labelSetsOf = (rule: MonitorRule, columns: Columns): readonly Labels[] => {
  const asked = stays(rule);
  const failed = failuresOf(columns);
  const labelled = [...columns.values()].some((column) => column.labelled);
  const found = new Map<string, Labels>();
  for (const [name, { series, labelled: own }] of columns) {
    const remembered = asked.has(name) || failed.has(name);
    for (const [key, { labels, reading }] of series) {
      const common = key === NO_LABELS && labelled && !own;
      if (!common && (reading || remembered)) found.set(key, labels);
    }
  }
  if (found.size === 0 && asked.size > 0 && !labelled) found.set(NO_LABELS, {});
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, labels]) => labels);
};

/** Of the series itself, or of a measure without labels. */
const own = <T>(
  column: Column | undefined,
  labels: Labels,
  part: (known: Known) => T | undefined,
): T | undefined => {
  if (!column) return undefined;
  const known = column.series.get(labelsKey(labels));
  const common = column.labelled ? undefined : column.series.get(NO_LABELS);
  return (known && part(known)) ?? (common && part(common));
};

const readingOf = (column: Column | undefined, labels: Labels): Reading | undefined =>
  own(column, labels, ({ reading }) => reading);

/** What each measure says of one series. */
export const readingsOf = (columns: Columns, labels: Labels): ReadonlyMap<string, Reading> =>
  new Map(
    [...columns].flatMap(([name, column]) => {
      const reading = readingOf(column, labels);
      return reading ? [[name, reading] as const] : [];
    }),
  );

/** One series as conditions look at it. */
export const lookAt = (columns: Columns, labels: Labels, tickMs: number): Look => ({
  tickMs,
  value: (measure) => readingOf(columns.get(measure), labels)?.value ?? null,
  past: (measure) => own(columns.get(measure), labels, ({ past }) => past) ?? [],
  lookedSinceMs: (measure) => columns.get(measure)?.lookedSinceMs,
});
