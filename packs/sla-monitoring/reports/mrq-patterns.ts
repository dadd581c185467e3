// What waiting items have in common (SLA-66).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { AGE_HOURS, countIn, many, textIn } from '../report-parts.ts';

const interpret = ({ rows }: Interpreted): readonly string[] => {
  const [most] = rows;
  if (!most) return ['Nothing waits in the queue.'];
  return [
    `${many(countIn(most, 'pending'), 'item')} of ${textIn(most, 'source_job')} failed with ${textIn(most, 'failure_mode')}: look whether they can be resolved together.`,
  ];
};

export const mrqPatterns: ReportDefinition = defineReport({
  name: 'mrq_patterns',
  title: 'What waiting items have in common',
  purpose: 'Which jobs left items behind and why, the largest group first.',
  database: 'app',
  sql: `
    SELECT source_job, failure_mode, count(*)::int AS pending, max(${AGE_HOURS}) AS oldest_hours
    FROM public.manual_resolution_queue WHERE status = 'pending'
    GROUP BY source_job, failure_mode ORDER BY pending DESC, oldest_hours DESC, source_job, failure_mode`,
  columns: [
    { name: 'source_job', type: 'text' },
    { name: 'failure_mode', type: 'text' },
    { name: 'pending', type: 'count' },
    { name: 'oldest_hours', type: 'hours', decimals: 1 },
  ],
  interpret,
  sample: [
    { source_job: 'cleanup_pdfs', failure_mode: 'blob_still_there', pending: 31, oldest_hours: 71.6 },
    { source_job: 'cleanup_quiz_responses', failure_mode: '23503', pending: 11, oldest_hours: 18.3 },
  ],
  hint: 'mrq resolve-batch takes the job and the failure mode as its filter; mend the cause upstream as well.',
  related: ['mrq_summary', 'failure_patterns'],
});
