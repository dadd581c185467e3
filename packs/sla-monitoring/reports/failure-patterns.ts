// Why runs failed (SLA-60).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { countIn, jobsInput, many, numberIn, percent, textIn, WATCHED } from '../report-parts.ts';

const interpret = ({ rows }: Interpreted): readonly string[] => {
  const [most] = rows;
  if (!most) return ['No run failed in this time.'];
  const failures = rows.reduce((sum, row) => sum + countIn(row, 'failures'), 0);
  return [
    `${many(failures, 'failed run')} of ${many(new Set(rows.map(({ job }) => job)).size, 'job')}.`,
    `Most often: ${textIn(most, 'job')} with ${textIn(most, 'error_code')}, ${percent(numberIn(most, 'share_percent'))} of that job's failures.`,
  ];
};

export const failurePatterns: ReportDefinition = defineReport({
  name: 'failure_patterns',
  title: 'Failure patterns',
  purpose: 'Which errors runs ended with, how often and since when.',
  database: 'app',
  params: {
    within: { type: 'duration', about: 'how far back', default: '24h', min: 60, max: 400 * 86_400 },
    job: { type: 'text', about: 'of this job only', default: null },
  },
  inputs: jobsInput,
  sql: `
    SELECT run.job, coalesce(run.error_code, 'UNKNOWN') AS error_code, count(*)::int AS failures,
      min(run.ended_at) AS first_seen, max(run.ended_at) AS last_seen,
      100.0 * count(*) / sum(count(*)) OVER (PARTITION BY run.job) AS share_percent
    FROM public.cleanup_runs(:jobs, sexton.now() - :within) AS run
    JOIN ${WATCHED} AS watched USING (job)
    WHERE run.outcome = 'failed' AND NOT run.synthetic AND (:job IS NULL OR run.job = :job)
    GROUP BY run.job, coalesce(run.error_code, 'UNKNOWN') ORDER BY failures DESC, error_code, run.job`,
  columns: [
    { name: 'job', type: 'text' },
    { name: 'error_code', type: 'text' },
    { name: 'failures', type: 'count', bands: { warning: { atLeast: 1 } } },
    { name: 'first_seen', type: 'instant' },
    { name: 'last_seen', type: 'instant' },
    { name: 'share_percent', type: 'percent', decimals: 1, about: "of the job's failures in this time" },
  ],
  interpret,
  sample: [
    {
      job: 'cleanup_magic_links',
      error_code: 'LOCK_BACKEND_UNAVAILABLE',
      failures: 3,
      first_seen: '2026-02-10T09:10:06Z',
      last_seen: '2026-02-10T11:10:06Z',
      share_percent: 75,
    },
  ],
  hint: 'Find the root cause of the code at the top, preview the job with --dry-run, then retry it.',
  related: ['sla_summary', 'run_diagnostics'],
});
