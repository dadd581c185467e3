// Cleanup Job Performance (SLA-85): utilization, success, pace and duration of the jobs.
import { type DashboardDefinition, defineDashboard } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';

/** By the hour, so that each run of the hourly job is a point of its own. */
const trend = {
  report: 'sla_trend',
  params: { bucket: 'hour', within: '7d' },
  x: 'bucket_start',
  series: 'job',
} as const;

export const cleanupJobPerformance = (env: SlaEnv): DashboardDefinition =>
  defineDashboard({
    name: 'cleanup_job_performance',
    title: 'Cleanup Job Performance',
    summary: 'Utilization of time budgets, success rate, throughput and duration by job',
    range: '7d',
    rows: [
      {
        title: 'Jobs',
        panels: [
          {
            title: 'Utilization over time',
            visual: 'line',
            source: { ...trend, y: 'max_utilization_percent' },
            unit: 'percent',
            decimals: 1,
            guides: [
              { label: 'warning', at: env.SLA_WARNING_THRESHOLD_PERCENT, colour: 'yellow' },
              { label: 'breach', at: env.SLA_CRITICAL_THRESHOLD_PERCENT, colour: 'red' },
            ],
          },
          {
            title: 'Success rate by job',
            visual: 'line',
            source: { ...trend, y: 'success_rate' },
            unit: 'ratio',
            decimals: 2,
            guides: [{ label: 'least', at: env.SLA_SUCCESS_RATE_THRESHOLD, colour: 'red' }],
          },
          {
            title: 'Throughput by job',
            about: 'Records an hour; dashed: half of what is usual of each job.',
            visual: 'line',
            source: { ...trend, y: 'throughput_per_hour' },
            unit: 'per-hour',
            decimals: 0,
            guides: [
              {
                label: `${100 * env.SLA_THROUGHPUT_DROP_RATIO} % of baseline`,
                report: 'sla_summary',
                y: 'baseline_throughput_per_hour',
                series: 'job',
                times: env.SLA_THROUGHPUT_DROP_RATIO,
              },
            ],
          },
          {
            title: 'Duration distribution',
            about: 'Runs by how many seconds they took; p50, p95 and p99 say in which bucket they lie.',
            visual: 'histogram',
            source: { metric: 'cleanup_duration' },
            unit: 'count',
          },
        ],
      },
    ],
  });
