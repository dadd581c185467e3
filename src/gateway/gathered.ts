// What a scrape shows, as data: a metric with all its values. How it is written is exposition.ts's.
import { edgeText, type MetricType } from '../domain/metrics/metric.ts';

export interface GatheredValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of a histogram: which of its series. */
  readonly part?: 'bucket' | 'sum' | 'count';
}

export interface Gathered {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly values: readonly GatheredValue[];
}

/** A histogram's series of one label set; counts are cumulative, that of infinity last. */
export const histogramValues = (
  labels: GatheredValue['labels'],
  {
    buckets,
    counts,
    sum,
  }: { readonly buckets: readonly number[]; readonly counts: readonly number[]; readonly sum: number },
): readonly GatheredValue[] => [
  ...[...buckets, Number.POSITIVE_INFINITY].map((edge, place) => ({
    labels: { ...labels, le: edgeText(edge) },
    value: counts[place] ?? 0,
    part: 'bucket' as const,
  })),
  { labels, value: sum, part: 'sum' },
  { labels, value: counts.at(-1) ?? 0, part: 'count' },
];

/** Values of one name, from however many packs, are one metric: the first one's words stand. */
export const mergeGathered = (all: readonly Gathered[]): readonly Gathered[] => {
  const names = new Map<string, Gathered>();
  for (const each of all) {
    const first = names.get(each.name);
    names.set(each.name, first ? { ...first, values: [...first.values, ...each.values] } : each);
  }
  return [...names.values()];
};
