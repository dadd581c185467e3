// What the newest health report found, the worst first (SLA-67).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { listed } from '../report-parts.ts';

const interpret = ({ rows }: Interpreted): readonly string[] => {
  if (rows.length === 0) return ['No health check has run yet.'];
  const of = (status: string) => rows.filter((row) => row['status'] === status);
  return [
    ...(of('FAIL').length > 0 ? [`Failing: ${listed(of('FAIL'), 'name')}.`] : []),
    ...(of('WARN').length > 0 ? [`To be looked at: ${listed(of('WARN'), 'name')}.`] : []),
    ...(of('PASS').length === rows.length ? ['Everything that the jobs depend on is ready.'] : []),
  ];
};

export const healthLatest: ReportDefinition = defineReport({
  name: 'health_latest',
  title: 'Health of what the jobs depend on',
  purpose: 'What the newest health report found of each dependency.',
  database: 'home',
  sql: `
    SELECT result.name, result.status, result.latency_ms, result.error, report.at AS checked_at
    FROM (
      SELECT id, at FROM sexton.health_report
      WHERE pack = 'sla-monitoring' AND name = 'check_cleanup_health' ORDER BY tick DESC LIMIT 1
    ) AS report
    JOIN sexton.health_result result ON result.report = report.id
    ORDER BY CASE result.status WHEN 'FAIL' THEN 1 WHEN 'WARN' THEN 2 ELSE 3 END, result.name`,
  columns: [
    { name: 'name', type: 'text' },
    {
      name: 'status',
      type: 'text',
      bands: { warning: { is: ['WARN'] }, critical: { is: ['FAIL'] } },
    },
    { name: 'latency_ms', type: 'milliseconds', about: 'of checks that connect' },
    { name: 'error', type: 'text' },
    { name: 'checked_at', type: 'instant' },
  ],
  interpret,
  sample: [
    {
      name: 'index_meal_plans_pdf_generated_at',
      status: 'FAIL',
      latency_ms: null,
      error: 'Index not found',
      checked_at: '2026-02-10T18:00:00Z',
    },
    {
      name: 'database_connectivity',
      status: 'PASS',
      latency_ms: 12,
      error: null,
      checked_at: '2026-02-10T18:00:00Z',
    },
  ],
  hint: 'Ask again at once with sexton health; what to do about each is in the runbook.',
  related: ['health_latency', 'alert_history'],
});
