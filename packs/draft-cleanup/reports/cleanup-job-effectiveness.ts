// Q9: runs of the cleanup by week: how many were due, took place, succeeded, and what they deleted (DRAFT-50, DRAFT-51).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { DATABASE } from '../names.ts';
import { countIn, many, numberIn, percent, textIn } from '../report-text.ts';

const interpret = ({ rows }: Interpreted): readonly string[] => {
  const [week, ...before] = rows;
  const missed = rows.reduce((sum, row) => sum + countIn(row, 'missed_runs'), 0);
  const low = rows.filter((row) => (numberIn(row, 'uptime_percentage') ?? 100) < 99);
  const idle = before
    .filter((row) => countIn(row, 'total_runs') === 0)
    .map((row) => textIn(row, 'week_start'));
  return [
    `This week so far: ${countIn(week, 'successful_runs')} of ${many(countIn(week, 'expected_runs'), 'run')} due succeeded, uptime ${percent(
      numberIn(week, 'uptime_percentage'),
    )}, ${many(countIn(week, 'drafts_deleted'), 'draft')} deleted.`,
    low.length === 0
      ? 'Every week had an uptime of at least 99 %.'
      : `Below 99 % uptime: the ${low.length === 1 ? 'week' : 'weeks'} of ${low.map((row) => textIn(row, 'week_start')).join(', ')}; ${many(missed, 'run')} missed in all.`,
    ...(idle.length > 0
      ? [`Nothing ran in the weeks of ${idle.join(', ')}; was the job there already?`]
      : []),
  ];
};

export const cleanupJobEffectiveness: ReportDefinition = defineReport({
  name: 'cleanup_job_effectiveness',
  number: 9,
  title: 'Cleanup Job Effectiveness',
  purpose: 'How reliably the hourly cleanup ran in this week and the three before, and what it took.',
  database: DATABASE,
  // A slot is each full hour that has come. It has an uptime where a scheduled run of it succeeded that began within its hour,
  // and is missed where none took place: runs started by hand are no slots, skipped ones did not take place, and one that a
  // person stopped is no failure (DRAFT-124, DRAFT-125).
  sql: `
    WITH clock AS MATERIALIZED (
      SELECT sexton.now() AS now, date_trunc('week', sexton.now() AT TIME ZONE 'UTC') AS this_week
    ), weeks AS (
      SELECT this_week - make_interval(weeks => back) AS monday FROM clock CROSS JOIN generate_series(0, 3) AS back
    ), runs AS (
      SELECT date_trunc('week', coalesce(slot, started_at) AT TIME ZONE 'UTC') AS monday,
        status, slot, started_at, deleted_count, error IS NOT DISTINCT FROM 'STOPPED' AS stopped,
        1000 * extract(epoch FROM ended_at - started_at) AS ms
      FROM public.job_runs
      WHERE jobname = 'cleanup-old-drafts-hourly' AND status <> 'skipped'
        AND started_at >= date_trunc('week', sexton.now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '504 hours'
    ), counted AS (
      SELECT monday, count(*) AS total, count(*) FILTER (WHERE status = 'succeeded') AS good,
        count(*) FILTER (WHERE status = 'failed' AND NOT stopped) AS failed,
        count(DISTINCT slot) AS slots_run,
        count(DISTINCT slot) FILTER (WHERE status = 'succeeded' AND started_at < slot + interval '1 hour') AS slots_good,
        avg(ms) AS avg_ms, max(ms) AS max_ms, sum(deleted_count) AS deleted
      FROM runs GROUP BY monday
    ), due AS (
      SELECT monday, least(168, floor(extract(epoch FROM now AT TIME ZONE 'UTC' - monday) / 3600) + 1)::int AS slots
      FROM weeks CROSS JOIN clock
    )
    SELECT monday::date AS week_start, slots AS expected_runs, coalesce(total, 0) AS total_runs,
      coalesce(good, 0) AS successful_runs, coalesce(failed, 0) AS failed_runs,
      slots - coalesce(slots_run, 0) AS missed_runs,
      100.0 * good / nullif(good + failed, 0) AS success_rate,
      100.0 * coalesce(slots_good, 0) / nullif(slots, 0) AS uptime_percentage,
      avg_ms AS avg_duration_ms, max_ms AS max_duration_ms, coalesce(deleted, 0) AS drafts_deleted
    FROM due LEFT JOIN counted USING (monday) ORDER BY monday DESC`,
  columns: [
    { name: 'week_start', type: 'date', about: 'Monday, UTC' },
    { name: 'expected_runs', type: 'count', about: 'full hours that have come' },
    { name: 'total_runs', type: 'count', about: 'runs that took place, by hand too' },
    { name: 'successful_runs', type: 'count' },
    { name: 'failed_runs', type: 'count', bands: { warning: { atLeast: 1 } } },
    { name: 'missed_runs', type: 'count', about: 'hours without a run', bands: { warning: { atLeast: 1 } } },
    { name: 'success_rate', type: 'percent', about: 'of those that succeeded or failed' },
    {
      name: 'uptime_percentage',
      type: 'percent',
      about: 'hours with a success',
      bands: { warning: { below: 99 } },
    },
    { name: 'avg_duration_ms', type: 'milliseconds' },
    { name: 'max_duration_ms', type: 'milliseconds' },
    { name: 'drafts_deleted', type: 'count' },
  ],
  budgetMs: 300,
  interpret,
  sample: [
    {
      week_start: '2026-02-02',
      expected_runs: 168,
      total_runs: 167,
      successful_runs: 165,
      failed_runs: 2,
      missed_runs: 1,
      success_rate: 98.8,
      uptime_percentage: 98.21,
      avg_duration_ms: 840,
      max_duration_ms: 2_130,
      drafts_deleted: 71,
    },
  ],
  hint: 'Missed runs: was the schedule paused, was a worker there? Failed ones: `npx sexton report recent_job_errors`.',
  related: [
    'cleanup_job_performance',
    'cleanup_uptime',
    'recent_job_errors',
    'cleanup_job_stalled',
    'cleanup_job_failures',
  ],
  chart: { kind: 'line', x: 'week_start', y: ['uptime_percentage'] },
});
