// Tells an incident's escalation its newest state: starts it as a child that outlives the run, or signals the one
// that is there. Whoever dies in between is made up for by reconcile.
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
  workflowInfo,
} from '@temporalio/workflow';
import type { HandOver, IncidentState } from '../domain/alerts/alert.ts';
import type { EscalationInput } from '../domain/alerts/escalation.ts';
import { escalationAttributes, escalationPlan, escalationSummary } from '../domain/alerts/escalation-text.ts';
import { acknowledgeSignal, observedSignal, type Worse, worsenedSignal } from './messages.ts';
import { markHandedOver } from './proxies.ts';

/** The most that one run starts as children; reconcile hands over the rest. */
const MOST_CHILDREN = 20;

export const handOver = async (found: readonly HandOver[]): Promise<void> => {
  for (const each of found.slice(0, MOST_CHILDREN)) {
    const told = await tell(each);
    // What is told but not marked is told again by reconcile, which changes nothing.
    if (told) await markHandedOver({ number: each.number, seq: each.seq }).catch(() => {});
  }
};

const tell = async ({ workflowId, incident, stored }: HandOver): Promise<boolean> => {
  const input: EscalationInput = { v: 2, incident, ...(stored && { stored }) };
  if (incident.state === 'open' && (await startEscalation(workflowId, input))) return true;
  return signalEscalation(workflowId, incident);
};

/** False where it runs already, or has run and ended well; `again` starts one that has ended well, too. */
export const startEscalation = async (
  workflowId: string,
  input: EscalationInput,
  { again = false }: { readonly again?: boolean } = {},
): Promise<boolean> => {
  try {
    await startChild('escalation', {
      workflowId,
      args: [input],
      // Both: the policy lets it outlive the run, the type lets it outlive the run's cancellation.
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      workflowIdReusePolicy: again
        ? WorkflowIdReusePolicy.ALLOW_DUPLICATE
        : WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
      taskQueue: workflowInfo().taskQueue,
      staticSummary: escalationSummary(input.incident),
      staticDetails: escalationPlan(input.incident),
      typedSearchAttributes: [...escalationAttributes(input.incident, 'open')],
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
};

const signalEscalation = (workflowId: string, incident: IncidentState): Promise<boolean> =>
  getExternalWorkflowHandle(workflowId)
    .signal(observedSignal, incident)
    .then(
      () => true,
      () => false,
    );

/** False where no such ladder is going on. */
export const worsenEscalation = (workflowId: string, worse: Worse): Promise<boolean> =>
  getExternalWorkflowHandle(workflowId)
    .signal(worsenedSignal, worse)
    .then(
      () => true,
      () => false,
    );

/** False where no such ladder is going on. */
export const acknowledgeEscalation = (
  workflowId: string,
  who: { readonly by: string; readonly note: string },
): Promise<boolean> =>
  getExternalWorkflowHandle(workflowId)
    .signal(acknowledgeSignal, who)
    .then(
      () => true,
      () => false,
    );
