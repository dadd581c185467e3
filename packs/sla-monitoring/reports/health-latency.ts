// How long connections took (SLA-67).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { numberIn, textIn } from '../report-parts.ts';

/** A slowest probe of so many times the mean is worth a look. */
const FAR_OFF = 10;

const interpret = ({ rows }: Interpreted): readonly string[] => {
  if (rows.length === 0) return ['No connection was checked in this time.'];
  return rows
    .filter((row) => (numberIn(row, 'max_ms') ?? 0) > FAR_OFF * (numberIn(row, 'avg_ms') ?? 0))
    .map(
      (row) =>
        `The slowest probe of ${textIn(row, 'name')} took over ${FAR_OFF} times as long as the mean one.`,
    );
};

export const healthLatency: ReportDefinition = defineReport({
  name: 'health_latency',
  title: 'Latency by dependency',
  purpose: 'How long each dependency took to answer its health checks.',
  database: 'home',
  params: {
    within: { type: 'duration', about: 'how far back', default: '7d', min: 60, max: 400 * 86_400 },
  },
  sql: `
    SELECT result.name, count(*)::int AS runs, avg(result.latency_ms) AS avg_ms,
      percentile_cont(0.95) WITHIN GROUP (ORDER BY result.latency_ms) AS p95_ms, max(result.latency_ms) AS max_ms
    FROM sexton.health_report report
    JOIN sexton.health_result result ON result.report = report.id
    WHERE report.pack = 'sla-monitoring' AND report.name = 'check_cleanup_health'
      AND report.at > sexton.now() - :within AND result.latency_ms IS NOT NULL
    GROUP BY result.name ORDER BY result.name`,
  columns: [
    { name: 'name', type: 'text' },
    { name: 'runs', type: 'count', about: 'checks that were answered' },
    { name: 'avg_ms', type: 'milliseconds' },
    { name: 'p95_ms', type: 'milliseconds' },
    { name: 'max_ms', type: 'milliseconds' },
  ],
  interpret,
  sample: [{ name: 'redis_connectivity', runs: 28, avg_ms: 6.2, p95_ms: 8.4, max_ms: 11 }],
  hint: 'A slow dependency shows in duration_percentiles too; a slow network shows in all of them at once.',
  related: ['health_latest', 'duration_percentiles'],
  chart: { kind: 'bar', x: 'name', y: ['avg_ms', 'p95_ms'] },
});
