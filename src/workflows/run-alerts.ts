// A run watches its own budget while it goes on, and reports how it ended. When the door does not answer, it rings
// by itself: a breach must not wait for the database that may have caused it.
import { CancellationScope, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import type { Report } from '../domain/alert.ts';
import { degradedEscalationWorkflowId } from '../domain/ids.ts';
import type { JobInput, RunPlan } from '../domain/job.ts';
import { budgetReport, crossings, failureReport, type Subject } from '../domain/job-alerts.ts';
import type { Ending, RunResult } from '../domain/run.ts';
import { handOver, startEscalation } from './hand-over.ts';
import { observeWithin } from './proxies.ts';

export interface RunAlerts {
  /** Watches the budget until `end`. */
  readonly watch: (plan: RunPlan) => void;
  /** Reports the ending; waits until it is told or rung. */
  readonly end: (result: RunResult, ending: Ending) => Promise<void>;
}

/** Just past the line: limits are strict. */
const JUST_PAST_MS = 10;

export const createRunAlerts = ({ job, request = {} }: JobInput, runId: string): RunAlerts => {
  const budgetSeconds = request.budgetSeconds ?? job.budgetSeconds;
  const timers = new CancellationScope();
  let subject: Subject | undefined;
  let watching: Promise<void> = Promise.resolve();

  const report = async (reports: readonly (Report | undefined)[]): Promise<void> => {
    const given = reports.filter((each) => each !== undefined);
    if (given.length === 0) return;
    const found = await observeWithin(job.settings.ringAfterSeconds)({ reports: given }).catch(
      () => undefined,
    );
    if (found) await handOver(found);
    else await ring(given);
  };

  const ring = async (reports: readonly Report[]): Promise<void> => {
    const loud = reports.find(({ firing }) => firing !== undefined);
    if (!loud?.firing || !subject || subject.ringing) return;
    const workflowId = degradedEscalationWorkflowId(job.pack, job.name, runId);
    subject = { ...subject, ringing: workflowId };
    await startEscalation(workflowId, {
      v: 1,
      degraded: { report: loud },
      incident: {
        id: workflowId,
        number: 0,
        seq: 0,
        state: 'open',
        firing: loud.firing,
        firstFiredAt: new Date().toISOString(),
        policy: loud.rule.routes[loud.firing.severity],
        reopenWithinSeconds: loud.rule.reopenWithinSeconds,
      },
    });
  };

  const seconds = (): number => (Date.now() - Date.parse(subject?.startedAt ?? '')) / 1000;

  const cross = async (): Promise<void> => {
    for (const line of crossings(job.alerts ?? {}, budgetSeconds)) {
      const ms = line * 1000 + JUST_PAST_MS - seconds() * 1000;
      if (ms > 0)
        await timers.run(() => sleep(ms, { summary: `budget: ${line} s of ${budgetSeconds} s used` }));
      // The next line may have been passed while this one was being told.
      if (subject) await report([budgetReport(subject, seconds(), true)]);
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
      subject ??= {
        job,
        runId,
        workflowId: workflowInfo().workflowId,
        startedAt: new Date().toISOString(),
        budgetSeconds,
      };
      const failed = state === 'failed' || state === 'blocked';
      await report([
        failed ? undefined : budgetReport(subject, durationSeconds, false),
        failureReport(subject, { failed, ...ending.error }),
      ]);
    },
  };
};
