// A pack's metric out of what was read of its source. A value that is null is left out.

import type { FoundSample } from '../adapters/postgres/metrics/newest-samples.ts';
import type { CountedObservations } from '../adapters/postgres/metrics/observed.ts';
import type { RunTotal } from '../adapters/postgres/metrics/run-totals.ts';
import type { Metric, MetricRow, RunsSource } from '../domain/metrics/metric.ts';
import { type Gathered, type GatheredValue, histogramValues } from './gathered.ts';

export interface OfPack {
  readonly pack: string;
  readonly metric: Metric;
}

const labelsOf = ({ pack, metric }: OfPack, found: MetricRow['labels']): GatheredValue['labels'] => ({
  pack,
  ...Object.fromEntries(
    metric.labels.flatMap((name) => (found[name] === undefined ? [] : [[name, found[name]]])),
  ),
  ...metric.fixed,
});

const gathered = ({ metric: { name, type, help } }: OfPack, values: readonly GatheredValue[]): Gathered => ({
  name,
  type,
  help,
  values,
});

/** A row a series. */
export const gatherSeries = (of: OfPack, rows: readonly MetricRow[]): Gathered =>
  gathered(
    of,
    rows.flatMap(({ labels, value }) => (value === null ? [] : [{ labels: labelsOf(of, labels), value }])),
  );

/** Counted by the database already. */
export const gatherObservations = (of: OfPack, found: readonly CountedObservations[]): Gathered =>
  gathered(
    of,
    found.flatMap(({ labels, counts, sum }) =>
      histogramValues(labelsOf(of, labels), { buckets: of.metric.buckets ?? [], counts, sum }),
    ),
  );

const grouped = <T>(all: readonly T[], keyOf: (each: T) => string): readonly (readonly T[])[] => {
  const groups = new Map<string, T[]>();
  for (const each of all) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return [...groups.values()];
};

/** Series labelled `le` and one with their sum. What has not every bucket is left out: half a histogram is none. */
export const gatherSampledBuckets = (
  of: OfPack,
  counts: readonly FoundSample[],
  sums: readonly FoundSample[],
): Gathered => {
  const { buckets = [] } = of.metric;
  const edges = [...buckets.map(String), '+Inf'];
  const keyOf = ({ labels }: FoundSample): string => JSON.stringify(Object.values(labelsOf(of, labels)));
  return gathered(
    of,
    grouped(counts, keyOf).flatMap((series) => {
      const [first] = series;
      const values = edges.map((edge) => series.find(({ labels }) => labels['le'] === edge)?.value);
      const sum = first && sums.find((each) => keyOf(each) === keyOf(first))?.value;
      if (!first || sum === undefined || values.includes(undefined)) return [];
      return histogramValues(labelsOf(of, first.labels), { buckets, counts: values.map(Number), sum });
    }),
  );
};

const bucketsOfRuns = (buckets: readonly number[], runs: readonly RunTotal[]) => {
  const known = runs.filter(({ seconds }) => seconds >= 0);
  const atMost = (edge: number): number =>
    known.reduce((sum, each) => (each.seconds <= edge ? sum + each.runs : sum), 0);
  return {
    buckets,
    counts: [...buckets, Number.POSITIVE_INFINITY].map(atMost),
    sum: known.reduce((sum, each) => sum + each.totalSeconds, 0),
  };
};

/** Added up over labels that the metric does not have. */
export const gatherRuns = (
  of: OfPack & { readonly metric: { readonly from: RunsSource } },
  totals: readonly RunTotal[],
): Gathered => {
  const { runs: figure, jobs } = of.metric.from;
  const own = totals.filter(({ pack, job }) => pack === of.pack && (jobs?.includes(job) ?? true));
  const labels = ({ job, outcome, trigger }: RunTotal) => labelsOf(of, { job, outcome, trigger });
  return gathered(
    of,
    grouped(own, (total) => JSON.stringify(Object.values(labels(total)))).flatMap((series) => {
      const [first] = series;
      if (!first) return [];
      if (figure === 'seconds')
        return histogramValues(labels(first), bucketsOfRuns(of.metric.buckets ?? [], series));
      const field = figure === 'count' ? 'runs' : 'deleted';
      return [{ labels: labels(first), value: series.reduce((sum, total) => sum + total[field], 0) }];
    }),
  );
};
