// What a lint of metric names (Prometheus' naming practices) finds in one. A name that a specification fixes is kept all
// the same, and says so.
import type { MetricType } from './metric.ts';

/** `https://prometheus.io/docs/practices/naming`: one unit a kind of thing, spelled out, at the end. */
const NO_BASE_UNITS: Readonly<Record<string, string>> = {
  ms: 'seconds',
  milliseconds: 'seconds',
  minutes: 'seconds',
  hours: 'seconds',
  days: 'seconds',
  percent: 'ratio',
  percentage: 'ratio',
  kilobytes: 'bytes',
  megabytes: 'bytes',
};

const RESERVED_ENDINGS = ['_bucket', '_count', '_sum'];

/** One sentence each; none where the name is as it should be. */
export const nameFindings = (name: string, type: MetricType): readonly string[] => {
  const words = name.split('_');
  const units = words.flatMap((word) => {
    const base = NO_BASE_UNITS[word];
    return base === undefined ? [] : [`should use the base unit ${base} instead of ${word}`];
  });
  const total = name.endsWith('_total');
  return [
    ...(type === 'counter' && !total ? ['should end with _total, being a counter'] : []),
    ...(type !== 'counter' && total ? ['should not end with _total, being no counter'] : []),
    ...(type !== 'histogram' && RESERVED_ENDINGS.some((ending) => name.endsWith(ending))
      ? [`should not end with ${RESERVED_ENDINGS.join(', ')}, which histograms use`]
      : []),
    ...units,
    ...(/[A-Z]/.test(name) ? ['should be in snake_case'] : []),
  ];
};
