// Hands an incident over from outside a workflow: starts its escalation or signals the one that runs, in one call.
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import type { HandOver } from '../../domain/alerts/alert.ts';
import type { EscalationInput } from '../../domain/alerts/escalation.ts';
import {
  escalationAttributes,
  escalationPlan,
  escalationSummary,
} from '../../domain/alerts/escalation-text.ts';
import { ORCHESTRATION_QUEUE } from '../../domain/ids.ts';

/** False where the escalation has run and ended well: it closed its incident, so there is nothing to tell. */
export const signalWithStartEscalation = async (
  client: Client,
  { workflowId, incident, stored }: HandOver,
): Promise<boolean> => {
  const input: EscalationInput = { v: 2, incident, ...(stored && { stored }) };
  try {
    await client.workflow.signalWithStart('escalation', {
      taskQueue: ORCHESTRATION_QUEUE,
      workflowId,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      args: [input],
      signal: 'observed',
      signalArgs: [incident],
      staticSummary: escalationSummary(incident),
      staticDetails: escalationPlan(incident),
      typedSearchAttributes: [
        ...escalationAttributes(incident, incident.state === 'open' ? 'open' : 'resolved'),
      ],
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
};
