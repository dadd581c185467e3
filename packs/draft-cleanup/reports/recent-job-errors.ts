// Runs of the cleanup that failed, the newest first: the log panel (DRAFT-80).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { DATABASE } from '../names.ts';
import { many, textIn } from '../report-text.ts';

const interpret = ({ rows }: Interpreted): readonly string[] => [
  rows.length === 0
    ? 'No run failed.'
    : `${many(rows.length, 'failed run')}, the newest at ${textIn(rows[0], 'started_at')} with ${textIn(rows[0], 'error')}.`,
];

export const recentJobErrors: ReportDefinition = defineReport({
  name: 'recent_job_errors',
  title: 'Recent Job Errors',
  purpose: 'Runs of the cleanup that failed, with the reason.',
  database: DATABASE,
  params: {
    window: { type: 'duration', about: 'how far back', default: '7d', min: 3_600, max: 366 * 86_400 },
    limit: { type: 'integer', about: 'how many runs at most', default: 50, min: 1, max: 1_000 },
  },
  sql: `
    SELECT started_at, ended_at, run_id, trigger, error, deleted_count
    FROM public.job_runs
    WHERE jobname = 'cleanup-old-drafts-hourly' AND status = 'failed' AND error IS DISTINCT FROM 'STOPPED'
      AND started_at >= sexton.now() - :window
    ORDER BY started_at DESC LIMIT :limit`,
  columns: [
    { name: 'started_at', type: 'instant' },
    { name: 'ended_at', type: 'instant' },
    { name: 'run_id', type: 'text' },
    { name: 'trigger', type: 'text' },
    { name: 'error', type: 'text' },
    { name: 'deleted_count', type: 'count', about: 'deleted before it failed' },
  ],
  budgetMs: 100,
  interpret,
  sample: [
    {
      started_at: '2026-02-10T12:00:00Z',
      ended_at: '2026-02-10T12:00:40Z',
      run_id: '0199d0c2-7c1f-7d5e-9a44-6f0e4a1d2c3e',
      trigger: 'schedule',
      error: 'LOCK_BACKEND_UNAVAILABLE',
      deleted_count: 0,
    },
  ],
  hint: 'LOCK_BACKEND_UNAVAILABLE is Redis: `redis check`. Anything else: the run in the Temporal UI.',
  related: ['cleanup_job_performance', 'cleanup_job_effectiveness', 'cleanup_job_failures'],
});
