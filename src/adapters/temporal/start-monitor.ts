// Starts one evaluation of a monitor directly, as `sexton run` does.
import { type Client, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import { ulid } from 'ulid';
import { manualMonitorWorkflowId, ORCHESTRATION_QUEUE } from '../../domain/ids.ts';
import type { MonitorInput, MonitorResult } from '../../domain/monitors/evaluation.ts';
import { monitorStaticDetails, monitorStaticSummary } from '../../domain/monitors/text.ts';

export interface StartedMonitor {
  readonly workflowId: string;
  readonly result: () => Promise<MonitorResult>;
}

/** Rejects with WorkflowExecutionAlreadyStartedError where the id is another one's. Default: an id of its own. */
export const startMonitor = async (
  client: Client,
  input: MonitorInput,
  workflowId = manualMonitorWorkflowId(input.monitor.pack, input.monitor.name, ulid()),
): Promise<StartedMonitor> => {
  const { monitor } = input;
  const handle = await client.workflow.start('monitor', {
    taskQueue: ORCHESTRATION_QUEUE,
    workflowId,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    args: [input],
    staticSummary: monitorStaticSummary(monitor),
    staticDetails: monitorStaticDetails(monitor),
  });
  return { workflowId, result: () => handle.result() };
};
