// How a run's end reads on a terminal.
import type { CatalogJob } from '../catalog/catalog.ts';
import { formatDuration } from '../domain/duration.ts';
import type { DryRunResult, RunResult } from '../domain/run.ts';

const count = (n: number): string => n.toLocaleString('en-US');

/** `cleanup_magic_links: completed · 30,000 rows gone in 30 batches, 3.1s (1 % of budget)`. */
export const renderRun = (job: Pick<CatalogJob, 'name'>, result: RunResult): string => {
  const { state, reason, deleted, batches, remaining, durationSeconds, utilizationPercent } = result;
  const left = remaining > 0 ? `, ${count(remaining)} left` : '';
  const why = reason ? `\n  ${reason}` : '';
  return (
    `${job.name}: ${state} · ${count(deleted)} rows gone in ${batches} batches${left}, ` +
    `${formatDuration(durationSeconds)} (${utilizationPercent} % of budget)${why}`
  );
};

export const renderDryRun = (job: Pick<CatalogJob, 'name'>, result: DryRunResult): string => {
  const keys = result.sample.map(
    (key) =>
      `  ${Object.entries(key)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')}`,
  );
  return [
    `${job.name}: a run would delete ${count(result.would_delete)} rows older than ${result.cutoff}`,
    ...(keys.length > 0 ? ['the oldest of them:', ...keys] : []),
  ].join('\n');
};
