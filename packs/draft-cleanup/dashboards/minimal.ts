// The three panels that a team begins with (DRAFT-79).
import { type DashboardDefinition, defineDashboard } from '../../../src/index.ts';
import { lastRun, pollution } from '../panels.ts';

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
          ...pollution,
        },
        { title: 'Cleanup Job Status', ...lastRun },
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
