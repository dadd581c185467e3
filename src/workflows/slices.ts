// The middle of a run: slice after slice until a whole pass found nothing more. A failed slice is waited for in
// sight (state `waitingToRetry`) and tried again under a new number; after the last wait the run fails.
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { SliceResult } from '../activities/job/slice.ts';
import { FAILURE_TYPES } from '../domain/failure.ts';
import type { JobInput, RunPlan } from '../domain/job.ts';
import { backoffSummary, sliceSummary } from './display.ts';
import { errorOf } from './endings.ts';
import type { RunControl } from './job-control.ts';
import type { JobView } from './job-view.ts';
import { sliceActivity } from './proxies.ts';

/** Failures that time may heal. */
const WORTH_WAITING: readonly string[] = [FAILURE_TYPES.batchFailed, FAILURE_TYPES.lockBackendUnavailable];

export const runSlices = async (
  input: JobInput,
  begun: RunPlan,
  { view, control }: { readonly view: JobView; readonly control: RunControl },
): Promise<void> => {
  const { job, request = {} } = input;
  const slice = sliceActivity(job);
  const { rowsPerSecond } = request;
  let plan = begun;
  let number = input.carried?.lastSlice ?? 0;
  let failures = 0;

  for (;;) {
    await control.goOn();
    number += 1;
    const given = { job, plan, slice: number, ...(rowsPerSecond && { rowsPerSecond }) };
    const waitIfFailedSeconds = job.settings.backoffSeconds[failures];
    const wait = waitIfFailedSeconds === undefined ? {} : { waitIfFailedSeconds };
    const summary = sliceSummary(number, view.deleted());
    let result: SliceResult;
    try {
      result = await control.slice(() => slice.executeWithOptions({ summary }, [{ ...given, ...wait }]));
    } catch (error) {
      failures += 1;
      await waitOrThrow(error, failures, input, { view, control });
      continue;
    }
    failures = 0;
    plan = { ...plan, epoch: result.epoch, lockValue: result.lockValue };
    view.sliced(number, result);
    if (result.done) return;
    if (workflowInfo().continueAsNewSuggested && !control.held()) {
      await condition(allHandlersFinished);
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
  { view, control }: { readonly view: JobView; readonly control: RunControl },
): Promise<void> => {
  const { backoffSeconds } = job.settings;
  const { code, message, retryAfterSeconds = 0 } = errorOf(error);
  const declared = backoffSeconds[failures - 1];
  if (isCancellation(error) || !WORTH_WAITING.includes(code) || declared === undefined) throw error;
  const wait = Math.max(declared, retryAfterSeconds);
  view.waitingToRetry(message, wait);
  await control.backOff(wait * 1000, backoffSummary(code, failures, backoffSeconds.length));
  if (!control.held()) view.running();
};
