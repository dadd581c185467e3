// Uptime of the cleanup over the last days, against its goal (DRAFT-52): Q9's figure, over a month instead of weeks.
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { DATABASE } from '../names.ts';
import { countIn, many, numberIn, percent } from '../report-text.ts';

const interpret = ({ rows: [row] }: Interpreted): readonly string[] => {
  const uptime = numberIn(row, 'uptime_percentage');
  return [
    `${countIn(row, 'slots_succeeded')} of ${many(countIn(row, 'slots_due'), 'hourly run')} due succeeded: ${percent(uptime)}. The goal of 99 % is ${
      row?.['goal_met'] === true ? 'met' : 'not met'
    }.`,
  ];
};

export const cleanupUptime: ReportDefinition = defineReport({
  name: 'cleanup_uptime',
  title: 'Cleanup Uptime',
  purpose:
    'Share of the hourly slots of the last days in which the cleanup succeeded, against the goal of 99 %.',
  database: DATABASE,
  params: {
    days: { type: 'integer', about: 'how many days back, to the hour', default: 30, min: 1, max: 366 },
  },
  sql: `
    WITH span AS MATERIALIZED (
      SELECT date_trunc('hour', sexton.now(), 'UTC') - make_interval(hours => :days * 24) AS since,
        date_trunc('hour', sexton.now(), 'UTC') AS until
    ), filled AS (
      SELECT count(DISTINCT slot) AS run,
        count(DISTINCT slot) FILTER (WHERE status = 'succeeded' AND started_at < slot + interval '1 hour') AS good
      FROM public.job_runs CROSS JOIN span
      WHERE jobname = 'cleanup-old-drafts-hourly' AND status <> 'skipped' AND slot > since AND slot <= until
        AND started_at > sexton.now() - make_interval(hours => :days * 24 + 1)
    )
    SELECT :days * 24 AS slots_due, good AS slots_succeeded, :days * 24 - run AS slots_missed,
      100.0 * good / (:days * 24) AS uptime_percentage, 100.0 * good / (:days * 24) >= 99 AS goal_met
    FROM filled`,
  columns: [
    { name: 'slots_due', type: 'count' },
    { name: 'slots_succeeded', type: 'count', about: 'with a success that began within their hour' },
    { name: 'slots_missed', type: 'count', about: 'without a run' },
    { name: 'uptime_percentage', type: 'percent', bands: { warning: { below: 99 } } },
    { name: 'goal_met', type: 'boolean', about: 'at least 99, unrounded' },
  ],
  budgetMs: 300,
  interpret,
  sample: [
    { slots_due: 720, slots_succeeded: 713, slots_missed: 4, uptime_percentage: 99.03, goal_met: true },
  ],
  hint: 'Below the goal: Q9 shows which week, `npx sexton report recent_job_errors` what failed.',
  related: ['cleanup_job_effectiveness', 'recent_job_errors', 'cleanup_job_stalled'],
});
