// The middle of a run: step after step, each slice after slice until nothing is left for it to do. A failed slice is waited
// for in sight (state `waitingToRetry`) and tried again under a new number; after the last wait the run fails.
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { SliceResult } from '../../activities/slice/slice.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { JobInput, RunPlan } from '../../domain/jobs/job.ts';
import { backoffSummary, sliceSummary } from '../display.ts';
import { sliceActivity, timeoutOf } from '../proxies.ts';
import { errorOf } from './endings.ts';
import { createForesight } from './foresight.ts';
import type { RunControl } from './job-control.ts';
import type { JobView } from './job-view.ts';
import { createThrottleWaits, type ThrottleParts } from './throttled.ts';
import { historyEvents } from './waits.ts';

/** Failures that time may heal. */
const WORTH_WAITING: readonly string[] = [FAILURE_TYPES.batchFailed, FAILURE_TYPES.lockBackendUnavailable];

export const runSlices = async (
  input: JobInput,
  begun: RunPlan,
  { view, control, alerts }: ThrottleParts,
): Promise<void> => {
  const { job, request = {} } = input;
  const slice = sliceActivity(job);
  const { rowsPerSecond } = request;
  const steps = job.steps.map(({ name }) => name);
  let place = Math.max(0, steps.indexOf(input.carried?.step ?? ''));
  let plan = begun;
  let number = input.carried?.lastSlice ?? 0;
  let failures = 0;
  // A pause lets go of the lock: that it is gone afterwards is no mishap.
  let letGo = false;
  const throttle = createThrottleWaits(job, { view, control, alerts });
  const foresight = createForesight(input, begun, alerts);

  while (place < steps.length) {
    letGo ||= control.held();
    await control.goOn();
    number += 1;
    const step = steps[place] ?? '';
    const timeout = timeoutOf(job.steps[place]);
    view.atStep(step);
    const given = { job, plan, slice: number, step, ...(rowsPerSecond && { rowsPerSecond }) };
    const waitIfFailedSeconds = job.settings.backoffSeconds[failures];
    const wait = waitIfFailedSeconds === undefined ? {} : { waitIfFailedSeconds };
    const summary = sliceSummary(number, view.deleted());
    let result: SliceResult;
    const from = Date.now();
    try {
      const asked = { ...given, ...wait, ...throttle.given(), ...foresight.given(number) };
      result = await control.slice(() => slice.executeWithOptions({ summary, ...timeout }, [asked]));
    } catch (error) {
      foresight.worked(from);
      failures += 1;
      await waitOrThrow(error, failures, input, { view, control });
      continue;
    }
    foresight.worked(from);
    failures = 0;
    const raised = Math.max(0, result.epoch - plan.epoch - (letGo ? 1 : 0));
    view.befell({ attempt: result.attempt, raised });
    letGo = false;
    plan = { ...plan, epoch: result.epoch, lockValue: result.lockValue };
    if (result.done) place += 1;
    const over = place === steps.length;
    view.sliced(number, result, over ? undefined : foresight.look(step, result));
    if (over) return;
    await throttle.after(result);
    if (workflowInfo().continueAsNewSuggested && !control.held()) {
      const telling = alerts.telling();
      if (telling) await telling;
      await condition(allHandlersFinished);
      const progress = { deleted: result.deleted, batches: result.batches };
      const mishaps = view.mishaps();
      await continueAsNew<(next: JobInput) => Promise<unknown>>({
        ...input,
        carried: {
          plan,
          lastSlice: number,
          step: steps[place] ?? '',
          progress,
          ...(mishaps && { mishaps }),
          waits: control.waits.sums(),
          historyEvents: historyEvents(input),
          sight: foresight.sight(),
        },
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
  const { code, message, retryAfterSeconds = 0, detail = code, attempt } = errorOf(error);
  const declared = backoffSeconds[failures - 1];
  if (isCancellation(error) || !WORTH_WAITING.includes(code) || declared === undefined) throw error;
  const wait = Math.max(declared, retryAfterSeconds);
  view.befell({ attempt, failed: detail });
  view.waitingToRetry(message, wait);
  const from = Date.now();
  try {
    await control.backOff(wait * 1000, backoffSummary(code, failures, backoffSeconds.length));
  } finally {
    control.waits.since(from, 'waitingMs');
  }
  if (!control.held()) view.running();
};
