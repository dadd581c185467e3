// The three panels that a team begins with (DRAFT-79).
import { type DashboardDefinition, defineDashboard } from '../../../src/index.ts';

export const minimal: DashboardDefinition = defineDashboard({
  name: 'minimal',
  title: 'Drafts: minimal',
  summary: 'Pollution now, whether the cleanup runs, and the last seven days',
  refresh: '5m',
  range: '7d',
  rows: [
    {
      title: 'Drafts',
      panels: [
        {
          title: 'System Health',
          about: 'Pollution: unused drafts of all drafts.',
          visual: 'stat',
          source: { report: 'system_health_dashboard', y: 'pollution_percentage' },
          unit: 'percent',
          decimals: 2,
          thresholds: [
            { atLeast: 10, colour: 'yellow' },
            { above: 30, colour: 'red' },
          ],
        },
        {
          title: 'Cleanup Job Status',
          about: 'Hours since the last run.',
          visual: 'stat',
          source: { report: 'cleanup_job_performance', y: 'hours_since_last_run' },
          unit: 'hours',
          decimals: 2,
          thresholds: [{ above: 1.5, colour: 'red' }],
        },
        {
          title: 'Daily Trend',
          visual: 'line',
          refresh: '1h',
          source: {
            report: 'daily_trend_analysis',
            params: { days: 7 },
            x: 'date',
            y: ['drafts_created', 'drafts_used', 'drafts_abandoned'],
          },
          unit: 'count',
          decimals: 0,
        },
      ],
    },
  ],
});
