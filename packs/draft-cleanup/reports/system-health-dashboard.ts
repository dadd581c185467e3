// Q1: how many drafts there are now, and how many of them nobody used (DRAFT-38).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { createdLastHour, pendingCleanup, pollution, totalDrafts } from '../bands.ts';
import type { DraftEnv } from '../env.ts';
import { DATABASE } from '../names.ts';
import { countIn, many, numberIn, percent } from '../report-text.ts';

const interpret = ({ rows: [row] }: Interpreted): readonly string[] => {
  const total = countIn(row, 'total_drafts');
  const share = numberIn(row, 'pollution_percentage');
  const pending = countIn(row, 'pending_cleanup');
  if (share === null) return ['There are no drafts, so there is no pollution to tell.'];
  const judged = share < 10 ? 'healthy' : share > 30 ? 'critical: see Q2 and Q4' : 'a warning: see Q2';
  return [
    `${countIn(row, 'unused_drafts')} of ${many(total, 'draft')} were never used: ${percent(share)}, which is ${judged}.`,
    pending === 0
      ? 'Nothing waits for the cleanup.'
      : `${many(pending, 'unused draft is', 'unused drafts are')} old enough to go; ${
          pending > 5 ? 'the job leaves them: see Q6' : 'the next hourly run should take them'
        }.`,
  ];
};

export const systemHealthDashboard = ({ DRAFT_RETENTION_HOURS }: DraftEnv): ReportDefinition =>
  defineReport({
    name: 'system_health_dashboard',
    number: 1,
    title: 'System Health Dashboard',
    purpose: 'A snapshot of all drafts: how many there are, how many nobody used, how many came lately.',
    database: DATABASE,
    params: {
      retention: {
        type: 'duration',
        about: 'age above which an unused draft waits for the cleanup',
        default: `${Math.round(DRAFT_RETENTION_HOURS * 3_600)}s`,
        min: 3_600,
      },
    },
    // The clock is asked once, not once a row. A created_at of the future counts as age 0 (DRAFT-126).
    sql: `
      WITH clock AS MATERIALIZED (SELECT sexton.now() AS now),
      counted AS (
        SELECT count(*) AS total, count(*) FILTER (WHERE generation_status IS NULL) AS unused,
          count(*) FILTER (WHERE created_at > now - interval '1 hour') AS last_hour,
          count(*) FILTER (WHERE created_at >= now - interval '24 hours') AS last_day,
          count(*) FILTER (WHERE generation_status IS NULL AND created_at < now - :retention) AS pending
        FROM public.courses CROSS JOIN clock WHERE status = 'draft'
      )
      SELECT total AS total_drafts, unused AS unused_drafts, total - unused AS active_drafts,
        100.0 * unused / nullif(total, 0) AS pollution_percentage,
        last_hour AS created_last_hour, last_day AS created_last_24h, pending AS pending_cleanup,
        now AS snapshot_time
      FROM counted CROSS JOIN clock`,
    columns: [
      { name: 'total_drafts', type: 'count', bands: totalDrafts },
      { name: 'unused_drafts', type: 'count', about: 'generation_status is null: never used' },
      { name: 'active_drafts', type: 'count' },
      { name: 'pollution_percentage', type: 'percent', about: 'unused of all', bands: pollution },
      { name: 'created_last_hour', type: 'count', about: 'of present drafts', bands: createdLastHour },
      { name: 'created_last_24h', type: 'count', about: 'of present drafts' },
      { name: 'pending_cleanup', type: 'count', about: 'unused and old enough to go', bands: pendingCleanup },
      { name: 'snapshot_time', type: 'instant' },
    ],
    budgetMs: 100,
    interpret,
    sample: [
      {
        total_drafts: 12,
        unused_drafts: 3,
        active_drafts: 9,
        pollution_percentage: 25,
        created_last_hour: 5,
        created_last_24h: 12,
        pending_cleanup: 0,
        snapshot_time: '2026-02-10T14:30:00Z',
      },
    ],
    hint: 'High pollution: Q2 shows which age, Q4 whose. Pending above 0 for over an hour: Q3, then Q6. Slow: check the indexes on courses.',
    related: [
      'drafts_by_age_distribution',
      'pending_cleanup_audit',
      'draft_pollution_high',
      'draft_pollution_critical',
    ],
  });
