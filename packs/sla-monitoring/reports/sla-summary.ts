// How each job does against its budget now (SLA-52, SLA-53).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';
import { jobsInput, listed, WATCHED } from '../report-parts.ts';

const interpret = ({ rows }: Interpreted): readonly string[] => {
  const of = (status: string) => rows.filter((row) => row['status'] === status);
  const breached = of('breached');
  const warning = of('warning');
  const failing = rows.filter(({ consecutive_failures }) => Number(consecutive_failures) > 0);
  return [
    breached.length > 0
      ? `Over budget: ${listed(breached, 'job')}.`
      : warning.length > 0
        ? `Near its budget: ${listed(warning, 'job')}.`
        : 'Every job that has run is well within its budget.',
    ...(failing.length > 0 ? [`Failed last: ${listed(failing, 'job')}.`] : []),
    ...(of('no_data').length > 0
      ? [`No run has completed in 30 days: ${listed(of('no_data'), 'job')}.`]
      : []),
  ];
};

/**
 * The newest completed run is judged; one that goes on takes its place once it has used more than the warning threshold.
 * A simulated breach is judged as well, but stays out of rate, streak and baseline (SLA-98).
 */
const sql = (env: SlaEnv): string => `
    WITH run AS MATERIALIZED (SELECT * FROM public.cleanup_runs(:jobs, sexton.now() - interval '45 days'))
    SELECT watched.job, counted.successes, counted.failures,
      counted.successes::double precision / nullif(counted.successes + counted.failures, 0) AS success_rate,
      judged.duration_seconds AS last_duration_seconds, coalesce(watched.budget_seconds, judged.budget_seconds) AS sla_budget_seconds,
      judged.utilization_percent,
      CASE WHEN judged.utilization_percent IS NULL THEN 'no_data'
        WHEN judged.utilization_percent > ${env.SLA_CRITICAL_THRESHOLD_PERCENT} THEN 'breached'
        WHEN judged.utilization_percent > ${env.SLA_WARNING_THRESHOLD_PERCENT} THEN 'warning'
        ELSE 'within_sla' END AS status,
      judged.throughput_per_hour, baseline.throughput AS baseline_throughput_per_hour, streak.failures AS consecutive_failures
    FROM ${WATCHED} AS watched
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE outcome = 'completed')::int AS successes,
        count(*) FILTER (WHERE outcome = 'failed')::int AS failures
      FROM run WHERE run.job = watched.job AND NOT synthetic AND ended_at > sexton.now() - :within
    ) AS counted
    LEFT JOIN LATERAL (
      SELECT *, coalesce(started_at, ended_at) AS at FROM run
      WHERE run.job = watched.job AND coalesce(ended_at, started_at) > sexton.now() - interval '30 days'
        AND (outcome = 'completed'
          OR (outcome = 'running' AND utilization_percent > ${env.SLA_WARNING_THRESHOLD_PERCENT}))
      ORDER BY coalesce(ended_at, sexton.now()) DESC LIMIT 1
    ) AS judged ON true
    CROSS JOIN LATERAL (
      -- Fewer than five runs are no baseline (SLA-31).
      SELECT CASE WHEN count(*) >= 5 THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY throughput_per_hour) END AS throughput
      FROM run WHERE run.job = watched.job AND outcome = 'completed' AND NOT synthetic AND records >= 1
        AND throughput_per_hour IS NOT NULL AND run_id <> judged.run_id
        AND ended_at <= judged.at AND ended_at > judged.at - interval '14 days'
    ) AS baseline
    CROSS JOIN LATERAL (
      SELECT max(ended_at) AS newest FROM run WHERE run.job = watched.job AND outcome = 'completed' AND NOT synthetic
    ) AS good
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS failures FROM run
      WHERE run.job = watched.job AND outcome = 'failed' AND NOT synthetic AND ended_at > coalesce(good.newest, '-infinity')
    ) AS streak
    ORDER BY utilization_percent DESC NULLS LAST, job`;

export const slaSummary = (env: SlaEnv): ReportDefinition =>
  defineReport({
    name: 'sla_summary',
    title: 'SLA summary',
    purpose:
      'Whether each cleanup job keeps to its budget, how often it succeeded lately, and how fast it works.',
    database: 'app',
    params: {
      within: {
        type: 'duration',
        about: 'how far back runs are counted',
        default: '24h',
        min: 60,
        max: 30 * 86_400,
      },
    },
    inputs: jobsInput,
    sql: sql(env),
    columns: [
      { name: 'job', type: 'text' },
      { name: 'successes', type: 'count' },
      { name: 'failures', type: 'count' },
      {
        name: 'success_rate',
        type: 'number',
        decimals: 4,
        about: '0 to 1; runs that were skipped or stopped count for neither',
        bands: { critical: { below: env.SLA_SUCCESS_RATE_THRESHOLD } },
      },
      { name: 'last_duration_seconds', type: 'seconds', about: 'of the run that is judged' },
      { name: 'sla_budget_seconds', type: 'seconds', decimals: 0 },
      {
        name: 'utilization_percent',
        type: 'percent',
        decimals: 1,
        about: 'of the budget; never clamped',
        bands: {
          warning: { above: env.SLA_WARNING_THRESHOLD_PERCENT },
          critical: { above: env.SLA_CRITICAL_THRESHOLD_PERCENT },
        },
      },
      {
        name: 'status',
        type: 'text',
        bands: { warning: { is: ['warning'] }, critical: { is: ['breached'] } },
      },
      { name: 'throughput_per_hour', type: 'number', decimals: 1, about: 'records an hour' },
      {
        name: 'baseline_throughput_per_hour',
        type: 'number',
        decimals: 1,
        about: 'median of the 14 days before; of five runs at least',
      },
      {
        name: 'consecutive_failures',
        type: 'count',
        bands: { warning: { atLeast: 1 }, critical: { atLeast: env.SLA_CONSECUTIVE_FAILURES } },
      },
    ],
    interpret,
    sample: [
      {
        job: 'cleanup_quiz_responses',
        successes: 1,
        failures: 0,
        success_rate: 1,
        last_duration_seconds: 2952,
        sla_budget_seconds: 3600,
        utilization_percent: 82,
        status: 'warning',
        throughput_per_hour: 12000,
        baseline_throughput_per_hour: null,
        consecutive_failures: 0,
      },
    ],
    hint: 'A job near its budget: run_diagnostics of its newest run. One that fails: failure_patterns. Both over weeks: sla_trend.',
    related: ['run_diagnostics', 'failure_patterns', 'sla_trend', 'monitor_cleanup_sla'],
    chart: { kind: 'bar', x: 'job', y: ['utilization_percent'] },
  });
