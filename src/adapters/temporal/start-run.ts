// Starts a run directly, as `sexton run` and the demo do.

import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { type Client, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import { ulid } from 'ulid';
import { manualRunWorkflowId, ORCHESTRATION_QUEUE } from '../../domain/ids.ts';
import type { JobInput, JobSnapshot, RunRequest } from '../../domain/job.ts';
import { jobStaticDetails, jobStaticSummary } from '../../domain/job-text.ts';

/** The handle's first execution run id is the run's id everywhere. */
export const startRun = async (
  client: Client,
  job: JobSnapshot,
  request: RunRequest,
): Promise<WorkflowHandleWithFirstExecutionRunId> => {
  const input: JobInput = { job, request: { trigger: 'manual', ...request } };
  return client.workflow.start('job', {
    taskQueue: ORCHESTRATION_QUEUE,
    workflowId: manualRunWorkflowId(job.pack, job.name, ulid()),
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    args: [input],
    staticSummary: jobStaticSummary(job),
    staticDetails: jobStaticDetails(job),
  });
};
