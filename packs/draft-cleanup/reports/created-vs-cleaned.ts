// Drafts created and deleted by day: Q5's first figure beside the runs' (DRAFT-80, DRAFT-117).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { DATABASE } from '../names.ts';
import { countIn, many } from '../report-text.ts';

const interpret = ({ rows }: Interpreted): readonly string[] => {
  const sum = (column: string): number => rows.reduce((all, row) => all + countIn(row, column), 0);
  return [
    `${many(sum('drafts_created'), 'draft')} created and ${many(sum('drafts_cleaned'), 'draft')} cleaned in ${many(rows.length, 'day')}.`,
  ];
};

export const createdVsCleaned: ReportDefinition = defineReport({
  name: 'created_vs_cleaned',
  title: 'Drafts Created vs Cleaned',
  purpose: 'Drafts created a day, from the ledger, beside those that runs of the cleanup deleted.',
  database: DATABASE,
  params: {
    days: { type: 'integer', about: 'how many days, today included', default: 7, min: 1, max: 366 },
  },
  sql: `
    WITH days AS (
      SELECT (sexton.now() AT TIME ZONE 'UTC')::date - back AS date FROM generate_series(0, :days - 1) AS back
    ), created AS (
      SELECT (created_at AT TIME ZONE 'UTC')::date AS date, count(*) AS created FROM public.draft_ledger
      WHERE created_at >= (date_trunc('day', sexton.now() AT TIME ZONE 'UTC') - make_interval(days => :days - 1))
        AT TIME ZONE 'UTC'
      GROUP BY 1
    ), cleaned AS (
      SELECT (started_at AT TIME ZONE 'UTC')::date AS date, sum(deleted_count) AS cleaned FROM public.job_runs
      WHERE jobname = 'cleanup-old-drafts-hourly'
        AND started_at >= (date_trunc('day', sexton.now() AT TIME ZONE 'UTC') - make_interval(days => :days - 1))
          AT TIME ZONE 'UTC'
      GROUP BY 1
    )
    SELECT date, coalesce(created, 0) AS drafts_created, coalesce(cleaned, 0) AS drafts_cleaned
    FROM days LEFT JOIN created USING (date) LEFT JOIN cleaned USING (date) ORDER BY date DESC`,
  columns: [
    { name: 'date', type: 'date', about: 'UTC' },
    { name: 'drafts_created', type: 'count' },
    { name: 'drafts_cleaned', type: 'count', about: 'deleted by runs of the cleanup' },
  ],
  budgetMs: 300,
  interpret,
  sample: [{ date: '2026-02-10', drafts_created: 15, drafts_cleaned: 3 }],
  hint: 'Created far above cleaned: they are used, see Q5, or the cleanup does not keep up, see Q6.',
  related: ['daily_trend_analysis', 'cleanup_job_effectiveness'],
  chart: { kind: 'line', x: 'date', y: ['drafts_created', 'drafts_cleaned'] },
});
