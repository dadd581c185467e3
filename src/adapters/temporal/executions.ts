// Questions to Temporal about executions: is this run still going, and which runs closed without a word.
import { type Client, defaultPayloadConverter, WorkflowNotFoundError } from '@temporalio/client';
import { fromPayloadsAtIndex } from '@temporalio/common/lib/converter/payload-converter.js';

/**
 * Whether the run with this first execution run id is over. Asked without a run id, so that a run which
 * continued as new counts as going on; an id that a later run has taken over is over for this one.
 */
export const isClosed = async (client: Client, workflowId: string, firstRunId: string): Promise<boolean> =>
  (await latestUnder(client, workflowId, firstRunId)) !== 'running';

/** `unknown`: this Temporal has never heard of it, or has forgotten it; another one may know it. */
export type OwnerState = 'running' | 'closed' | 'unknown';

/** What Temporal knows of the owner of a lock; a run that continued as new is still running. */
export const ownerState = async (
  client: Client,
  workflowId: string,
  firstRunId: string,
): Promise<OwnerState> => {
  const latest = await latestUnder(client, workflowId, firstRunId);
  if (latest !== 'another') return latest;
  // Another Temporal may have runs of the same id: schedules make theirs from the tick alone.
  return orUnknown<OwnerState>(async () => {
    await client.workflow.getHandle(workflowId, firstRunId).describe();
    return 'closed';
  });
};

/** What the newest run of this id is to the one with this first run id. */
const latestUnder = (
  client: Client,
  workflowId: string,
  firstRunId: string,
): Promise<OwnerState | 'another'> =>
  orUnknown(async () => {
    const { raw, status } = await client.workflow.getHandle(workflowId).describe();
    if (raw.workflowExecutionInfo?.firstRunId !== firstRunId) return 'another';
    return status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW' ? 'running' : 'closed';
  });

const orUnknown = async <T>(ask: () => Promise<T>): Promise<T | 'unknown'> => {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'unknown';
    throw error;
  }
};

/** Whether an execution of this id is going on now. */
export const isRunning = async (client: Client, workflowId: string): Promise<boolean> => {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
};

export interface ClosedExecution {
  readonly workflowId: string;
  readonly runId: string;
}

/**
 * Executions of a workflow type that ended within the last minutes in any way but by completing. A hint: visibility lags. Asked by
 * type, because a run that never reached a worker has no search attributes yet.
 */
export const listAbnormalCloses = async (
  client: Client,
  type: 'job' | 'escalation',
  sinceMs: number,
): Promise<readonly ClosedExecution[]> => {
  const since = new Date(Date.now() - sinceMs).toISOString();
  const query =
    `WorkflowType = '${type}' AND ExecutionStatus IN ('Terminated', 'TimedOut', 'Failed', 'Canceled') ` +
    `AND CloseTime > '${since}'`;
  const found: ClosedExecution[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query }))
    found.push({ workflowId, runId });
  return found;
};

/** First run id and input of an execution, read from its first event. */
export const readStart = async (
  client: Client,
  { workflowId, runId }: ClosedExecution,
): Promise<{ readonly firstRunId: string; readonly input: unknown } | undefined> => {
  const response = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const started = response.history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  if (!started?.firstExecutionRunId) return undefined;
  const input = fromPayloadsAtIndex(defaultPayloadConverter, 0, started.input?.payloads ?? []);
  return { firstRunId: started.firstExecutionRunId, input };
};
