// One run from near: what it did in how many batches, and which of them were slow (SLA-61).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { jobsInput, many, numberIn, textIn, WATCHED } from '../report-parts.ts';

const interpret = ({ rows, sections }: Interpreted): readonly string[] => {
  const [run] = rows;
  if (!run) return ['There is no such run.'];
  const batches = sections['batches'] ?? [];
  const [slowest] = batches;
  const mean = numberIn(run, 'avg_batch_ms');
  const ms = numberIn(slowest, 'ms');
  return [
    `${textIn(run, 'job')} ${textIn(run, 'outcome') === 'running' ? 'is running' : textIn(run, 'outcome')}; it took ${many(Number(run['records_processed'] ?? 0), 'record')}.`,
    ...(ms !== null && mean !== null && mean > 0
      ? [`Its slowest batch took ${(ms / mean).toFixed(1)} times as long as the mean one.`]
      : []),
    ...(batches.length === 0
      ? ['Nothing is known of its batches any more: they are kept for some weeks only.']
      : []),
  ];
};

/** The run that is asked for, or the newest of the job, or of all. A run's rows may lie back as far as the log goes. */
const RUN = `
    WITH told AS (
      SELECT min("timestamp") AS at FROM sexton.audit_log
      WHERE run_id = :run AND action IN ('CLEANUP_STARTED', 'CLEANUP_COMPLETED', 'CLEANUP_FAILED', 'CLEANUP_STOPPED', 'CLEANUP_LOCK_SKIPPED')
    ), run AS (
      SELECT found.* FROM told
      CROSS JOIN public.cleanup_runs(:jobs, least(told.at, sexton.now() - interval '30 days') - interval '1 s') AS found
      JOIN ${WATCHED} AS watched USING (job)
      WHERE (:run IS NULL OR found.run_id = :run) AND (:job IS NULL OR found.job = :job)
        AND (:run IS NOT NULL OR found.outcome <> 'skipped')
      ORDER BY coalesce(found.started_at, found.ended_at) DESC, found.run_id LIMIT 1
    )`;

export const runDiagnostics: ReportDefinition = defineReport({
  name: 'run_diagnostics',
  title: 'Run diagnostics',
  purpose: 'What one run did, how long its batches took, and how long it waited for its lock.',
  database: 'app',
  params: {
    run: { type: 'text', about: 'id of the run; else the newest', default: null },
    job: { type: 'text', about: 'the newest of this job', default: null },
  },
  inputs: jobsInput,
  // What its ending does not tell, and what goes on, is summed up from its batches.
  sql: `${RUN}, batch AS (
      SELECT count(*)::int AS batches, sum(l.deleted)::int AS records, avg(l.ms) AS mean, max(l.ms) AS slowest
      FROM run JOIN sexton.ledger l USING (run_id) WHERE l.result IS NULL
    )
    SELECT run.run_id, run.job, run.started_at, run.ended_at, run.outcome, run.duration_seconds,
      coalesce(run.records::int, batch.records) AS records_processed,
      coalesce(run.batches::int, nullif(batch.batches, 0)) AS batches, run.batch_size::int AS batch_size,
      coalesce(run.avg_batch_ms, batch.mean) AS avg_batch_ms, coalesce(run.max_batch_ms, batch.slowest) AS max_batch_ms,
      run.lock_wait_ms
    FROM run CROSS JOIN batch`,
  columns: [
    { name: 'run_id', type: 'text' },
    { name: 'job', type: 'text' },
    { name: 'started_at', type: 'instant' },
    { name: 'ended_at', type: 'instant' },
    {
      name: 'outcome',
      type: 'text',
      bands: { warning: { is: ['stopped', 'skipped'] }, critical: { is: ['failed'] } },
    },
    { name: 'duration_seconds', type: 'seconds' },
    { name: 'records_processed', type: 'count' },
    { name: 'batches', type: 'count' },
    { name: 'batch_size', type: 'count', about: 'rows that a batch may take' },
    { name: 'avg_batch_ms', type: 'milliseconds' },
    { name: 'max_batch_ms', type: 'milliseconds' },
    { name: 'lock_wait_ms', type: 'milliseconds' },
  ],
  sections: [
    {
      name: 'batches',
      title: 'Batches, the slowest first',
      sql: `${RUN}
    SELECT l.step, l.seq, l.slice, l.attempt, l.deleted AS records, l.objects, l.set_aside, l.locked, l.ms, l.at
    FROM run JOIN sexton.ledger l USING (run_id)
    WHERE l.result IS NULL ORDER BY l.ms DESC, l.step, l.seq`,
      columns: [
        { name: 'step', type: 'text' },
        { name: 'seq', type: 'count' },
        { name: 'slice', type: 'count' },
        { name: 'attempt', type: 'count' },
        { name: 'records', type: 'count' },
        { name: 'objects', type: 'count' },
        { name: 'set_aside', type: 'count', about: 'failed by themselves and wait for a person' },
        { name: 'locked', type: 'count', about: 'rows that others held' },
        { name: 'ms', type: 'milliseconds' },
        { name: 'at', type: 'instant' },
      ],
    },
  ],
  interpret,
  sample: [
    {
      run_id: '0199c0de-7a11-7000-8000-000000000001',
      job: 'cleanup_quiz_responses',
      started_at: '2026-02-10T02:00:01Z',
      ended_at: '2026-02-10T02:49:13Z',
      outcome: 'completed',
      duration_seconds: 2952,
      records_processed: 9840,
      batches: 10,
      batch_size: 1000,
      avg_batch_ms: 290_000,
      max_batch_ms: 310_000,
      lock_wait_ms: 4,
    },
  ],
  hint: 'One slow batch: what else went on then? All slow: the batch size, then indexes and locks (sexton diagnose).',
  related: ['sla_summary', 'failure_patterns'],
});
