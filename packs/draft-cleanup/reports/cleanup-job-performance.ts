// Q3: when the cleanup last ran, how that ended, and when it runs next (DRAFT-41).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { hoursSinceLastRun } from '../bands.ts';
import { DATABASE } from '../names.ts';
import { countIn, numberIn, rounded, textIn } from '../report-text.ts';

const interpret = ({ rows }: Interpreted): readonly string[] =>
  rows.flatMap((row) => {
    const hours = numberIn(row, 'hours_since_last_run');
    const failures = countIn(row, 'consecutive_failures');
    const job = textIn(row, 'jobname');
    const ran =
      hours === null
        ? `${job} has never run.`
        : `${job} last ran ${rounded(hours)} hours ago and ${textIn(row, 'last_status')}${
            hours > 2 ? ': it is stalled' : hours > 1.5 ? ': a run is overdue' : ''
          }.`;
    return [
      ran,
      ...(failures > 0 ? [`${failures} in a row failed; three raise an alert.`] : []),
      ...(row['active'] === false ? ['Its schedule is paused.'] : []),
    ];
  });

export const cleanupJobPerformance: ReportDefinition = defineReport({
  name: 'cleanup_job_performance',
  number: 3,
  title: 'Cleanup Job Performance',
  purpose:
    'Whether the hourly cleanup runs: its last run whatever the outcome, its next, and failures in a row.',
  database: DATABASE,
  // Skipped runs are neither the last one nor part of the failures in a row (DRAFT-124).
  sql: `
    SELECT jobname, schedule, active, last_run, hours_since_last_run, next_run,
      last_status, last_deleted_count,
      public.cleanup_failure_streak(jobname) AS consecutive_failures
    FROM public.cleanup_job_monitoring ORDER BY jobname`,
  columns: [
    { name: 'jobname', type: 'text' },
    { name: 'schedule', type: 'text' },
    { name: 'active', type: 'boolean', about: 'false while its schedule is paused' },
    { name: 'last_run', type: 'instant', about: 'start of the newest run, skipped ones aside' },
    { name: 'hours_since_last_run', type: 'hours', bands: hoursSinceLastRun },
    { name: 'next_run', type: 'instant' },
    {
      name: 'last_status',
      type: 'text',
      bands: { warning: { is: ['never'] }, critical: { is: ['failed'] } },
    },
    { name: 'last_deleted_count', type: 'count' },
    {
      name: 'consecutive_failures',
      type: 'count',
      bands: { warning: { atLeast: 1 }, critical: { atLeast: 3 } },
    },
  ],
  budgetMs: 50,
  interpret,
  sample: [
    {
      jobname: 'cleanup-old-drafts-hourly',
      schedule: '0 * * * *',
      active: true,
      last_run: '2026-02-10T14:00:00Z',
      hours_since_last_run: 0.5,
      next_run: '2026-02-10T15:00:00Z',
      last_status: 'succeeded',
      last_deleted_count: 1,
      consecutive_failures: 0,
    },
  ],
  hint: 'Stalled: is the schedule paused, does a worker poll? Failing: the newest run in the Temporal UI, then Q9.',
  related: [
    'cleanup_job_effectiveness',
    'cleanup-old-drafts-hourly',
    'cleanup_job_stalled',
    'cleanup_job_failures',
  ],
});
