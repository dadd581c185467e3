// Moves one execution's clock ahead (server 1.32, embedded stack only): its timers fire as if the time had passed,
// and nothing else moves. Young and reachable by raw gRPC only, so it stays behind this file.
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

interface Forward {
  readonly workflowId: string;
  readonly seconds: number;
}

/** Resolves once the execution has lived through that time, or has ended meanwhile. */
export const fastForward = async (client: Client, { workflowId, seconds }: Forward): Promise<void> => {
  const { namespace } = client.options;
  const workflowExecution = { workflowId };
  const id = randomUUID();
  const duration = msToTs(seconds * 1000);
  // The mask takes the field whole.
  await client.workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution,
    workflowExecutionOptions: { timeSkippingConfig: { enabled: true, fastForwardConfig: { id, duration } } },
    updateMask: { paths: ['time_skipping_config'] },
  });
  await client.workflowService.pollWorkflowExecutionTimeSkipping({
    namespace,
    workflowExecution,
    fastForwardId: id,
  });
};
