// What a metric says of the rest of its pack: the monitor and measure that it shows, its labels, jobs, checks and databases.
import type { MetricSource } from '../../domain/metrics/metric.ts';
import type { CheckedPack } from '../schema/config.ts';
import type { CheckedMetric } from '../schema/metrics.ts';
import type { CheckedMonitor } from '../schema/monitor.ts';
import type { Fault } from './fault.ts';
import { labelsOfMeasure } from './measure-labels.ts';

/** What a metric may name: names as they were written, so that nothing with a fault of its own is told to be unknown. */
export interface MetricGround {
  readonly pack: Pick<CheckedPack, 'databases'>;
  /** Those that are sound. */
  readonly monitors: readonly CheckedMonitor[];
  readonly names: {
    readonly monitors: readonly string[];
    readonly jobs: readonly string[];
    readonly checks: readonly string[];
  };
}

/** A rule that does not hold, at a place below the metric. */
interface Found {
  readonly at: string;
  readonly rule: string;
  readonly value?: string;
}

const list = (names: readonly string[]): string => names.join(', ') || 'none';

const unknown = (at: string, what: string, names: readonly string[], value: string): Found => ({
  at,
  rule: `must name ${what} (${list(names)})`,
  value: JSON.stringify(value),
});

const unknownOf = (at: string, what: string, known: readonly string[], named: readonly string[] = []) =>
  named.filter((each) => !known.includes(each)).map((each) => unknown(at, what, known, each));

/** Labels that the source brings; undefined where only asking tells. */
const labelsOf = (from: MetricSource, { monitors }: MetricGround): readonly string[] | undefined => {
  if ('runs' in from) return ['job', 'outcome', 'trigger'];
  if ('check' in from) return ['check'];
  if ('sql' in from) return undefined;
  const measure = monitors.find(({ name }) => name === from.monitor)?.measures[from.measure];
  return measure && labelsOfMeasure(measure);
};

const sourceFaults = ({ from, tells }: CheckedMetric, ground: MetricGround): readonly Found[] => {
  if ('runs' in from) return unknownOf('from.jobs', 'a job of the pack', ground.names.jobs, from.jobs);
  if ('check' in from)
    return unknownOf('from.check', 'a health check of the pack', ground.names.checks, [from.check]);
  const databases = Object.keys(ground.pack.databases);
  if ('sql' in from) return unknownOf('from.database', 'a database of the pack', databases, [from.database]);
  const monitor = ground.monitors.find(({ name }) => name === from.monitor);
  if (!monitor)
    return unknownOf('from.monitor', 'a monitor of the pack', ground.names.monitors, [from.monitor]);
  const named = [from.measure, ...(from.sum === undefined ? [] : [from.sum])];
  const measures = Object.keys(monitor.measures);
  return [
    ...unknownOf('from.measure', 'a measure of that monitor', measures, named),
    ...unknownOf('tells', 'measures of that monitor', measures, Object.keys(tells ?? {})),
  ];
};

/** Of runs series are added up, so fewer labels are as good; of anything else a label left out would double series. */
const labelFaults = ({ from, labels, type }: CheckedMetric, ground: MetricGround): readonly Found[] => {
  const found = labelsOf(from, ground);
  if (!found) return [];
  const brought = found.filter((each) => type !== 'histogram' || each !== 'le');
  const missing = 'runs' in from ? [] : brought.filter((each) => !labels.includes(each));
  return [
    ...unknownOf('labels', 'labels that its source brings', brought, labels),
    ...missing.map((each) => ({ at: 'labels', rule: `must name ${each}, which tells its series apart` })),
  ];
};

/** `place` is the metric's. */
export const metricFaults = (metric: CheckedMetric, ground: MetricGround, place: string): readonly Fault[] =>
  [...sourceFaults(metric, ground), ...labelFaults(metric, ground)].map(({ at, ...fault }) => ({
    place: `${place}.${at}`,
    ...fault,
  }));

interface OfPack {
  readonly pack: string;
  readonly metric: Pick<CheckedMetric, 'name' | 'type'>;
}

/** Packs share names, as Prometheus does; then they must mean the same kind of thing. */
export const sharedMetricFaults = (metrics: readonly OfPack[]): readonly Fault[] =>
  metrics.flatMap(({ pack, metric }, place) => {
    const first = metrics.slice(0, place).find((each) => each.metric.name === metric.name);
    if (!first || first.metric.type === metric.type) return [];
    return [
      {
        place: `${pack}/metric/${metric.name}.type`,
        rule: `must be ${first.metric.type}, as it is in pack ${first.pack}: a name has one type`,
        value: JSON.stringify(metric.type),
      },
    ];
  });
