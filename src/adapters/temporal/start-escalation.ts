// Hands an incident over from outside a workflow: starts its escalation, or signals the one that runs.
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
export const tellEscalation = async (client: Client, handOver: HandOver): Promise<boolean> =>
  (isFirstNews(handOver) && (await startEscalation(client, handOver))) ||
  signalWithStartEscalation(client, handOver);

/** Nobody can know more yet: then a start says everything, at half the cost of a start that signals as well. */
const isFirstNews = ({ incident: { seq, state } }: HandOver): boolean => seq === 1 && state === 'open';

const optionsOf = ({ workflowId, incident, stored }: HandOver) => {
  const input: EscalationInput = { v: 2, incident, ...(stored && { stored }) };
  return {
    taskQueue: ORCHESTRATION_QUEUE,
    workflowId,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    args: [input],
    staticSummary: escalationSummary(incident),
    staticDetails: escalationPlan(incident),
    typedSearchAttributes: [
      ...escalationAttributes(incident, incident.state === 'open' ? 'open' : 'resolved'),
    ],
  };
};

const unlessItIs = async (started: Promise<unknown>): Promise<boolean> => {
  try {
    await started;
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
};

/** False where it runs, which may be a ladder that rang without Postgres and must be told, or has ended. */
const startEscalation = (client: Client, handOver: HandOver): Promise<boolean> =>
  unlessItIs(client.workflow.start('escalation', optionsOf(handOver)));

const signalWithStartEscalation = (client: Client, handOver: HandOver): Promise<boolean> =>
  unlessItIs(
    client.workflow.signalWithStart('escalation', {
      ...optionsOf(handOver),
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      signal: 'observed',
      signalArgs: [handOver.incident],
    }),
  );
