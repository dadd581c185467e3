// Q6: each unused draft that should be gone, and the runs that left it (DRAFT-46); and those whose date lies in the future,
// which no run takes (DRAFT-126).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import type { DraftEnv } from '../env.ts';
import { DATABASE } from '../names.ts';
import { countIn, many } from '../report-text.ts';

const interpret = ({ rows, sections, params }: Interpreted): readonly string[] => {
  const missed = rows.filter((row) => countIn(row, 'runs_missed') > 0).length;
  const future = sections['from_the_future'] ?? [];
  const told =
    rows.length === 0
      ? 'Nothing waits: no unused draft is old enough to go.'
      : missed === 0
        ? `${many(rows.length, 'draft waits', 'drafts wait')} and no finished run has come by since: the next should take ${rows.length === 1 ? 'it' : 'them'}; if none comes, see Q3.`
        : `${many(missed, 'draft was', 'drafts were')} left by at least one finished run although old enough: the cleanup's condition or its rights, see the guide old-drafts.`;
  return [
    told,
    ...(rows.length === params['limit'] ? [`Only the oldest ${rows.length} are shown.`] : []),
    ...(future.length > 0
      ? [
          `${many(future.length, 'draft is', 'drafts are')} dated in the future: age 0, and never deleted until then.`,
        ]
      : []),
  ];
};

// Starts of finished runs in one sorted list: width_bucket finds each draft's place in it, and a run whose start is later
// than the instant from which the draft was due has missed it. A run at that very instant still keeps it (DRAFT-16).
const SQL = `
  WITH clock AS MATERIALIZED (SELECT sexton.now() AS now),
  pending AS (
    SELECT id, organization_id, user_id, title, created_at, created_at + :retention AS due_at
    FROM public.courses
    WHERE status = 'draft' AND generation_status IS NULL AND created_at < sexton.now() - :retention
    ORDER BY created_at, id LIMIT :limit
  ), finished AS MATERIALIZED (
    SELECT coalesce(array_agg(started_at ORDER BY started_at), '{}') AS starts
    FROM public.job_runs
    WHERE jobname = 'cleanup-old-drafts-hourly' AND status IN ('succeeded', 'failed')
      AND started_at > (SELECT min(due_at) FROM pending)
  )
  SELECT pending.id AS course_id, organization_id, o.name AS organization_name, user_id, title, pending.created_at,
    extract(epoch FROM now - pending.created_at) / 3600 AS age_hours,
    extract(epoch FROM now - due_at) / 3600 AS overdue_hours,
    CASE WHEN cardinality(starts) = 0 THEN 0 ELSE cardinality(starts) - width_bucket(due_at, starts) END AS runs_missed
  FROM pending CROSS JOIN clock CROSS JOIN finished LEFT JOIN public.organizations o ON o.id = organization_id
  ORDER BY pending.created_at, pending.id`;

export const pendingCleanupAudit = ({ DRAFT_RETENTION_HOURS }: DraftEnv): ReportDefinition =>
  defineReport({
    name: 'pending_cleanup_audit',
    number: 6,
    title: 'Pending Cleanup Audit',
    purpose:
      'Unused drafts that are old enough to be gone, the oldest first, with the runs that missed each.',
    database: DATABASE,
    params: {
      retention: {
        type: 'duration',
        about: 'age above which an unused draft goes',
        default: `${Math.round(DRAFT_RETENTION_HOURS * 3_600)}s`,
        min: 3_600,
      },
      limit: { type: 'integer', about: 'how many drafts at most', default: 1_000, min: 1, max: 10_000 },
    },
    sql: SQL,
    columns: [
      { name: 'course_id', type: 'text' },
      { name: 'organization_id', type: 'text' },
      { name: 'organization_name', type: 'text' },
      { name: 'user_id', type: 'text' },
      { name: 'title', type: 'text' },
      { name: 'created_at', type: 'instant' },
      { name: 'age_hours', type: 'hours' },
      { name: 'overdue_hours', type: 'hours', about: 'since it was old enough to go' },
      {
        name: 'runs_missed',
        type: 'count',
        about: 'finished runs that began since it was old enough to go',
        bands: { warning: { atLeast: 1 }, critical: { above: 2 } },
      },
    ],
    sections: [
      {
        name: 'from_the_future',
        title: 'Unused drafts dated in the future',
        sql: `
          SELECT id AS course_id, created_at FROM public.courses
          WHERE status = 'draft' AND generation_status IS NULL AND created_at > sexton.now()
          ORDER BY created_at, id LIMIT :limit`,
        columns: [
          { name: 'course_id', type: 'text' },
          { name: 'created_at', type: 'instant' },
        ],
      },
    ],
    budgetMs: 200,
    interpret,
    sample: [
      {
        course_id: '0b1f7f60-51b8-4bd4-9a44-6f0e4a1d2c3e',
        organization_id: '5f6cbb1c-6d3a-4a7e-9d0a-0b7a6a3c1f01',
        organization_name: 'A',
        user_id: '77ac1d2e-0f3b-4c5d-8e9f-a0b1c2d3e4f5',
        title: 'Untitled course',
        created_at: '2026-02-09T05:30:00Z',
        age_hours: 30.5,
        overdue_hours: 6.5,
        runs_missed: 6,
      },
    ],
    hint: 'Missed by many: `npx sexton run cleanup-old-drafts-hourly --dry-run` tells whether the job finds them. Missed by none: the job does not run, see Q3.',
    related: [
      'system_health_dashboard',
      'cleanup_job_performance',
      'cleanup-old-drafts-hourly',
      'old_drafts_pending',
    ],
  });
