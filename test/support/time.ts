// Virtual time on the real server (1.32): one execution's timers are skipped, nothing else moves. Young and
// reachable by raw gRPC only, so it stays behind this file.
import type { Client } from '@temporalio/client';

/** Lets an execution jump from timer to timer while it has no activity in flight. */
export const skipTime = async (client: Client, workflowId: string): Promise<void> => {
  await client.workflowService.updateWorkflowExecutionOptions({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    workflowExecutionOptions: { timeSkippingConfig: { enabled: true } },
    updateMask: { paths: ['time_skipping_config'] },
  } as never);
};
