// Drafts created, used, abandoned and cleaned by month (DRAFT-58). Rates are of the month's sums, never means of days.
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { abandonmentRate, pollution, usageRate } from '../bands.ts';
import { DATABASE } from '../names.ts';
import { countIn, many, numberIn, percent, textIn } from '../report-text.ts';

const interpret = ({ rows }: Interpreted): readonly string[] => {
  const [running, last] = rows;
  const good = rows.filter((row) => (numberIn(row, 'usage_rate') ?? 0) > 80).length;
  return [
    `${textIn(running, 'month')} is not over and provisional: ${many(countIn(running, 'drafts_created'), 'draft')} so far, usage ${percent(
      numberIn(running, 'usage_rate'),
    )}.`,
    ...(last
      ? [
          `${textIn(last, 'month')}: ${many(countIn(last, 'drafts_created'), 'draft')}, usage ${percent(numberIn(last, 'usage_rate'))}, ${many(
            countIn(last, 'drafts_cleaned'),
            'draft',
          )} cleaned.`,
        ]
      : []),
    `Usage was above 80 % in ${good} of ${many(rows.length, 'month')}.`,
  ];
};

export const monthlyTrend: ReportDefinition = defineReport({
  name: 'monthly_trend',
  title: 'Monthly Trend',
  purpose:
    'A year at a glance: drafts by month, how many were used, how many the cleanup took, mean pollution.',
  database: DATABASE,
  params: {
    months: { type: 'integer', about: 'how many months, this one included', default: 12, min: 1, max: 60 },
  },
  // What was cleaned is told by the runs (DRAFT-117), pollution by the hourly snapshots.
  sql: `
    WITH clock AS MATERIALIZED (SELECT date_trunc('month', sexton.now() AT TIME ZONE 'UTC') AS this_month),
    months AS (
      SELECT this_month - make_interval(months => back) AS month
      FROM clock CROSS JOIN generate_series(0, :months - 1) AS back
    ), drafts AS (
      SELECT date_trunc('month', day) AS month, sum(created) AS created, sum(used) AS used FROM (
        SELECT date_bin('24 hours', created_at, timestamptz '2000-01-01 00:00Z') AT TIME ZONE 'UTC' AS day, count(*) AS created, count(used_at) AS used
        FROM public.draft_ledger
        WHERE created_at >= (date_trunc('month', sexton.now() AT TIME ZONE 'UTC') - make_interval(months => :months - 1))
          AT TIME ZONE 'UTC'
        GROUP BY date_bin('24 hours', created_at, timestamptz '2000-01-01 00:00Z')
      ) AS by_day GROUP BY 1
    ), cleaned AS (
      SELECT date_trunc('month', started_at AT TIME ZONE 'UTC') AS month, sum(deleted_count) AS cleaned
      FROM public.job_runs WHERE jobname = 'cleanup-old-drafts-hourly' GROUP BY 1
    ), polluted AS (
      SELECT date_trunc('month', taken_at AT TIME ZONE 'UTC') AS month,
        avg(100.0 * unused_drafts / nullif(total_drafts, 0)) AS pollution
      FROM public.draft_snapshots GROUP BY 1
    )
    SELECT to_char(month, 'YYYY-MM') AS month, coalesce(created, 0) AS drafts_created, coalesce(used, 0) AS drafts_used,
      coalesce(created - used, 0) AS drafts_abandoned, 100.0 * used / created AS usage_rate,
      100.0 * (created - used) / created AS abandonment_rate, coalesce(cleaned, 0) AS drafts_cleaned,
      pollution AS avg_pollution_percentage
    FROM months LEFT JOIN drafts USING (month) LEFT JOIN cleaned USING (month) LEFT JOIN polluted USING (month)
    ORDER BY months.month DESC`,
  columns: [
    { name: 'month', type: 'text', about: 'UTC' },
    { name: 'drafts_created', type: 'count' },
    { name: 'drafts_used', type: 'count', about: 'ever used, whenever that was' },
    { name: 'drafts_abandoned', type: 'count', about: 'not used so far' },
    { name: 'usage_rate', type: 'percent', about: 'of the month’s sums', bands: usageRate },
    { name: 'abandonment_rate', type: 'percent', bands: abandonmentRate },
    { name: 'drafts_cleaned', type: 'count', about: 'deleted by runs of the cleanup' },
    {
      name: 'avg_pollution_percentage',
      type: 'percent',
      about: 'mean of the hourly snapshots',
      bands: pollution,
    },
  ],
  budgetMs: 500,
  interpret,
  sample: [
    {
      month: '2026-02',
      drafts_created: 40,
      drafts_used: 29,
      drafts_abandoned: 11,
      usage_rate: 72.5,
      abandonment_rate: 27.5,
      drafts_cleaned: 11,
      avg_pollution_percentage: 16.67,
    },
  ],
  hint: 'A month without pollution has no snapshots: the monitor draft-state did not run. Slow: check the index on draft_ledger.created_at.',
  related: ['daily_trend_analysis', 'cleanup_job_effectiveness', 'pre_vs_post_comparison'],
  chart: { kind: 'line', x: 'month', y: ['drafts_created', 'drafts_used', 'drafts_cleaned'] },
});
