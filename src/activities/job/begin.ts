// `begin`: everything a run fixes before its first batch. It may be tried again after a crash at any line and
// then finds what it had already fixed: run row, lock, fence epoch and cutoff are the run's own.
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { recordStart } from '../../adapters/postgres/audit-log.ts';
import { claimFence } from '../../adapters/postgres/fence.ts';
import { isoSql } from '../../adapters/postgres/iso.ts';
import { insertRun, recordPlan } from '../../adapters/postgres/runs.ts';
import type { AcquireResult } from '../../adapters/redis-lock.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { JobSnapshot, RunPlan, RunRequest } from '../../domain/job.ts';
import { type Dependencies, type RunRef, targetOf } from '../dependencies.ts';
import { failure, messageOf } from '../failures.ts';
import { countEligible } from './estimate.ts';
import { preflight } from './preflight.ts';
import { runIdentity } from './run-identity.ts';

export interface BeginInput {
  readonly job: JobSnapshot;
  readonly request: RunRequest;
  readonly run: RunRef;
}

export type BeginResult =
  | { readonly begun: true; readonly plan: RunPlan }
  /** Somebody else holds the lock; `heldBy` is its value as found (SLA-16). */
  | { readonly begun: false; readonly heldBy: string };

export const createBegin =
  ({ databases, lock }: Pick<Dependencies, 'databases' | 'lock'>) =>
  async ({ job, request, run }: BeginInput): Promise<BeginResult> => {
    const target = targetOf(databases, job);
    await insertRun(databases.home, runIdentity(job, request, run));

    const { selection } = job.steps[0];
    const proposed = await proposeCutoff(target, selection.age.olderThanSeconds);
    await preflight(target, selection, proposed.cutoff);

    const waitingSince = performance.now();
    const acquired = await takeLock(lock, job, run, proposed.at);
    if (!acquired.held) return { begun: false, heldBy: acquired.by };
    const lockWaitMs = Math.round(performance.now() - waitingSince);

    const epoch = await claimFence(target, job.lockKey, run.runId);
    const { eligible, eligibleIsEstimate } = await countEligible(target, selection, proposed.cutoff);
    const started = await recordStart(
      target,
      { runId: run.runId, pack: job.pack, resourceType: job.resourceType },
      {
        job: job.name,
        run_id: run.runId,
        workflow_id: run.workflowId,
        cutoff: proposed.cutoff,
        eligible,
        eligible_is_estimate: eligibleIsEstimate,
        sla_budget_seconds: request.budgetSeconds ?? job.budgetSeconds,
        batch_size: job.steps[0].batchRows,
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

/** The cutoff by the target's own clock, as text: microseconds would not survive a JavaScript Date. */
export const proposeCutoff = async (
  db: pg.Pool,
  olderThanSeconds: number,
): Promise<{ readonly at: string; readonly cutoff: string }> => {
  const { rows } = await db.query(
    `SELECT ${isoSql('n', 'microseconds')} AS at,
       ${isoSql('n - make_interval(secs => $1)', 'microseconds')} AS cutoff
     FROM (SELECT sexton.now() AS n) clock`,
    [olderThanSeconds],
  );
  return rows[0];
};

const takeLock = async (
  lock: Dependencies['lock'],
  job: JobSnapshot,
  run: RunRef,
  since: string,
): Promise<AcquireResult> => {
  try {
    const owner = { workflowId: run.workflowId, firstRunId: run.runId, since };
    return await lock.acquire(job.lockKey, owner, job.settings.leaseSeconds * 1000);
  } catch (cause) {
    throw failure(
      FAILURE_TYPES.lockBackendUnavailable,
      `Redis did not answer (${messageOf(cause)}), and no run starts without its lock; it is tried again`,
      { final: false, cause },
    );
  }
};
