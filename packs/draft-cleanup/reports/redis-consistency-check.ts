// Q8: whether keeping drafts in Redis until they are used has lowered pollution, over equal windows on both sides of the day of
// the change (DRAFT-48, DRAFT-49).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import type { DraftEnv } from '../env.ts';
import { DATABASE } from '../names.ts';
import { many, numberIn, percent, textIn } from '../report-text.ts';
import { draftSessions } from '../sessions.ts';

const interpret = ({ rows: [pre, post] }: Interpreted): readonly string[] => {
  const sessions = numberIn(post, 'redis_sessions');
  const compared = `${percent(numberIn(pre, 'pollution_percentage'))} of the drafts before the change were never used, ${percent(
    numberIn(post, 'pollution_percentage'),
  )} of those after it`;
  const consistency = textIn(post, 'consistency');
  return [
    consistency === 'consistent'
      ? `Consistent: ${compared}.`
      : consistency === 'inconsistent'
        ? `Inconsistent: ${compared}; it should have fallen. See the guide redis.`
        : sessions === null
          ? 'Unknown: Redis does not answer.'
          : 'Unknown: one side has no drafts in its window.',
    ...(sessions === null ? [] : [`Redis holds ${many(sessions, 'open form')} now.`]),
    'Never used counts from the ledger, so what the cleanup has deleted is part of it; drafts of the last day may still be used.',
  ];
};

const SQL = `
  WITH length AS MATERIALIZED (
    SELECT make_interval(secs => greatest(0, least(extract(epoch FROM :window),
      extract(epoch FROM sexton.now() - :cutover)))::float8) AS span
  ), windows AS (
    SELECT 1 AS place, 'Pre-Redis' AS period, :cutover - span AS window_start, :cutover AS window_end FROM length
    UNION ALL
    SELECT 2, 'Post-Redis', :cutover, :cutover + span FROM length
  ), counted AS (
    SELECT place, period, window_start, window_end, created, unused, 100.0 * unused / nullif(created, 0) AS pollution,
      created * 86400 / nullif(extract(epoch FROM window_end - window_start), 0) AS per_day
    FROM windows CROSS JOIN LATERAL (
      SELECT count(*) AS created, count(*) - count(used_at) AS unused FROM public.draft_ledger
      WHERE created_at >= window_start AND created_at < window_end
    ) AS drafts
  )
  SELECT period, window_start, window_end, created AS drafts_created, unused AS unused_drafts,
    pollution AS pollution_percentage, per_day AS avg_per_day,
    CASE WHEN place = 2 THEN :redis_sessions END AS redis_sessions,
    CASE WHEN place = 1 THEN NULL
      WHEN pollution IS NULL OR lag(pollution) OVER (ORDER BY place) IS NULL OR :redis_sessions IS NULL THEN 'unknown'
      WHEN pollution < lag(pollution) OVER (ORDER BY place) THEN 'consistent' ELSE 'inconsistent' END AS consistency
  FROM counted ORDER BY place`;

export const redisConsistencyCheck = ({ DRAFT_REDIS_CUTOVER_AT }: DraftEnv): ReportDefinition =>
  defineReport({
    name: 'redis_consistency_check',
    number: 8,
    title: 'Redis Consistency Check',
    purpose:
      'Drafts created and never used before and since drafts are kept in Redis, and whether Redis answers now.',
    database: DATABASE,
    params: {
      cutover: { type: 'instant', about: 'when drafts moved to Redis', default: DRAFT_REDIS_CUTOVER_AT },
      window: {
        type: 'duration',
        about: 'length of both windows; shortened to what has passed',
        default: '30d',
        min: 3_600,
        max: 366 * 86_400,
      },
    },
    inputs: { redis_sessions: draftSessions },
    sql: SQL,
    columns: [
      { name: 'period', type: 'text' },
      { name: 'window_start', type: 'instant' },
      { name: 'window_end', type: 'instant' },
      { name: 'drafts_created', type: 'count' },
      { name: 'unused_drafts', type: 'count', about: 'never used' },
      { name: 'pollution_percentage', type: 'percent' },
      { name: 'avg_per_day', type: 'number' },
      { name: 'redis_sessions', type: 'count', about: 'open forms now; empty if Redis does not answer' },
      {
        name: 'consistency',
        type: 'text',
        bands: { warning: { is: ['unknown'] }, critical: { is: ['inconsistent'] } },
      },
    ],
    budgetMs: 150,
    interpret,
    sample: [
      {
        period: 'Pre-Redis',
        window_start: '2025-10-09T00:00:00Z',
        window_end: '2025-11-08T00:00:00Z',
        drafts_created: 46,
        unused_drafts: 26,
        pollution_percentage: 56.52,
        avg_per_day: 1.53,
        redis_sessions: null,
        consistency: null,
      },
      {
        period: 'Post-Redis',
        window_start: '2025-11-08T00:00:00Z',
        window_end: '2025-12-08T00:00:00Z',
        drafts_created: 40,
        unused_drafts: 5,
        pollution_percentage: 12.5,
        avg_per_day: 1.33,
        redis_sessions: 40,
        consistency: 'consistent',
      },
    ],
    hint: 'unknown: `redis check` tells whether Redis answers. inconsistent: the application writes drafts before they are used.',
    related: ['pre_vs_post_comparison', 'redis_unavailable'],
  });
