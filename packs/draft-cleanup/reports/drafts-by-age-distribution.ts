// Q2: present drafts by age, in four buckets that are always there (DRAFT-39).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { pendingCleanup } from '../bands.ts';
import { DATABASE } from '../names.ts';
import { countIn, many } from '../report-text.ts';

const OLD = '> 24h';

/** Active drafts stay for ever, so healthy is: none that is unused (DRAFT-115). */
const interpret = ({ rows }: Interpreted): readonly string[] => {
  const old = rows.find(({ age_bucket }) => age_bucket === OLD);
  const unused = countIn(old, 'unused_count');
  return [
    unused === 0
      ? `Nothing unused is older than 24 hours: the cleanup keeps up${
          countIn(old, 'draft_count') > 0
            ? `; the ${many(countIn(old, 'draft_count'), 'draft')} of that age are in use`
            : ''
        }.`
      : `${many(unused, 'unused draft is', 'unused drafts are')} older than 24 hours and should be gone: see Q6.`,
  ];
};

export const draftsByAgeDistribution: ReportDefinition = defineReport({
  name: 'drafts_by_age_distribution',
  number: 2,
  title: 'Drafts by Age Distribution',
  purpose: 'How old present drafts are, and how many of each age nobody used.',
  database: DATABASE,
  // Its first row equals Q1's last hour, its first three together Q1's last 24 hours.
  sql: `
    WITH clock AS MATERIALIZED (SELECT sexton.now() AS now),
    counted AS (
      SELECT CASE WHEN created_at > now - interval '1 hour' THEN 1
          WHEN created_at > now - interval '6 hours' THEN 2
          WHEN created_at >= now - interval '24 hours' THEN 3 ELSE 4 END AS place,
        count(*) AS drafts, count(*) FILTER (WHERE generation_status IS NULL) AS unused
      FROM public.courses CROSS JOIN clock WHERE status = 'draft' GROUP BY 1
    )
    SELECT age_bucket, coalesce(drafts, 0) AS draft_count, coalesce(unused, 0) AS unused_count,
      100.0 * unused / drafts AS unused_percentage
    FROM (VALUES (1, '< 1h'), (2, '1-6h'), (3, '6-24h'), (4, '> 24h')) AS bucket (place, age_bucket)
    LEFT JOIN counted USING (place) ORDER BY place`,
  columns: [
    { name: 'age_bucket', type: 'text' },
    { name: 'draft_count', type: 'count' },
    { name: 'unused_count', type: 'count', bands: { ...pendingCleanup, where: { age_bucket: OLD } } },
    { name: 'unused_percentage', type: 'percent', about: 'empty where the bucket is' },
  ],
  budgetMs: 100,
  interpret,
  sample: [
    { age_bucket: '< 1h', draft_count: 5, unused_count: 2, unused_percentage: 40 },
    { age_bucket: '1-6h', draft_count: 4, unused_count: 1, unused_percentage: 25 },
    { age_bucket: '6-24h', draft_count: 3, unused_count: 0, unused_percentage: 0 },
    { age_bucket: OLD, draft_count: 0, unused_count: 0, unused_percentage: null },
  ],
  hint: 'Unused ones in > 24h: the cleanup leaves them, see Q6 and Q3. Many below 1h: traffic or Redis, see Q7 and Q8.',
  related: ['system_health_dashboard', 'pending_cleanup_audit', 'old_drafts_pending'],
  chart: { kind: 'bar', x: 'age_bucket', y: ['draft_count', 'unused_count'] },
});
