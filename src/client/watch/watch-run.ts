// A run shown on a terminal until it ends: opens what is asked, draws, closes.
import { createPool } from '../../adapters/postgres/pool.ts';
import type { startRun } from '../../adapters/temporal/start-run.ts';
import type { Catalog, CatalogJob } from '../../catalog/catalog.ts';
import type { RunResult } from '../../domain/jobs/run.ts';
import { targetOf } from '../target.ts';
import { noticeApproval } from './approval-notice.ts';
import { follow } from './follow.ts';
import { createProgressView } from './progress-bar.ts';
import { isOneShot, progressUnitOf } from './unit.ts';

export interface WatchInput {
  readonly catalog: Catalog;
  readonly job: CatalogJob;
  readonly handle: Awaited<ReturnType<typeof startRun>>;
  readonly out: NodeJS.WriteStream;
}

/** Resolves with the run's result, or rejects as its workflow does. */
export const watchRun = async ({ catalog, job, handle, out }: WatchInput): Promise<RunResult> => {
  const home = createPool({ url: catalog.home.url, max: 1 });
  const target = createPool({ url: targetOf(catalog, job).url, max: 1 });
  const unit = progressUnitOf(job);
  const view = createProgressView({ name: job.name, unit, out });
  const hush = noticeApproval({ name: job.name, handle, out });
  try {
    return await follow({
      handle,
      runId: handle.firstExecutionRunId,
      home,
      target,
      unit,
      // Nothing of statements and requests can be counted while they are at work.
      onProgress: isOneShot(job) ? () => {} : view.show,
      everyMs: view.everyMs,
    });
  } finally {
    hush();
    view.end();
    await Promise.all([home.end(), target.end()]);
  }
};
