// Q10: what the change brought: the frozen baseline, the newest midnight after it, and now (DRAFT-53, DRAFT-54).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import type { DraftEnv } from '../env.ts';
import { DATABASE } from '../names.ts';
import { numberIn, percent } from '../report-text.ts';

/** `46 to 12, 73.9 % fewer`. */
const change = (before: number, after: number): string => {
  const share = (100 * (before - after)) / before;
  return `${before} to ${after}, ${percent(Math.abs(share), 1)} ${share < 0 ? 'more' : 'fewer'}`;
};

const interpret = ({ rows: [baseline, after, live] }: Interpreted): readonly string[] => {
  const improvement = numberIn(after, 'improvement_percentage');
  const reductions = (['total_drafts', 'unused_drafts'] as const).flatMap((column) => {
    const [before, now] = [numberIn(baseline, column), numberIn(live, column)];
    const name = column === 'total_drafts' ? 'all drafts' : 'unused drafts';
    return before === null || before === 0 || now === null ? [] : [`${name} ${change(before, now)}`];
  });
  return [
    improvement === null
      ? 'Improvement cannot be told: the baseline or a midnight snapshot after the change is missing.'
      : `Improvement of ${percent(improvement)}, newest midnight snapshot against the baseline: the goal of more than 50 % is ${
          improvement > 50 ? 'met' : 'not met'
        }.`,
    // Another basis than the line above, at another instant (DRAFT-106).
    ...(reductions.length > 0 ? [`Live database against the baseline: ${reductions.join('; ')}.`] : []),
  ];
};

export const preVsPostComparison = ({ DRAFT_REDIS_CUTOVER_AT }: DraftEnv): ReportDefinition =>
  defineReport({
    name: 'pre_vs_post_comparison',
    number: 10,
    title: 'Pre vs Post Comparison',
    purpose:
      'Return on the change: pollution of the frozen baseline, of the newest midnight after it, and of now.',
    database: DATABASE,
    params: {
      cutover: { type: 'instant', about: 'when drafts moved to Redis', default: DRAFT_REDIS_CUTOVER_AT },
      baseline: { type: 'text', about: 'label in draft_baselines', default: 'pre-redis' },
    },
    // Pollution from counts: what is stored is rounded, and improvement is told from what is not.
    sql: `
      WITH states AS (
        SELECT 1 AS place, 'Pre-Redis (Baseline)' AS period, total_drafts AS total, unused_drafts AS unused
        FROM (SELECT) AS always LEFT JOIN public.draft_baselines ON label = :baseline
        UNION ALL
        SELECT 2, 'Post-Redis (Current)', total_drafts, unused_drafts FROM (SELECT) AS always LEFT JOIN LATERAL (
          SELECT total_drafts, unused_drafts FROM public.draft_snapshots
          WHERE taken_at > :cutover AND extract(hour FROM taken_at AT TIME ZONE 'UTC') = 0
          ORDER BY taken_at DESC LIMIT 1) AS midnight ON true
        UNION ALL
        SELECT 3, 'Current DB State', count(*), count(*) FILTER (WHERE generation_status IS NULL)
        FROM public.courses WHERE status = 'draft'
      ), rated AS (
        SELECT *, 100.0 * unused / nullif(total, 0) AS pollution FROM states
      ), compared AS (
        SELECT *, first_value(pollution) OVER (ORDER BY place) AS baseline FROM rated
      )
      SELECT period, total AS total_drafts, unused AS unused_drafts, pollution AS pollution_percentage,
        CASE WHEN place = 2 THEN 100.0 * (baseline - pollution) / nullif(baseline, 0) END AS improvement_percentage
      FROM compared ORDER BY place`,
    columns: [
      { name: 'period', type: 'text' },
      { name: 'total_drafts', type: 'count' },
      { name: 'unused_drafts', type: 'count' },
      { name: 'pollution_percentage', type: 'percent' },
      {
        name: 'improvement_percentage',
        type: 'percent',
        about: 'how much less than the baseline',
        bands: { warning: { atMost: 50 } },
      },
    ],
    budgetMs: 200,
    interpret,
    sample: [
      {
        period: 'Pre-Redis (Baseline)',
        total_drafts: 46,
        unused_drafts: 26,
        pollution_percentage: 56.52,
        improvement_percentage: null,
      },
      {
        period: 'Post-Redis (Current)',
        total_drafts: 18,
        unused_drafts: 3,
        pollution_percentage: 16.67,
        improvement_percentage: 70.51,
      },
      {
        period: 'Current DB State',
        total_drafts: 12,
        unused_drafts: 2,
        pollution_percentage: 16.67,
        improvement_percentage: null,
      },
    ],
    hint: 'Empty second row: no snapshot at midnight UTC since the change, so the monitor draft-state does not run.',
    related: ['redis_consistency_check', 'monthly_trend', 'draft_pollution_high'],
    chart: { kind: 'bar', x: 'period', y: ['pollution_percentage'] },
  });
