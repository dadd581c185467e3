// One update of a workflow, and what came of it: an answer, a refusal, or silence.
import {
  type Client,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, rootCause } from '@temporalio/common';
import { UnknownNameError } from '../catalog/catalog.ts';
import { FAILURE_TYPES } from '../domain/failure.ts';

export type Asked<T> =
  | { readonly answer: T }
  | { readonly refused: string }
  /** It could not be found out, or could not be done. */
  | { readonly unanswered: string };

export interface Question {
  readonly workflowId: string;
  /** First run id of the run that is meant, so that a later one of the same workflow id is not asked. */
  readonly runId?: string | undefined;
  readonly update: string;
  readonly event: object;
}

/** Above what a workflow takes to answer while Postgres is away; an answer usually takes a moment. */
const ANSWER_WITHIN_SECONDS = 30;

/** What Temporal itself calls an update whose workflow ended before it was answered. */
const ENDED_MEANWHILE = 'AcceptedUpdateCompletedWorkflow';

const REFUSALS: ReadonlySet<string> = new Set([FAILURE_TYPES.controlRefused, ENDED_MEANWHILE]);

/** Rejects with UnknownNameError where there never was such a workflow. */
export const ask = async <T>(
  client: Client,
  { workflowId, runId, update, event }: Question,
  withinSeconds = ANSWER_WITHIN_SECONDS,
): Promise<Asked<T>> => {
  const handle = client.workflow.getHandle(workflowId, undefined, {
    ...(runId !== undefined && { firstExecutionRunId: runId }),
  });
  try {
    const answer = await client.withDeadline(Date.now() + withinSeconds * 1000, () =>
      handle.executeUpdate<T, [object]>(update, { args: [event] }),
    );
    return { answer };
  } catch (error) {
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      return {
        unanswered:
          `${workflowId} did not answer within ${withinSeconds} s; perhaps no worker runs. ` +
          'What was asked may still be done once one does: look before asking again',
      };
    }
    if (error instanceof WorkflowNotFoundError) return { refused: await whatBecameOf(client, workflowId) };
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    const { cause } = error;
    const refused = cause instanceof ApplicationFailure && REFUSALS.has(cause.type ?? '');
    const words = rootCause(cause) ?? error.message;
    return refused ? { refused: words } : { unanswered: `${workflowId} could not do it: ${words}` };
  }
};

const whatBecameOf = async (client: Client, workflowId: string): Promise<string> => {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return `${workflowId} is over: ${status.name.toLowerCase().replaceAll('_', ' ')}`;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new UnknownNameError(`no workflow ${workflowId}; \`temporal workflow list\` lists them`, []);
  }
};
