// Time of activities that is passed without waiting: the server is told of it, and does then what it would have done later.
import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { eventually } from './eventually.ts';

/** Ends the time that is left for a workflow's activity of this name, once it has failed and is to be tried again. */
export const runOutOfTime = async (client: Client, workflowId: string, activity: string): Promise<void> => {
  await eventually(`${activity} is to be tried again`, async () => {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    return (raw.pendingActivities ?? []).some(
      ({ activityType, attempt }) => activityType?.name === activity && (attempt ?? 0) > 1,
    );
  });
  await client.workflowService.updateActivityOptions({
    namespace: client.options.namespace,
    execution: { workflowId },
    type: activity,
    activityOptions: { scheduleToCloseTimeout: msToTs(1) },
    updateMask: { paths: ['schedule_to_close_timeout'] },
  });
};

/** Ends the pause before its next try; one that has been tried since needs no more. */
export const tryAgainNow = async (client: Client, workflowId: string, activity: string): Promise<void> => {
  const { namespace } = client.options;
  await client.workflowService
    .resetActivity({ namespace, execution: { workflowId }, type: activity })
    .catch(() => {});
};
