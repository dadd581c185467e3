// `begin`: everything a run fixes before its first batch. It may be tried again after a crash at any line and
// then finds what it had already fixed: run row, lock, fence epoch and cutoff are the run's own.
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { recordStart } from '../../adapters/postgres/audit-log.ts';
import { readBatchLimit } from '../../adapters/postgres/control.ts';
import { claimFence } from '../../adapters/postgres/fence.ts';
import { isoSql } from '../../adapters/postgres/iso.ts';
import { readPending } from '../../adapters/postgres/manual-resolution-queue.ts';
import { insertRun, recordPlan } from '../../adapters/postgres/runs.ts';
import type { JobSnapshot, RunPlan, RunRequest } from '../../domain/job.ts';
import { type Dependencies, type RunRef, requireBlobs, targetOf } from '../dependencies.ts';
import { countSelected } from './estimate.ts';
import { preflight } from './preflight.ts';
import { runIdentity } from './run-identity.ts';
import { recordTakeover, takeLock } from './take-lock.ts';

export interface BeginInput {
  readonly job: JobSnapshot;
  readonly request: RunRequest;
  readonly run: RunRef;
}

export type BeginResult =
  | { readonly begun: true; readonly plan: RunPlan }
  /** Somebody else holds the lock; `heldBy` is its value as found (SLA-16). */
  | { readonly begun: false; readonly heldBy: string };

/** Beyond, the planner's estimate has to do. */
const COUNTING_SECONDS = 3;

export const createBegin =
  ({ databases, lock, temporal, blobs }: Pick<Dependencies, 'databases' | 'lock' | 'temporal' | 'blobs'>) =>
  async ({ job, request, run }: BeginInput): Promise<BeginResult> => {
    const target = targetOf(databases, job);
    await insertRun(databases.home, runIdentity(job, request, run));

    const [step] = job.steps;
    const { olderThanSeconds } = step.selection.age;
    const { at, cutoff } = await proposeCutoff(target, olderThanSeconds, request.cutoff);
    await preflight(target, step, cutoff);
    if (step.action === 'blobs') requireBlobs(blobs);

    const waitingSince = performance.now();
    const acquired = await takeLock({ lock, temporal }, { job, run, since: at });
    if (!acquired.held) return { begun: false, heldBy: acquired.by };
    const lockWaitMs = Math.round(performance.now() - waitingSince);

    await recordTakeover(target, job, { runId: run.runId, lockValue: acquired.value });
    const epoch = await claimFence(target, job.lockKey, run.runId);
    const excluded = await readPending(target, job.name);
    const counting = { cutoff, excluded, seconds: COUNTING_SECONDS };
    const eligible = await countSelected(target, step.selection, counting);
    const started = await recordStart(
      target,
      { runId: run.runId, pack: job.pack, resourceType: job.resourceType },
      {
        job: job.name,
        run_id: run.runId,
        workflow_id: run.workflowId,
        cutoff,
        eligible: eligible.rows,
        eligible_is_estimate: eligible.isEstimate,
        sla_budget_seconds: request.budgetSeconds ?? job.budgetSeconds,
        batch_size: (await readBatchLimit(target, job.lockKey)) ?? step.batchRows,
        ...(request.retryOf && { retry_of: request.retryOf }),
      },
    );
    const plan: RunPlan = {
      runId: run.runId,
      ...started,
      epoch,
      lockValue: acquired.value,
      lockWaitMs,
      strategy: 'age-index-windows',
    };
    await recordPlan(databases.home, plan);
    return { begun: true, plan };
  };

/**
 * The cutoff by the target's own clock, as text: microseconds would not survive a JavaScript Date. One that was asked for
 * holds where it is older; a younger one would take rows that the declaration keeps.
 */
export const proposeCutoff = async (
  db: pg.Pool,
  olderThanSeconds: number,
  wanted?: string,
): Promise<{ readonly at: string; readonly cutoff: string }> => {
  const { rows } = await db.query(
    `SELECT ${isoSql('n', 'microseconds')} AS at,
       ${isoSql('least(n - make_interval(secs => $1), $2::timestamptz)', 'microseconds')} AS cutoff
     FROM (SELECT sexton.now() AS n) clock`,
    [olderThanSeconds, wanted ?? null],
  );
  return rows[0];
};
