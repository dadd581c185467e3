// The same figures over time, by hour or by day (SLA-58).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';
import { countIn, jobsInput, many, numberIn, percent, textIn, WATCHED } from '../report-parts.ts';

const interpret =
  (env: SlaEnv) =>
  ({ rows }: Interpreted): readonly string[] => {
    const runs = rows.reduce((sum, row) => sum + countIn(row, 'runs'), 0);
    const used = (row: (typeof rows)[number]): number => numberIn(row, 'max_utilization_percent') ?? -1;
    const [worst] = rows.toSorted((a, b) => used(b) - used(a));
    if (runs === 0 || !worst) return ['No run ended in this time.'];
    const near = rows.filter((row) => used(row) > env.SLA_WARNING_THRESHOLD_PERCENT);
    return [
      `${many(runs, 'run')}; the longest used ${percent(numberIn(worst, 'max_utilization_percent'))} of its budget (${textIn(worst, 'job')}, ${textIn(worst, 'bucket_start')}).`,
      near.length === 0
        ? `None used more than ${env.SLA_WARNING_THRESHOLD_PERCENT} %.`
        : `More than ${env.SLA_WARNING_THRESHOLD_PERCENT} % in ${near.length} of ${many(rows.length, 'bucket')}.`,
    ];
  };

/** A run counts in the bucket in which it ended. Simulated ones and those that go on count nowhere. */
const SQL = `
    WITH bucket AS (
      SELECT at AT TIME ZONE 'UTC' AS bucket_start
      FROM generate_series(date_trunc(:bucket, (sexton.now() - :within) AT TIME ZONE 'UTC'), sexton.now() AT TIME ZONE 'UTC',
        ('1 ' || :bucket)::interval) AS at
    ), run AS MATERIALIZED (
      SELECT *, date_trunc(:bucket, ended_at, 'UTC') AS bucket_start
      FROM public.cleanup_runs(:jobs, date_trunc(:bucket, sexton.now() - :within, 'UTC') - interval '1 ms')
      WHERE outcome IN ('completed', 'failed') AND NOT synthetic
    )
    SELECT bucket.bucket_start, watched.job,
      avg(run.utilization_percent) FILTER (WHERE run.outcome = 'completed') AS avg_utilization_percent,
      max(run.utilization_percent) FILTER (WHERE run.outcome = 'completed') AS max_utilization_percent,
      count(*) FILTER (WHERE run.outcome = 'completed')::double precision / nullif(count(run.run_id), 0) AS success_rate,
      sum(run.records) FILTER (WHERE run.throughput_per_hour IS NOT NULL AND run.outcome = 'completed')
        / nullif(sum(run.duration_seconds) FILTER (WHERE run.throughput_per_hour IS NOT NULL AND run.outcome = 'completed'), 0)
        * 3600 AS throughput_per_hour,
      count(run.run_id)::int AS runs
    FROM bucket CROSS JOIN ${WATCHED} AS watched
    LEFT JOIN run ON run.job = watched.job AND run.bucket_start = bucket.bucket_start
    GROUP BY bucket.bucket_start, watched.job ORDER BY bucket.bucket_start, watched.job`;

export const slaTrend = (env: SlaEnv): ReportDefinition =>
  defineReport({
    name: 'sla_trend',
    title: 'SLA trend',
    purpose: 'How utilization, success and throughput of each job went, by hour or by day.',
    database: 'app',
    params: {
      bucket: { type: 'text', about: 'how time is cut, in UTC', default: 'day', oneOf: ['hour', 'day'] },
      within: { type: 'duration', about: 'how far back', default: '30d', min: 3600, max: 400 * 86_400 },
    },
    inputs: jobsInput,
    sql: SQL,
    columns: [
      { name: 'bucket_start', type: 'instant' },
      { name: 'job', type: 'text' },
      { name: 'avg_utilization_percent', type: 'percent', decimals: 1 },
      {
        name: 'max_utilization_percent',
        type: 'percent',
        decimals: 1,
        bands: {
          warning: { above: env.SLA_WARNING_THRESHOLD_PERCENT },
          critical: { above: env.SLA_CRITICAL_THRESHOLD_PERCENT },
        },
      },
      {
        name: 'success_rate',
        type: 'number',
        decimals: 4,
        bands: { critical: { below: env.SLA_SUCCESS_RATE_THRESHOLD } },
      },
      {
        name: 'throughput_per_hour',
        type: 'number',
        decimals: 1,
        about: 'records of the bucket by the time they took',
      },
      { name: 'runs', type: 'count', about: 'completed and failed ones that ended in the bucket' },
    ],
    interpret: interpret(env),
    sample: [
      {
        bucket_start: '2026-02-10T00:00:00Z',
        job: 'cleanup_quiz_responses',
        avg_utilization_percent: 33.4,
        max_utilization_percent: 33.4,
        success_rate: 1,
        throughput_per_hour: 4200,
        runs: 1,
      },
    ],
    hint: 'A rise over weeks is growth: more rows a run, or slower batches. run_diagnostics of an early and a late run tells which.',
    related: ['sla_summary', 'duration_percentiles', 'run_diagnostics'],
    chart: { kind: 'line', x: 'bucket_start', y: ['avg_utilization_percent'] },
  });
