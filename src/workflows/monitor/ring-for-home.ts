// Rings without Postgres for everything that is no run: one ladder for all of them, started by whoever is first.
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
  workflowInfo,
} from '@temporalio/workflow';
import type { EscalationInput } from '../../domain/alerts/escalation.ts';
import { escalationPlan, escalationSummary } from '../../domain/alerts/escalation-text.ts';
import { HOME_DATABASE_ESCALATION_ID } from '../../domain/ids.ts';
import { homeDatabaseAway } from '../../domain/monitors/home-database.ts';
import type { MonitorSnapshot } from '../../domain/monitors/monitor.ts';

/** Returns the ladder that rings, whoever started it. */
export const ringForHome = async (
  monitor: MonitorSnapshot,
  away: { readonly tick: string; readonly seconds: number },
): Promise<string> => {
  const workflowId = HOME_DATABASE_ESCALATION_ID;
  const report = homeDatabaseAway(monitor, away);
  const { firing, rule } = report;
  const input: EscalationInput = {
    v: 2,
    degraded: { report },
    incident: {
      // Of this outage alone: what providers were told of an earlier one must not be taken for a repeat of it.
      id: `${workflowId}@${away.tick}`,
      number: 0,
      seq: 0,
      state: 'open',
      firing,
      firstFiredAt: new Date().toISOString(),
      policy: rule.routes[firing.severity],
      reopenWithinSeconds: rule.reopenWithinSeconds,
    },
  };
  try {
    await startChild('escalation', {
      workflowId,
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      // The next outage rings again, however the ladder of the last one ended.
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      taskQueue: workflowInfo().taskQueue,
      staticSummary: escalationSummary(input.incident),
      staticDetails: escalationPlan(input.incident),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return workflowId;
};
