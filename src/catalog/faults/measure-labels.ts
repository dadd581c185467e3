// Which labels a measure's series have, as far as its declaration tells.
import type { MeasureSnapshot } from '../../domain/monitors/monitor.ts';

const ONE: Readonly<Record<string, readonly string[]>> = {
  'job-sla': ['job'],
  schedules: ['schedule'],
  'postgres-activity': [],
  http: [],
};

/** Undefined where only the answer tells: columns of a statement that names none. */
export const labelsOfMeasure = ({ kind, with: params }: MeasureSnapshot): readonly string[] | undefined => {
  if (kind === 'redis') return params['of'] === 'lock-age' ? ['lock'] : [];
  if (kind === 'alerting') return params['of'] === 'monitor-lateness' ? ['monitor'] : [];
  if (kind !== 'sql') return ONE[kind];
  const { labels } = params;
  return Array.isArray(labels) ? labels.filter((each) => typeof each === 'string') : undefined;
};
