// Leaves a Temporal that goes on living as it was: no schedule and no open workflow of ours.
import type { Client } from '@temporalio/client';
import { SCHEDULE_PREFIX } from '../../src/domain/ids.ts';
import { atOnce } from '../shared/at-once.ts';

const OURS = ['escalation', 'monitor', 'reconcile', 'floor'];

const AT_ONCE = 50;

export const clearNamespace = async (client: Client): Promise<void> => {
  for await (const { scheduleId } of client.schedule.list())
    if (scheduleId.startsWith(SCHEDULE_PREFIX)) await client.schedule.getHandle(scheduleId).delete();
  const types = OURS.map((type) => `'${type}'`).join(', ');
  const open: string[] = [];
  for await (const { workflowId } of client.workflow.list({
    query: `ExecutionStatus = 'Running' AND WorkflowType IN (${types})`,
  }))
    open.push(workflowId);
  await atOnce(open, AT_ONCE, (id) =>
    client.workflow
      .getHandle(id)
      .terminate('the benchmark is over')
      .catch(() => {}),
  );
};
