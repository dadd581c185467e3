// `preview`: a dry run (SLA-19). Same preflight and selection as a real one; it deletes nothing, takes no lock,
// and stays out of every SLA measure.
import type pg from 'pg';
import { recordEnding } from '../../adapters/postgres/runs/audit-log.ts';
import { readPending } from '../../adapters/postgres/runs/manual-resolution-queue.ts';
import { endRun, insertRun } from '../../adapters/postgres/runs/runs.ts';
import { selected } from '../../adapters/postgres/tables/selection-sql.ts';
import { sampleKeys } from '../../adapters/postgres/tables/table-facts.ts';
import { overLimit } from '../../domain/jobs/guard.ts';
import { originMetadata } from '../../domain/jobs/origin.ts';
import type { DryRunResult } from '../../domain/jobs/run.ts';
import { type Dependencies, targetOf } from '../dependencies.ts';
import { isRowFault } from '../failures.ts';
import { requireOrphans } from '../preflight/orphans.ts';
import { type CutStep, preflight } from '../preflight/preflight.ts';
import type { BeginInput } from './begin.ts';
import { proposeCutoffs } from './cutoffs.ts';
import { sizeSteps } from './guard.ts';
import { previewOrphans } from './preview-orphans.ts';
import { runIdentity } from './run-identity.ts';

/** SLA-19. */
const SAMPLE_ROWS = 20;

/** Somebody waits for the answer; beyond, the planner's estimate has to do. */
const COUNTING_SECONDS = 30;

export const createPreview =
  ({ databases, blobs }: Pick<Dependencies, 'databases' | 'blobs'>) =>
  async ({ job, request, run }: BeginInput): Promise<DryRunResult> => {
    const target = targetOf(databases, job);
    await insertRun(databases.home, runIdentity(job, request, run));
    const { at, steps } = await proposeCutoffs(target, job, () => request.cutoff);
    await preflight(target, { job, steps });
    await requireOrphans(target, job);
    const excluded = await readPending(target, job.name);
    const sizing = { excluded, seconds: COUNTING_SECONDS, guard: job.guard };
    const sizes = await sizeSteps(target, steps, sizing);
    const rows = sizes.reduce((sum, { eligible }) => sum + eligible, 0);
    const over = sizes.flatMap((sized) => overLimit(job.guard, sized) ?? []);
    const [first] = steps;
    const sample = first ? await sampleOf(target, first, excluded) : [];
    const cutoff = first?.cutoff ?? at;
    const orphans = await previewOrphans(target, blobs, { job, at });
    const would = {
      would_delete: rows,
      ...(orphans.length > 0 && { orphans }),
      ...(sizes.some(({ isEstimate }) => isEstimate) && { would_delete_is_estimate: true as const }),
      ...(over.length > 0 && { needs_approval: over }),
    };
    await recordEnding(
      target,
      { runId: run.runId, pack: job.pack, resourceType: job.resourceType, action: 'CLEANUP_DRY_RUN' },
      {
        job: job.name,
        run_id: run.runId,
        ...originMetadata(request, run.workflowId),
        ...would,
        sample,
        cutoff,
      },
    );
    await endRun(databases.home, run.runId, {
      state: 'completed',
      deleted: 0,
      remaining: rows,
      durationSeconds: 0,
    });
    return { runId: run.runId, dryRun: true, ...would, sample, cutoff };
  };

/** A row on which the condition fails is for a run to set aside; here it only leaves no sample. */
const sampleOf = async (
  target: pg.Pool,
  { step: { selection }, cutoff }: CutStep,
  excluded: readonly string[],
): Promise<DryRunResult['sample']> => {
  const condition = selected(selection, cutoff, excluded);
  return sampleKeys(target, selection, condition, SAMPLE_ROWS).catch((error: unknown) => {
    if (isRowFault(error)) return [];
    throw error;
  });
};
