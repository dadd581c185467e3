// A run watches its own budget while it goes on, and reports how it ended.
import { CancellationScope, isCancellation, patched, sleep, workflowInfo } from '@temporalio/workflow';
import type { Report } from '../../domain/alerts/alert.ts';
import {
  budgetReport,
  crossings,
  failureReport,
  foresightReport,
  isBelowBands,
  outOfSightReport,
  type Subject,
  throttleReport,
} from '../../domain/jobs/alerts.ts';
import type { Outlook } from '../../domain/jobs/foresight.ts';
import type { JobInput, RunPlan } from '../../domain/jobs/job.ts';
import type { Ending, RunResult } from '../../domain/jobs/run.ts';
import { utilization } from '../../domain/jobs/sla.ts';
import { type ApprovalAlerts, createApprovalAlerts } from './approval-alerts.ts';
import { createReporter } from './reporter.ts';

export interface RunAlerts extends ApprovalAlerts {
  /** Watches the budget until `end`. */
  readonly watch: (plan: RunPlan) => void;
  /** Reports once that the run has been throttled for longer than it may. */
  readonly throttled: (seconds: number, reason: string) => void;
  /** Tells that the budget will be broken, or that it will not be after all; false where there is nothing to be told. */
  readonly foresees: (news: 'beyond' | 'within', outlook: Outlook) => boolean;
  /** What it is telling of what it foresaw; undefined where there was nothing. */
  readonly telling: () => Promise<void> | undefined;
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
  let tellsThrottle: Promise<void> | undefined;
  let foreseeing: Promise<void> | undefined;
  let inSight = false;

  const reporter = createReporter({ job, runId });
  const { report } = reporter;
  const waits = createApprovalAlerts({ job, runId, budgetSeconds, reporter });

  const seconds = (): number => (Date.now() - Date.parse(subject?.startedAt ?? '')) / 1000;

  const cross = async (): Promise<void> => {
    for (const line of crossings(job.alerts ?? {}, budgetSeconds)) {
      const ms = line * 1000 + JUST_PAST_MS - seconds() * 1000;
      if (ms > 0)
        await timers.run(() => sleep(ms, { summary: `budget: ${line} s of ${budgetSeconds} s used` }));
      onCross();
      // In their order: told after this, what it foresaw would take it back.
      if (foreseeing) await foreseeing;
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
    throttled: (throttledSeconds, reason) => {
      tellsThrottle ??= CancellationScope.nonCancellable(() =>
        report(() => [subject && throttleReport(subject, seconds(), { seconds: throttledSeconds, reason })]),
      );
    },
    foresees: (news, outlook) => {
      const told = subject;
      if (!told || !isBelowBands(job.alerts ?? {}, utilization(seconds(), budgetSeconds))) return false;
      // That it is throttled for too long is told by the same alert, and still true.
      if (news === 'within' && tellsThrottle) return false;
      // Asked here and not at the start, so that a run with nothing to foresee has no marker in its history.
      if (!patched('foresees-a-breach')) return false;
      inSight = news === 'beyond';
      const make = () => [
        news === 'beyond' ? foresightReport(told, seconds(), outlook) : outOfSightReport(told, seconds()),
      ];
      const before = foreseeing ?? Promise.resolve();
      foreseeing = before.then(() => CancellationScope.nonCancellable(() => report(make)));
      return true;
    },
    telling: () => foreseeing,
    waitsForApproval: waits.waitsForApproval,
    answered: waits.answered,
    end: async (result, ending) => {
      timers.cancel();
      await watching;
      if (waits.told()) await waits.told();
      if (tellsThrottle) await tellsThrottle;
      if (foreseeing) await foreseeing;
      const { state, durationSeconds } = result;
      // A breach that was only in sight cannot come any more.
      const moot = (): Report | undefined =>
        inSight && subject ? outOfSightReport(subject, seconds()) : undefined;
      if (state === 'stopped' && inSight) await report(() => [moot()]);
      if (state === 'skipped' || state === 'stopped') return;
      const ended: Subject = subject ?? {
        job,
        runId,
        workflowId: workflowInfo().workflowId,
        // By the clock that the wait was told by: what is older than that would change nothing.
        startedAt: waits.askedAt() ?? new Date().toISOString(),
        budgetSeconds,
      };
      const failed = state === 'failed' || state === 'blocked';
      await report(() => [
        failed ? moot() : budgetReport(ended, durationSeconds, false),
        failureReport(ended, { failed, ...ending.error }),
      ]);
    },
  };
};
