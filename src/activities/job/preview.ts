// `preview`: a dry run (SLA-19). Same preflight and selection as a real one; it deletes nothing, takes no lock,
// and stays out of every SLA measure.
import { recordEnding } from '../../adapters/postgres/audit-log.ts';
import { readPending } from '../../adapters/postgres/manual-resolution-queue.ts';
import { endRun, insertRun } from '../../adapters/postgres/runs.ts';
import { selected } from '../../adapters/postgres/selection-sql.ts';
import { sampleKeys } from '../../adapters/postgres/table-facts.ts';
import type { DryRunResult } from '../../domain/run.ts';
import { type Dependencies, targetOf } from '../dependencies.ts';
import { isRowFault } from '../failures.ts';
import { type BeginInput, proposeCutoff } from './begin.ts';
import { countSelected } from './estimate.ts';
import { preflight } from './preflight.ts';
import { runIdentity } from './run-identity.ts';

/** SLA-19. */
const SAMPLE_ROWS = 20;

/** Somebody waits for the answer; beyond, the planner's estimate has to do. */
const COUNTING_SECONDS = 30;

export const createPreview =
  ({ databases }: Pick<Dependencies, 'databases'>) =>
  async ({ job, request, run }: BeginInput): Promise<DryRunResult> => {
    const target = targetOf(databases, job);
    await insertRun(databases.home, runIdentity(job, request, run));
    const [step] = job.steps;
    const { selection } = step;
    const { cutoff } = await proposeCutoff(target, selection.age.olderThanSeconds, request.cutoff);
    await preflight(target, step, cutoff);
    const excluded = await readPending(target, job.name);
    const counted = await countSelected(target, selection, { cutoff, excluded, seconds: COUNTING_SECONDS });
    const condition = selected(selection, cutoff, excluded);
    // A row on which the condition fails is for a run to set aside; here it only leaves no sample.
    const sample = await sampleKeys(target, selection, condition, SAMPLE_ROWS).catch((error: unknown) => {
      if (isRowFault(error)) return [];
      throw error;
    });
    const would = {
      would_delete: counted.rows,
      ...(counted.isEstimate && { would_delete_is_estimate: true as const }),
    };
    await recordEnding(
      target,
      { runId: run.runId, pack: job.pack, resourceType: job.resourceType, action: 'CLEANUP_DRY_RUN' },
      { job: job.name, run_id: run.runId, ...would, sample, cutoff },
    );
    await endRun(databases.home, run.runId, {
      state: 'completed',
      deleted: 0,
      remaining: counted.rows,
      durationSeconds: 0,
    });
    return { runId: run.runId, dryRun: true, ...would, sample, cutoff };
  };
