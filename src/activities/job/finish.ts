// `finish`: shuts the fence, recounts, and tells how the run ended in both databases. Each is tried without the
// other; reconcile copies whichever exists to the other.

import { Context } from '@temporalio/activity';
import type pg from 'pg';
import { recordEnding, recordSlices } from '../../adapters/postgres/runs/audit-log.ts';
import { forgetHold, readBatchLimit } from '../../adapters/postgres/runs/control.ts';
import { forgetDeletedNames, readDeletedNames } from '../../adapters/postgres/runs/deleted-names.ts';
import { closeFence } from '../../adapters/postgres/runs/fence.ts';
import { endRun } from '../../adapters/postgres/runs/runs.ts';
import { TERMINAL_ACTION_OF } from '../../domain/jobs/audit.ts';
import type { JobSnapshot, RunPlan, RunRequest } from '../../domain/jobs/job.ts';
import type { Mishaps } from '../../domain/jobs/mishaps.ts';
import { originMetadata } from '../../domain/jobs/origin.ts';
import type { Ending, RunResult } from '../../domain/jobs/run.ts';
import type { RunWaits } from '../../domain/jobs/run-times.ts';
import { oneDecimal, utilization } from '../../domain/jobs/sla.ts';
import { declaredBatchRows } from '../../domain/jobs/step.ts';
import { type Dependencies, type RunRef, targetOf } from '../dependencies.ts';
import { endHolds } from '../throttle/end-holds.ts';
import { type Counted, countRun, settle } from './count-run.ts';
import { timesMetadata } from './times-metadata.ts';
import { readToldEnding } from './told-ending.ts';

export interface FinishInput {
  readonly job: JobSnapshot;
  readonly request: RunRequest;
  readonly run: RunRef;
  /** Missing where the run never got as far as a plan. */
  readonly plan?: RunPlan;
  readonly ending: Ending;
  /** What only its workflow knows of its time; absent from workflows of before it was asked. */
  readonly waits?: RunWaits;
  /** Of the workflow's history so far, over all its executions. */
  readonly historyEvents?: number;
  /** What befell the run and was made up for. */
  readonly mishaps?: Mishaps;
}

/** From this attempt on, one of the two databases is enough to end the run; reconcile brings the other. */
const ONE_IS_ENOUGH_FROM_ATTEMPT = 4;

export const createFinish =
  ({ databases, lock }: Pick<Dependencies, 'databases' | 'lock'>) =>
  async (input: FinishInput): Promise<RunResult> => {
    const { job, run, plan } = input;
    const target = targetOf(databases, job);
    if (plan) await closeFence(target, job.lockKey, run.runId);
    const counted = await countRun(target, input);
    const result = resultOf(input, counted, settle(input.ending, counted));
    const told = await tellBoth(databases.home, target, input, result);
    // A lock that cannot be let go of now ends with its lease; it is no reason to keep the run open.
    await lock.releaseOwnedBy(job.lockKey, run.runId).catch(() => false);
    return told;
  };

type Told = Omit<RunResult, keyof Counted> & Counted & Ending;

const resultOf = ({ job, run, plan, request }: FinishInput, counted: Counted, ending: Ending): Told => ({
  runId: run.runId,
  ...counted,
  ...ending,
  ...(plan && { cutoff: plan.cutoff }),
  eligible: plan?.eligible ?? 0,
  utilizationPercent: oneDecimal(
    utilization(counted.durationSeconds, request.budgetSeconds ?? job.budgetSeconds),
  ),
});

/** The first ending that was told stands; a finish that comes second answers as the first one did. */
const tellBoth = async (home: pg.Pool, target: pg.Pool, input: FinishInput, result: Told): Promise<Told> => {
  let told = result;
  const failures: unknown[] = [];
  try {
    told = await tellTarget(target, input, result);
  } catch (error) {
    failures.push(error);
  }
  try {
    const { error } = told;
    await endRun(home, input.run.runId, { ...told, errorCode: error?.code, errorMessage: error?.message });
  } catch (error) {
    failures.push(error);
  }
  const enough = Context.current().info.attempt >= ONE_IS_ENOUGH_FROM_ATTEMPT && failures.length === 1;
  if (failures.length > 0 && !enough) throw failures[0];
  return told;
};

const mishapFigures = ({ takenOver, raised, failed }: Mishaps) => ({
  ...(takenOver > 0 && { taken_over: takenOver }),
  ...(raised > 0 && { lock_retaken: raised }),
  ...(Object.keys(failed).length > 0 && { slices_failed: failed }),
});

/** Which rows went, of a job that wants them told. */
const idsMetadata = async (
  target: pg.Pool,
  { job: { auditIds }, run }: FinishInput,
  { cutoff }: RunPlan,
  { deleted }: Told,
) =>
  auditIds === undefined
    ? {}
    : {
        cutoff_time: cutoff,
        deleted_count: deleted,
        deleted_ids: await readDeletedNames(target, run.runId, auditIds),
      };

const tellTarget = async (target: pg.Pool, input: FinishInput, result: Told): Promise<Told> => {
  const { job, run, plan, request } = input;
  const { state, reason, error } = result;
  const subject = { runId: run.runId, pack: job.pack, resourceType: job.resourceType };
  await recordSlices(target, subject, job.name);
  await endHolds(target, { ...subject, job: job.name });
  await recordEnding(
    target,
    { ...subject, action: TERMINAL_ACTION_OF[state] },
    {
      job: job.name,
      run_id: run.runId,
      ...originMetadata(request, run.workflowId),
      state,
      duration_seconds: result.durationSeconds,
      sla_budget_seconds: request.budgetSeconds ?? job.budgetSeconds,
      records_processed: result.deleted,
      batches: result.batches,
      batch_size: (await readBatchLimit(target, job.lockKey)) ?? declaredBatchRows(job),
      max_batch_ms: result.maxBatchMs,
      avg_batch_ms: oneDecimal(result.avgBatchMs),
      remaining: result.remaining,
      ...(result.remainingIsEstimate && { remaining_is_estimate: true }),
      ...(result.objects || result.objectsWaiting
        ? { objects_deleted: result.objects, objects_waiting: result.objectsWaiting }
        : {}),
      ...(result.oldestTombstoneSeconds > 0 && {
        oldest_tombstone_seconds: Math.round(result.oldestTombstoneSeconds),
      }),
      ...(result.setAside && { set_aside: result.setAside }),
      ...(result.results.length > 0 && { results: result.results }),
      ...(request.dryRun && { dry_run: true }),
      ...timesMetadata(
        plan ? result : { approvalMs: result.approvalMs, historyEvents: result.historyEvents },
      ),
      ...(plan && { cutoff: plan.cutoff, ...(await idsMetadata(target, input, plan, result)) }),
      ...(input.mishaps && mishapFigures(input.mishaps)),
      ...(reason && { reason }),
      ...(error && { error_code: error.code, error_message: error.message }),
    },
  );
  await forgetHold(target, run.runId);
  if (job.auditIds !== undefined) await forgetDeletedNames(target, run.runId);
  const told = await readToldEnding(target, run.runId);
  if (!told) return result;
  const { state: _, reason: __, error: ___, ...counted } = result;
  const { durationSeconds = result.durationSeconds, remaining = result.remaining, times, ...ending } = told;
  return resultOf(input, { ...counted, ...times, durationSeconds, remaining }, ending);
};
