// The middle of a run: slice after slice until a whole pass found nothing more. A failed slice is waited for in
// sight (state `waitingToRetry`) and tried again under a new number; after the last wait the run fails.
import { continueAsNew, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import type { SliceResult } from '../activities/job/slice.ts';
import { FAILURE_TYPES } from '../domain/failure.ts';
import type { JobInput, RunPlan } from '../domain/job.ts';
import { backoffSummary, sliceSummary } from './display.ts';
import { errorOf } from './endings.ts';
import type { JobView } from './job-view.ts';
import { sliceActivity } from './proxies.ts';

/** Failures that time may heal. */
const WORTH_WAITING: readonly string[] = [FAILURE_TYPES.batchFailed, FAILURE_TYPES.lockBackendUnavailable];

export const runSlices = async (input: JobInput, begun: RunPlan, view: JobView): Promise<void> => {
  const { job, request = {} } = input;
  const slice = sliceActivity(job);
  const { rowsPerSecond } = request;
  let plan = begun;
  let number = input.carried?.lastSlice ?? 0;
  let failures = 0;

  for (;;) {
    number += 1;
    let result: SliceResult;
    try {
      result = await slice.executeWithOptions({ summary: sliceSummary(number, view.deleted()) }, [
        { job, plan, slice: number, ...(rowsPerSecond && { rowsPerSecond }) },
      ]);
    } catch (error) {
      failures += 1;
      await waitOrThrow(error, failures, input, view);
      continue;
    }
    failures = 0;
    plan = { ...plan, epoch: result.epoch, lockValue: result.lockValue };
    view.sliced(number, result);
    if (result.done) return;
    if (workflowInfo().continueAsNewSuggested) {
      const progress = { deleted: result.deleted, batches: result.batches };
      await continueAsNew<(next: JobInput) => Promise<unknown>>({
        ...input,
        carried: { plan, lastSlice: number, progress },
      });
    }
  }
};

const waitOrThrow = async (
  error: unknown,
  failures: number,
  { job }: JobInput,
  view: JobView,
): Promise<void> => {
  const { backoffSeconds } = job.settings;
  const { code, message } = errorOf(error);
  const wait = backoffSeconds[failures - 1];
  if (isCancellation(error) || !WORTH_WAITING.includes(code) || wait === undefined) throw error;
  view.waitingToRetry(message, wait);
  await sleep(wait * 1000, { summary: backoffSummary(code, failures, backoffSeconds.length) });
  view.running();
};
