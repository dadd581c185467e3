// Manual Resolution Queue (SLA-86): how deep, how old, how fast it empties, and what is in it.
import { type DashboardDefinition, defineDashboard } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';

export const manualResolutionQueue = (env: SlaEnv): DashboardDefinition =>
  defineDashboard({
    name: 'manual_resolution_queue',
    title: 'Manual Resolution Queue',
    summary: 'Depth, ages, resolution rate and priorities of what waits for operators',
    range: '7d',
    rows: [
      {
        title: 'Queue',
        panels: [
          {
            title: 'Depth over time',
            visual: 'line',
            source: { metric: 'manual_resolution_queue_depth' },
            unit: 'count',
            decimals: 0,
            guides: [
              { label: 'warning', at: env.MRQ_DEPTH_WARNING, colour: 'yellow' },
              { label: 'critical', at: env.MRQ_DEPTH_CRITICAL, colour: 'red' },
            ],
          },
          {
            title: 'Age distribution',
            about: `Marks at ${env.MRQ_ITEM_SLA_HOURS} h, ${env.MRQ_AGE_WARNING_HOURS} h and ${env.MRQ_AGE_ESCALATION_HOURS} h are the edges of the bars.`,
            visual: 'histogram',
            source: { report: 'mrq_age_histogram', x: 'bucket', y: 'pending' },
            unit: 'count',
          },
          {
            title: 'Resolution rate',
            about: 'Items resolved by day; dashed: half of the daily average.',
            visual: 'line',
            span: '30d',
            source: { report: 'mrq_resolution_trend', params: { days: 30 }, x: 'date', y: 'resolved' },
            unit: 'per-day',
            decimals: 0,
            guides: [
              {
                label: `${100 * env.MRQ_RESOLUTION_DROP_RATIO} % of the average`,
                report: 'mrq_summary',
                y: 'avg_resolved_per_day',
                times: env.MRQ_RESOLUTION_DROP_RATIO,
              },
            ],
          },
          {
            title: 'Items by priority',
            visual: 'pie',
            source: { report: 'mrq_by_priority', x: 'priority', y: 'pending' },
            unit: 'count',
          },
        ],
      },
    ],
  });
