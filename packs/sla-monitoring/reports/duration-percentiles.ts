// How long runs take: the middle one and the slow ones (SLA-59).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { countIn, jobsInput, numberIn, textIn, WATCHED } from '../report-parts.ts';

/** A tail that is so many times the middle is worth a look. */
const LONG_TAIL = 2;

const interpret = ({ rows }: Interpreted): readonly string[] => {
  const tailed = rows.filter(
    (row) => (numberIn(row, 'p99') ?? 0) > LONG_TAIL * (numberIn(row, 'p50') ?? Number.POSITIVE_INFINITY),
  );
  return [
    ...tailed.map(
      (row) =>
        `The slowest runs of ${textIn(row, 'job')} take over ${LONG_TAIL} times as long as the middle one.`,
    ),
    ...rows
      .filter((row) => countIn(row, 'runs') === 0)
      .map((row) => `${textIn(row, 'job')} has completed no run in this time.`),
  ];
};

export const durationPercentiles: ReportDefinition = defineReport({
  name: 'duration_percentiles',
  title: 'Duration percentiles',
  purpose: 'How long completed runs of each job take: half, 95 and 99 of 100 take at most so many seconds.',
  database: 'app',
  params: {
    within: { type: 'duration', about: 'how far back', default: '30d', min: 60, max: 400 * 86_400 },
  },
  inputs: jobsInput,
  sql: `
    WITH run AS MATERIALIZED (SELECT * FROM public.cleanup_runs(:jobs, sexton.now() - :within))
    SELECT watched.job, count(run.run_id)::int AS runs,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY run.duration_seconds) AS p50,
      percentile_cont(0.95) WITHIN GROUP (ORDER BY run.duration_seconds) AS p95,
      percentile_cont(0.99) WITHIN GROUP (ORDER BY run.duration_seconds) AS p99
    FROM ${WATCHED} AS watched
    LEFT JOIN run ON run.job = watched.job AND run.outcome = 'completed' AND NOT run.synthetic
      AND run.duration_seconds IS NOT NULL
    GROUP BY watched.job ORDER BY watched.job`,
  columns: [
    { name: 'job', type: 'text' },
    { name: 'runs', type: 'count', about: 'completed ones whose duration is known' },
    { name: 'p50', type: 'seconds' },
    { name: 'p95', type: 'seconds' },
    { name: 'p99', type: 'seconds' },
  ],
  interpret,
  sample: [{ job: 'cleanup_magic_links', runs: 720, p50: 90.1, p95: 111.4, p99: 118.9 }],
  hint: 'A long tail: run_diagnostics of a slow run and of a usual one, then what else went on at those hours.',
  related: ['sla_trend', 'run_diagnostics'],
  chart: { kind: 'bar', x: 'job', y: ['p50', 'p95', 'p99'] },
});
