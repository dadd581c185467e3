// Starts one tick of a health check directly, as `sexton health` does.
import { type Client, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import { ulid } from 'ulid';
import type { HealthInput, HealthResult } from '../../domain/health/health.ts';
import { healthStaticDetails, healthStaticSummary } from '../../domain/health/text.ts';
import { manualHealthWorkflowId, ORCHESTRATION_QUEUE } from '../../domain/ids.ts';

export interface StartedHealthCheck {
  readonly workflowId: string;
  readonly result: () => Promise<HealthResult>;
}

export const startHealthCheck = async (client: Client, input: HealthInput): Promise<StartedHealthCheck> => {
  const { check } = input;
  const workflowId = manualHealthWorkflowId(check.pack, check.name, ulid());
  const handle = await client.workflow.start('healthCheck', {
    taskQueue: ORCHESTRATION_QUEUE,
    workflowId,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    args: [input],
    staticSummary: healthStaticSummary(check),
    staticDetails: healthStaticDetails(check),
  });
  return { workflowId, result: () => handle.result() };
};
