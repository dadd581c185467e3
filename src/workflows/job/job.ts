// One run of a job: begin → slices → finish. Postgres owns what is gone; this owns what happens next. Whatever
// way a run ends, `finish` tells it, and where even that cannot be, reconcile does.
import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  ContinueAsNew,
  condition,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { JobInput, RunPlan } from '../../domain/jobs/job.ts';
import type { DryRunResult, Ending, RunResult } from '../../domain/jobs/run.ts';
import { finish, preview } from '../proxies.ts';
import { beginApproved } from './approval.ts';
import { endingOf } from './endings.ts';
import { evaluateMonitors } from './evaluate-after.ts';
import { createJobControl } from './job-control.ts';
import { createJobView } from './job-view.ts';
import { createRunAlerts } from './run-alerts.ts';
import { runSlices } from './slices.ts';
import { historyEvents } from './waits.ts';

export async function jobWorkflow(input: JobInput): Promise<RunResult | DryRunResult> {
  const { job, request = {} } = checked(input);
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const run = { runId: firstExecutionRunId, workflowId };
  const view = createJobView(input, run.runId);
  const control = createJobControl(input, run.runId, view);
  const alerts = createRunAlerts(input, run.runId, view.refresh);
  let plan: RunPlan | undefined = input.carried?.plan;
  let ending: Ending = { state: 'completed' };
  let cause: unknown;

  try {
    if (request.dryRun) {
      const result = await preview({ job, request, run });
      view.ended({ state: 'completed', deleted: 0, batches: 0 });
      return result;
    }
    const result = plan
      ? { begun: true as const, plan }
      : await beginApproved({ job, request, run }, { control, alerts });
    if (result.begun) {
      plan = result.plan;
      view.began(plan);
      alerts.watch(plan);
      await runSlices(input, plan, { view, control, alerts });
    } else {
      ending = { state: 'skipped', reason: `${job.lockKey} is held by ${result.heldBy}` };
    }
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    cause = error;
    ending = endingOf(error);
  }

  control.close();
  // Not cancellable: a cancelled run, too, lets go of its lock and says how it ended.
  const mishaps = view.mishaps();
  const measured = { waits: control.waits.sums(), historyEvents: historyEvents(input) };
  const result = await CancellationScope.nonCancellable(() =>
    finish({ job, request, run, ...(plan && { plan }), ending, ...(mishaps && { mishaps }), ...measured }),
  );
  view.ended(result);
  if (!request.dryRun) await CancellationScope.nonCancellable(() => alerts.end(result, ending));
  await evaluateMonitors(input, run.runId);
  await condition(allHandlersFinished);
  if (isCancellation(cause)) throw cause;
  if (ending.error) throw ApplicationFailure.nonRetryable(ending.error.message, ending.error.code);
  return result;
}

/** Typed by hand, it may be anything; without this it would fail its task for ever. */
const checked = (input: JobInput): JobInput => {
  if (input?.job?.v === 1) return input;
  throw ApplicationFailure.nonRetryable(
    'the input must be {"job": <snapshot>}; `sexton run JOB` and the schedules give it',
    FAILURE_TYPES.badInput,
  );
};
