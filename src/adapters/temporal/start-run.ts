// Starts a run directly, as `sexton run`, the demo and an incident's retry do.
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import { ulid } from 'ulid';
import { manualRunWorkflowId, ORCHESTRATION_QUEUE, retryRunWorkflowId } from '../../domain/ids.ts';
import type { JobInput, JobSnapshot, RunRequest } from '../../domain/jobs/job.ts';
import { jobStaticDetails, jobStaticSummary } from '../../domain/jobs/text.ts';

const start = (
  client: Client,
  workflowId: string,
  input: JobInput,
): Promise<WorkflowHandleWithFirstExecutionRunId> => {
  const { job } = input;
  return client.workflow.start('job', {
    taskQueue: ORCHESTRATION_QUEUE,
    workflowId,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    args: [input],
    staticSummary: jobStaticSummary(job),
    staticDetails: jobStaticDetails(job),
  });
};

/** The handle's first execution run id is the run's id everywhere. */
export const startRun = (
  client: Client,
  job: JobSnapshot,
  request: RunRequest,
): Promise<WorkflowHandleWithFirstExecutionRunId> =>
  start(client, manualRunWorkflowId(job.pack, job.name, ulid()), {
    job,
    request: { trigger: 'manual', ...request },
  });

/** One per failed run: asked again, it answers with the run that was started then. */
export const startRetry = async (
  client: Client,
  job: JobSnapshot,
  request: RunRequest & { readonly retryOf: string },
): Promise<string> => {
  const workflowId = retryRunWorkflowId(request.retryOf);
  try {
    await start(client, workflowId, { job, request: { ...request, trigger: 'retry' } });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return workflowId;
};
