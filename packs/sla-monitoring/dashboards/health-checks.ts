// Health Checks (SLA-87): what the jobs depend on, how fast it answers, and what was alerted.
import { type DashboardDefinition, defineDashboard } from '../../../src/index.ts';

export const healthChecks: DashboardDefinition = defineDashboard({
  name: 'health_checks',
  title: 'Health Checks',
  summary: 'Status and latency of dependencies, and the history of alerts',
  range: '7d',
  rows: [
    {
      title: 'Dependencies',
      panels: [
        {
          title: 'Dependency status',
          visual: 'table',
          source: { report: 'health_latest' },
          states: { PASS: 'green', WARN: 'yellow', FAIL: 'red' },
        },
        {
          title: 'Latency by dependency',
          visual: 'bars',
          source: { report: 'health_latency', x: 'name', y: ['avg_ms', 'p95_ms'] },
          unit: 'milliseconds',
          decimals: 0,
        },
        {
          title: 'Alert history',
          visual: 'timeline',
          span: '30d',
          source: {
            report: 'alert_history',
            x: 'opened_at',
            until: 'resolved_at',
            series: ['alert_type', 'job'],
            state: 'severity',
          },
          states: { INFO: 'blue', WARNING: 'yellow', CRITICAL: 'red' },
        },
      ],
    },
  ],
});
