// A run watches its own budget while it goes on, and reports how it ended. When the door does not answer, it rings
// by itself: a breach must not wait for the database that may have caused it.
import { CancellationScope, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import type { Firing, Report } from '../domain/alert.ts';
import { degradedEscalationWorkflowId, incidentId } from '../domain/ids.ts';
import type { JobInput, RunPlan } from '../domain/job.ts';
import { budgetReport, crossings, failureReport, type Subject } from '../domain/job-alerts.ts';
import type { Ending, RunResult } from '../domain/run.ts';
import { handOver, startEscalation, worsenEscalation } from './hand-over.ts';
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

  /** Ladders that tell of this run, by the name of their rule: the incident's, or one that the run rang by itself. */
  const ladders = new Map<string, string>();
  const rung = new Map<string, string>();

  type Given = readonly (Report | undefined)[];

  /** Made anew where the run has to ring: what was a warning may be worse by then. */
  const report = async (make: () => Given): Promise<void> => {
    const given = make().filter((each) => each !== undefined);
    if (given.length === 0) return;
    const reports = given.map((each) => {
      const ringing = rung.get(each.rule.name);
      return { ...each, ...(ringing !== undefined && { ringing }) };
    });
    const found = await observeWithin(job.settings.ringAfterSeconds)({ reports }).catch(() => undefined);
    if (!found) {
      for (const each of make()) if (each?.firing) await ring(each, each.firing);
      return;
    }
    await handOver(found);
    for (const { rule } of given) {
      const own = found.find(
        ({ number, incident: { id, firing } }) =>
          id === incidentId(rule.pack, rule.name, number) && firing.payload['run_id'] === runId,
      );
      if (own) ladders.set(rule.name, own.workflowId);
    }
  };

  const ring = async (loud: Report, firing: Firing): Promise<void> => {
    const { rule } = loud;
    const policy = rule.routes[firing.severity];
    const going = ladders.get(rule.name);
    if (going && (await worsenEscalation(going, { firing, policy }))) return;
    const first = degradedEscalationWorkflowId(job.pack, job.name, runId);
    const workflowId = rung.get(rule.name) ?? (rung.size === 0 ? first : `${first}/${rule.name}`);
    ladders.set(rule.name, workflowId);
    rung.set(rule.name, workflowId);
    await startEscalation(workflowId, {
      v: 1,
      degraded: { report: loud },
      incident: {
        id: workflowId,
        number: 0,
        seq: 0,
        state: 'open',
        firing,
        firstFiredAt: new Date().toISOString(),
        policy,
        reopenWithinSeconds: rule.reopenWithinSeconds,
      },
    });
  };

  const seconds = (): number => (Date.now() - Date.parse(subject?.startedAt ?? '')) / 1000;

  const cross = async (): Promise<void> => {
    for (const line of crossings(job.alerts ?? {}, budgetSeconds)) {
      const ms = line * 1000 + JUST_PAST_MS - seconds() * 1000;
      if (ms > 0)
        await timers.run(() => sleep(ms, { summary: `budget: ${line} s of ${budgetSeconds} s used` }));
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
