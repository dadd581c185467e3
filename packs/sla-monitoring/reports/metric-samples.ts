// The history of the pack's metrics, under the names by which Prometheus has them (SLA-07, SLA-10).
import {
  defineReport,
  type Interpreted,
  type MetricDefinition,
  type ReportDefinition,
} from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';
import { metrics } from '../metrics.ts';
import { many } from '../report-parts.ts';

const interpret = ({ rows }: Interpreted): readonly string[] => {
  const series = new Set(rows.map(({ metric, labels }) => `${metric} ${labels}`)).size;
  return [
    rows.length === 0 ? 'There is no such sample.' : `${many(rows.length, 'sample')} of ${series} series.`,
  ];
};

/** `(metric, monitor or check, measure)`; what is counted from rows at each look has no samples. */
const named = ({ name, from }: MetricDefinition): readonly string[] => {
  if ('monitor' in from) return [`('${name}', '${from.monitor}', '${from.measure}')`];
  return 'check' in from ? [`('${name}', '${from.check}', '${from.measure}')`] : [];
};

export const metricSamples = (env: SlaEnv): ReportDefinition =>
  defineReport({
    name: 'metric_samples',
    title: 'Samples of metrics',
    purpose: 'What each metric was at each look, for as long as samples are kept.',
    database: 'home',
    params: {
      metric: { type: 'text', about: 'of this metric only', default: null },
      labels: { type: 'text', about: 'with these labels, as JSON: {"job": "cleanup_pdfs"}', default: '{}' },
      from: { type: 'instant', about: 'the first instant; else a day back', default: null },
      to: { type: 'instant', about: 'the last instant; else now', default: null },
      limit: { type: 'integer', about: 'how many at most', default: 1000, min: 1, max: 10_000 },
    },
    sql: `
    WITH named (metric, looked_by, measure) AS (VALUES ${metrics(env).flatMap(named).join(', ')})
    SELECT named.metric, sample.labels, sample.value, sample.ts
    FROM named
    JOIN sexton.metric_samples sample ON sample.pack = 'sla-monitoring' AND sample.monitor = named.looked_by
      AND sample.metric = named.measure
    WHERE (:metric IS NULL OR named.metric = :metric) AND sample.labels @> :labels::jsonb
      AND sample.ts >= coalesce(:from, sexton.now() - interval '1 day') AND sample.ts <= coalesce(:to, sexton.now())
    ORDER BY sample.ts DESC, named.metric, sample.labels::text LIMIT :limit`,
    columns: [
      { name: 'metric', type: 'text' },
      { name: 'labels', type: 'text' },
      { name: 'value', type: 'number', decimals: 4 },
      { name: 'ts', type: 'instant' },
    ],
    interpret,
    sample: [
      {
        metric: 'cleanup_sla_utilization',
        labels: '{"job": "cleanup_pdfs"}',
        value: 25,
        ts: '2026-02-10T12:15:00Z',
      },
    ],
    hint: 'No samples of a metric: is its monitor paused (sexton schedule), or had it no value at that time?',
    related: ['sla_trend', 'health_latency'],
  });
