// A run watches its own budget while it goes on, and reports how it ended.
import { CancellationScope, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import type { JobInput, RunPlan } from '../domain/job.ts';
import { budgetReport, crossings, failureReport, type Subject } from '../domain/job-alerts.ts';
import type { Ending, RunResult } from '../domain/run.ts';
import { createReporter } from './reporter.ts';

export interface RunAlerts {
  /** Watches the budget until `end`. */
  readonly watch: (plan: RunPlan) => void;
  /** Reports the ending; waits until it is told or rung. */
  readonly end: (result: RunResult, ending: Ending) => Promise<void>;
}

/** Just past the line: limits are strict. */
const JUST_PAST_MS = 10;

/** `onCross` hears of each line that the run crosses, before anybody is told. */
export const createRunAlerts = (
  { job, request = {} }: JobInput,
  runId: string,
  onCross: () => void,
): RunAlerts => {
  const budgetSeconds = request.budgetSeconds ?? job.budgetSeconds;
  const timers = new CancellationScope();
  let subject: Subject | undefined;
  let watching: Promise<void> = Promise.resolve();

  const report = createReporter({ job, runId });

  const seconds = (): number => (Date.now() - Date.parse(subject?.startedAt ?? '')) / 1000;

  const cross = async (): Promise<void> => {
    for (const line of crossings(job.alerts ?? {}, budgetSeconds)) {
      const ms = line * 1000 + JUST_PAST_MS - seconds() * 1000;
      if (ms > 0)
        await timers.run(() => sleep(ms, { summary: `budget: ${line} s of ${budgetSeconds} s used` }));
      onCross();
      // Whoever cancels the run now does not take back that its budget is broken.
      await CancellationScope.nonCancellable(() =>
        report(() => [subject && budgetReport(subject, seconds(), true)]),
      );
    }
  };

  return {
    watch: ({ startedAt }) => {
      subject = { job, runId, workflowId: workflowInfo().workflowId, startedAt, budgetSeconds };
      watching = cross().catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
    },
    end: async (result, ending) => {
      timers.cancel();
      await watching;
      const { state, durationSeconds } = result;
      if (state === 'skipped' || state === 'stopped') return;
      const ended: Subject = subject ?? {
        job,
        runId,
        workflowId: workflowInfo().workflowId,
        startedAt: new Date().toISOString(),
        budgetSeconds,
      };
      const failed = state === 'failed' || state === 'blocked';
      await report(() => [
        failed ? undefined : budgetReport(ended, durationSeconds, false),
        failureReport(ended, { failed, ...ending.error }),
      ]);
    },
  };
};
