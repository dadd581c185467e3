// `preview`: a dry run (SLA-19). Same preflight and selection as a real one; it deletes nothing, takes no lock,
// and stays out of every SLA measure.
import { recordEnding } from '../../adapters/postgres/audit-log.ts';
import { readPending } from '../../adapters/postgres/manual-resolution-queue.ts';
import { endRun, insertRun } from '../../adapters/postgres/runs.ts';
import { selected } from '../../adapters/postgres/selection-sql.ts';
import { countWhere, sampleKeys } from '../../adapters/postgres/table-facts.ts';
import type { DryRunResult } from '../../domain/run.ts';
import { type Dependencies, targetOf } from '../dependencies.ts';
import { type BeginInput, proposeCutoff } from './begin.ts';
import { preflight } from './preflight.ts';
import { runIdentity } from './run-identity.ts';

/** SLA-19. */
const SAMPLE_ROWS = 20;

export const createPreview =
  ({ databases }: Pick<Dependencies, 'databases'>) =>
  async ({ job, request, run }: BeginInput): Promise<DryRunResult> => {
    const target = targetOf(databases, job);
    await insertRun(databases.home, runIdentity(job, request, run));
    const [step] = job.steps;
    const { selection } = step;
    const { cutoff } = await proposeCutoff(target, selection.age.olderThanSeconds);
    await preflight(target, step, cutoff);
    const condition = selected(selection, cutoff, await readPending(target, job.name));
    const wouldDelete = await countWhere(target, selection, condition);
    const sample = await sampleKeys(target, selection, condition, SAMPLE_ROWS);
    await recordEnding(
      target,
      { runId: run.runId, pack: job.pack, resourceType: job.resourceType, action: 'CLEANUP_DRY_RUN' },
      { job: job.name, run_id: run.runId, would_delete: wouldDelete, sample, cutoff },
    );
    await endRun(databases.home, run.runId, {
      state: 'completed',
      deleted: 0,
      remaining: wouldDelete,
      durationSeconds: 0,
    });
    return { runId: run.runId, dryRun: true, would_delete: wouldDelete, sample, cutoff };
  };
