// How a run's end reads on a terminal.
import type { CatalogJob } from '../../catalog/catalog.ts';
import { formatDuration } from '../../domain/duration.ts';
import { overWords } from '../../domain/jobs/guard.ts';
import type { OrphansPreview } from '../../domain/jobs/orphans.ts';
import type { DryRunResult, RunResult } from '../../domain/jobs/run.ts';
import { timesWords } from './render-times.ts';
import { doneWord, isOneShot, takesNoRows, unitOf } from './unit.ts';

const count = (n: number): string => n.toLocaleString('en-US');

type Job = Pick<CatalogJob, 'name' | 'snapshot'>;

/** `cleanup_magic_links: completed · 30,000 rows gone in 30 batches, 3.1s (1 % of budget)`. */
export const renderRun = (job: Job, result: RunResult): string => {
  const { state, reason, batches, remaining, objectsWaiting = 0, durationSeconds } = result;
  const unit = unitOf(job);
  const gone = unit === 'files' ? (result.objects ?? 0) : result.deleted;
  const waiting = objectsWaiting > 0 ? `, ${count(objectsWaiting)} waiting for their grace to end` : '';
  const left = `${remaining > 0 ? `, ${count(remaining)} left` : ''}${waiting}`;
  const why = reason ? `\n  ${reason}` : '';
  const times = timesWords(result);
  const done = isOneShot(job)
    ? ''
    : ` · ${count(gone)} ${unit} ${doneWord(job)} in ${batches} batches${left}`;
  return (
    `${job.name}: ${state}${done}, ` +
    `${formatDuration(durationSeconds)} (${result.utilizationPercent} % of budget)${why}${times === '' ? '' : `\n  ${times}`}`
  );
};

const orphanLines = (
  job: Job,
  { step, seen, orphans, too_many, is_partial, sample }: OrphansPreview,
): readonly string[] => [
  `${job.name}, step ${step}: ${count(orphans)} of ${is_partial ? 'the first ' : ''}${count(seen)} objects are named by no row` +
    (too_many ? '; these are too many, a run would fail and delete none' : ''),
  ...sample.map((path) => `  ${path}`),
];

export const renderDryRun = (job: Job, result: DryRunResult): string => {
  const keys = result.sample.map(
    (key) =>
      `  ${Object.entries(key)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')}`,
  );
  // Beyond half a minute of counting the planner's estimate stands in.
  const about = result.would_delete_is_estimate ? 'about ' : '';
  const over = result.needs_approval ?? [];
  const rows = `${job.name}: a run would delete ${about}${count(result.would_delete)} ${unitOf(job)} older than ${result.cutoff}`;
  const steps = job.snapshot.steps.map(({ name }) => name).join(', ');
  if (isOneShot(job))
    return `${job.name}: a run does ${steps}, once; what that changes nobody can count beforehand`;
  return [
    ...(takesNoRows(job) ? [] : [rows]),
    ...over.map((step) => `it would wait for approval: ${overWords(step)}`),
    ...(keys.length > 0 ? ['the oldest of them:', ...keys] : []),
    ...(result.orphans ?? []).flatMap((each) => orphanLines(job, each)),
  ].join('\n');
};
