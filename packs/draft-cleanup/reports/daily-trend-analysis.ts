// Q5: drafts created, used and abandoned by day, from the ledger, which outlives what the cleanup deletes (DRAFT-43, DRAFT-120).
import { defineReport, type Interpreted, type ReportDefinition, type ReportRow } from '../../../src/index.ts';
import { abandonmentRate, usageRate } from '../bands.ts';
import { DATABASE } from '../names.ts';
import { many, numberIn, someOf, textIn } from '../report-text.ts';

const rateOf = (row: ReportRow, column: string): number | null => numberIn(row, column);

/** Both targets are strict, and judged on what is not rounded (DRAFT-44, DRAFT-108). */
const meets = (row: ReportRow): boolean =>
  (rateOf(row, 'usage_rate') ?? 0) > 80 && (rateOf(row, 'abandonment_rate') ?? 100) < 20;

const interpret = ({ rows, asOf }: Interpreted): readonly string[] => {
  const withDrafts = rows.filter((row) => rateOf(row, 'usage_rate') !== null);
  const good = withDrafts.filter(meets).map((row) => textIn(row, 'date'));
  const today = rows.find((row) => row['date'] === asOf.slice(0, 10));
  const told = good.length === 0 ? '' : `: ${someOf(good)}`;
  return [
    withDrafts.length === 0
      ? 'No draft was created in this time.'
      : `Usage was above 80 % and abandonment below 20 % on ${good.length} of ${many(withDrafts.length, 'day')} with drafts${told}.`,
    ...(today
      ? [
          `${textIn(today, 'date')} is today and provisional: drafts that are young and not used yet count as abandoned.`,
        ]
      : []),
  ];
};

export const dailyTrendAnalysis: ReportDefinition = defineReport({
  name: 'daily_trend_analysis',
  number: 5,
  title: 'Daily Trend Analysis',
  purpose: 'Drafts a day, how many of them were ever used, and the mean of seven days.',
  database: DATABASE,
  params: {
    days: { type: 'integer', about: 'how many days, today included', default: 30, min: 1, max: 366 },
  },
  // The mean reaches back beyond the days that are shown, and takes the days there are where history is shorter.
  sql: `
    WITH clock AS MATERIALIZED (SELECT (sexton.now() AT TIME ZONE 'UTC')::date AS today),
    history AS (SELECT (min(created_at) AT TIME ZONE 'UTC')::date AS first_day FROM public.draft_ledger),
    counted AS (
      SELECT (date_bin('24 hours', created_at, timestamptz '2000-01-01 00:00Z') AT TIME ZONE 'UTC')::date AS date,
        count(*) AS created, count(used_at) AS used
      FROM public.draft_ledger
      WHERE created_at >= (date_trunc('day', sexton.now() AT TIME ZONE 'UTC') - make_interval(days => :days + 5))
        AT TIME ZONE 'UTC'
      GROUP BY date_bin('24 hours', created_at, timestamptz '2000-01-01 00:00Z')
    ), days AS (
      SELECT date, back, coalesce(created, 0) AS created, coalesce(used, 0) AS used,
        avg(coalesce(created, 0)) FILTER (WHERE date >= first_day)
          OVER (ORDER BY date ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS ma7
      FROM clock CROSS JOIN history CROSS JOIN generate_series(0, :days + 5) AS back
      CROSS JOIN LATERAL (SELECT today - back AS date) AS day
      LEFT JOIN counted USING (date)
    )
    SELECT date, created AS drafts_created, used AS drafts_used, created - used AS drafts_abandoned,
      100.0 * used / nullif(created, 0) AS usage_rate, 100.0 * (created - used) / nullif(created, 0) AS abandonment_rate,
      ma7 AS ma7_drafts_created
    FROM days WHERE back < :days ORDER BY date DESC`,
  columns: [
    { name: 'date', type: 'date', about: 'UTC' },
    { name: 'drafts_created', type: 'count' },
    { name: 'drafts_used', type: 'count', about: 'ever used, whenever that was' },
    { name: 'drafts_abandoned', type: 'count', about: 'not used so far' },
    { name: 'usage_rate', type: 'percent', bands: usageRate },
    { name: 'abandonment_rate', type: 'percent', bands: abandonmentRate },
    { name: 'ma7_drafts_created', type: 'number', about: 'mean of this day and the six before' },
  ],
  budgetMs: 300,
  interpret,
  sample: [
    {
      date: '2025-11-08',
      drafts_created: 15,
      drafts_used: 12,
      drafts_abandoned: 3,
      usage_rate: 80,
      abandonment_rate: 20,
      ma7_drafts_created: 18.57,
    },
    {
      date: '2025-11-07',
      drafts_created: 20,
      drafts_used: 15,
      drafts_abandoned: 5,
      usage_rate: 75,
      abandonment_rate: 25,
      ma7_drafts_created: 19.14,
    },
  ],
  hint: 'More created than the mean: Q7 tells when, `traffic source` who. Usage falling: Q11. Slow: check the index on draft_ledger.created_at.',
  related: ['monthly_trend', 'hourly_traffic_pattern', 'draft_traffic_spike'],
  chart: { kind: 'line', x: 'date', y: ['drafts_created', 'drafts_used', 'ma7_drafts_created'] },
});
