// `begin`: everything a run fixes before its first batch. It may be tried again after a crash at any line and
// then finds what it had already fixed: run row, lock, fence epoch and cutoff are the run's own.
import { performance } from 'node:perf_hooks';
import { readStarted, recordStart } from '../../adapters/postgres/runs/audit-log.ts';
import { readBatchLimit } from '../../adapters/postgres/runs/control.ts';
import { claimFence } from '../../adapters/postgres/runs/fence.ts';
import { readPending } from '../../adapters/postgres/runs/manual-resolution-queue.ts';
import { insertRun, recordPlan } from '../../adapters/postgres/runs/runs.ts';
import { type ApprovalRequest, type Approved, approvedCutoff } from '../../domain/jobs/guard.ts';
import type { JobSnapshot, RunPlan, RunRequest } from '../../domain/jobs/job.ts';
import { originMetadata } from '../../domain/jobs/origin.ts';
import { declaredBatchRows } from '../../domain/jobs/step.ts';
import { type Dependencies, type RunRef, requireBlobs, targetOf } from '../dependencies.ts';
import { requireOrphans } from '../preflight/orphans.ts';
import { preflight } from '../preflight/preflight.ts';
import { openEndpoint } from '../requests/endpoint.ts';
import { tryProbes } from '../throttle/try-probes.ts';
import { proposeCutoffs } from './cutoffs.ts';
import { guard, sizeSteps } from './guard.ts';
import { planSteps } from './plan-steps.ts';
import { runIdentity } from './run-identity.ts';
import { recordTakeover, takeLock } from './take-lock.ts';

export interface BeginInput {
  readonly job: JobSnapshot;
  readonly request: RunRequest;
  readonly run: RunRef;
  /** What a person has approved since the run asked. */
  readonly approved?: Approved;
}

export type BeginResult =
  | { readonly begun: true; readonly plan: RunPlan }
  /** Somebody else holds the lock; `heldBy` is its value as found (SLA-16). */
  | { readonly begun: false; readonly heldBy: string; readonly approval?: undefined }
  /** It would take more than it may; nothing is locked or written but the request. */
  | { readonly begun: false; readonly approval: ApprovalRequest; readonly heldBy?: undefined };

/** Beyond, the planner's estimate has to do. */
const COUNTING_SECONDS = 3;

export const createBegin =
  ({
    databases,
    lock,
    temporal,
    blobs,
    variables,
  }: Pick<Dependencies, 'databases' | 'lock' | 'temporal' | 'blobs' | 'variables'>) =>
  async ({ job, request, run, approved }: BeginInput): Promise<BeginResult> => {
    const target = targetOf(databases, job);
    await insertRun(databases.home, runIdentity(job, request, run));

    const wanted = (name: string): string | undefined => approvedCutoff(approved, name) ?? request.cutoff;
    const { at, steps } = await proposeCutoffs(target, job, wanted);
    await preflight(target, { job, steps });
    await requireOrphans(target, job);
    await tryProbes(target, job.throttle);
    if (job.steps.some(({ action }) => action === 'blobs' || action === 'orphans')) requireBlobs(blobs);

    for (const step of job.steps)
      if ('http' in step) openEndpoint({ pack: job.pack, http: step.http, variables });
    const excluded = await readPending(target, job.name);
    const sizing = { excluded, seconds: COUNTING_SECONDS, guard: job.guard };
    const sizes = await sizeSteps(target, steps, sizing);
    // What has begun was let through before: an attempt that died after its start row asks nobody anew.
    if (!(await readStarted(target, run.runId))) {
      const approval = await guard(target, { job, run, sizes, at, approved });
      if (approval) {
        // An attempt that died before its start row may have left it.
        await lock.releaseOwnedBy(job.lockKey, run.runId).catch(() => false);
        return { begun: false, approval };
      }
    }

    const waitingSince = performance.now();
    const acquired = await takeLock({ lock, temporal }, { job, run, since: at });
    if (!acquired.held) return { begun: false, heldBy: acquired.by };
    const lockWaitMs = Math.round(performance.now() - waitingSince);

    await recordTakeover(target, job, { runId: run.runId, lockValue: acquired.value });
    const epoch = await claimFence(target, job.lockKey, run.runId);
    const started = await recordStart(
      target,
      { runId: run.runId, pack: job.pack, resourceType: job.resourceType },
      {
        job: job.name,
        run_id: run.runId,
        workflow_id: run.workflowId,
        ...originMetadata(request, run.workflowId),
        cutoff: steps[0]?.cutoff ?? at,
        eligible: sizes.reduce((sum, { eligible }) => sum + eligible, 0),
        eligible_is_estimate: sizes.some(({ isEstimate }) => isEstimate),
        sla_budget_seconds: request.budgetSeconds ?? job.budgetSeconds,
        batch_size: (await readBatchLimit(target, job.lockKey)) ?? declaredBatchRows(job),
        steps: await planSteps(target, steps, sizes),
        ...(request.retryOf && { retry_of: request.retryOf }),
      },
    );
    const plan: RunPlan = {
      runId: run.runId,
      ...started,
      epoch,
      lockValue: acquired.value,
      lockWaitMs,
      strategy: started.steps[job.steps[0].name]?.strategy ?? 'age-index-windows',
    };
    await recordPlan(databases.home, plan);
    return { begun: true, plan };
  };
