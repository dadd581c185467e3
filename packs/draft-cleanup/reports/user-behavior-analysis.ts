// Q11: how long people stay with a draft before they use or leave it, and how many of them use it (DRAFT-56).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { DATABASE } from '../names.ts';
import { countIn, many, numberIn, percent, textIn } from '../report-text.ts';

const interpret = ({ rows }: Interpreted): readonly string[] => {
  const all = rows.reduce((sum, row) => sum + countIn(row, 'session_count'), 0);
  const used = rows.reduce((sum, row) => sum + countIn(row, 'used_count'), 0);
  if (all === 0) return ['No draft was created in this time.'];
  const [most] = rows.toSorted((a, b) => countIn(b, 'session_count') - countIn(a, 'session_count'));
  const converting = rows.filter((row) => numberIn(row, 'conversion_rate') !== null);
  const [best] = converting.toSorted((a, b) => countIn(b, 'conversion_rate') - countIn(a, 'conversion_rate'));
  return [
    `${used} of ${many(all, 'session')} ended in a used draft: ${percent((100 * used) / all)}.`,
    `Most last ${textIn(most, 'duration_bucket')} (${percent(numberIn(most, 'percentage'))}); those of ${textIn(best, 'duration_bucket')} convert best (${percent(
      numberIn(best, 'conversion_rate'),
    )}).`,
  ];
};

export const userBehaviorAnalysis: ReportDefinition = defineReport({
  name: 'user_behavior_analysis',
  number: 11,
  title: 'User Behavior Analysis',
  purpose:
    'Session durations: time from a draft’s creation to its first use, or to the last activity of one never used.',
  database: DATABASE,
  params: {
    window: {
      type: 'duration',
      about: 'how far back drafts were created',
      default: '30d',
      min: 3_600,
      max: 366 * 86_400,
    },
  },
  // Lower limits belong to their bucket; an hour to the second belongs to the fourth.
  sql: `
    WITH counted AS (
      SELECT CASE WHEN lasted < interval '1 minute' THEN 1 WHEN lasted < interval '5 minutes' THEN 2
          WHEN lasted < interval '15 minutes' THEN 3 WHEN lasted <= interval '60 minutes' THEN 4 ELSE 5 END AS place,
        count(*) AS sessions, count(used_at) AS used
      FROM (
        SELECT used_at, coalesce(used_at, last_activity_at) - created_at AS lasted
        FROM public.draft_ledger WHERE created_at >= sexton.now() - :window
      ) AS session GROUP BY 1
    )
    SELECT duration_bucket, coalesce(sessions, 0) AS session_count,
      100.0 * coalesce(sessions, 0) / nullif(sum(sessions) OVER (), 0) AS percentage,
      coalesce(used, 0) AS used_count, 100.0 * used / sessions AS conversion_rate
    FROM (VALUES (1, '< 1m'), (2, '1-5m'), (3, '5-15m'), (4, '15-60m'), (5, '> 60m')) AS bucket (place, duration_bucket)
    LEFT JOIN counted USING (place) ORDER BY place`,
  columns: [
    { name: 'duration_bucket', type: 'text' },
    { name: 'session_count', type: 'count' },
    { name: 'percentage', type: 'percent', about: 'of all sessions' },
    { name: 'used_count', type: 'count' },
    { name: 'conversion_rate', type: 'percent', about: 'used of this bucket' },
  ],
  budgetMs: 250,
  interpret,
  sample: [
    { duration_bucket: '< 1m', session_count: 2, percentage: 20, used_count: 0, conversion_rate: 0 },
    { duration_bucket: '1-5m', session_count: 2, percentage: 20, used_count: 2, conversion_rate: 100 },
    { duration_bucket: '5-15m', session_count: 2, percentage: 20, used_count: 1, conversion_rate: 50 },
    { duration_bucket: '15-60m', session_count: 2, percentage: 20, used_count: 2, conversion_rate: 100 },
    { duration_bucket: '> 60m', session_count: 2, percentage: 20, used_count: 1, conversion_rate: 50 },
  ],
  hint: 'Most below a minute and unused: people open the form by accident, or something else does; see Q7.',
  related: ['daily_trend_analysis', 'hourly_traffic_pattern'],
  chart: { kind: 'bar', x: 'duration_bucket', y: ['session_count', 'used_count'] },
});
