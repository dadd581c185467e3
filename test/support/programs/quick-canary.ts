// A catalog whose only monitor is a canary that sings every few seconds, and the schedule that such a one needs: cron
// knows nothing below a minute.
import type { Client } from '@temporalio/client';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { findMonitor } from '../../../src/catalog/catalog.ts';
import { canarySql } from '../../../src/catalog/define/self-watch.ts';
import { CANARY } from '../../../src/domain/alerts/self.ts';
import { ORCHESTRATION_QUEUE, scheduledMonitorWorkflowId, scheduleIdOf } from '../../../src/domain/ids.ts';

const EVERY_SECONDS = 3;
/** Of a canary that is late. */
export const SLACK_SECONDS = 7;

export const withQuickCanary = (catalog: Catalog): Catalog => {
  const canary = findMonitor(catalog, CANARY.monitorId);
  const { sings } = canary.snapshot.measures;
  if (!sings) throw new Error('the canary does not sing');
  const measures = { sings: { ...sings, with: { ...sings.with, sql: canarySql(EVERY_SECONDS) } } };
  const snapshot = { ...canary.snapshot, cadenceSeconds: EVERY_SECONDS, measures };
  return { ...catalog, monitors: [{ ...canary, snapshot }] };
};

export const scheduleQuickCanary = async (client: Client, catalog: Catalog): Promise<void> => {
  const { pack, name, snapshot } = findMonitor(withQuickCanary(catalog), CANARY.monitorId);
  await client.schedule.create({
    scheduleId: scheduleIdOf(CANARY.monitorId),
    spec: { intervals: [{ every: EVERY_SECONDS * 1000 }] },
    action: {
      type: 'startWorkflow',
      workflowType: 'monitor',
      workflowId: scheduledMonitorWorkflowId(pack, name),
      taskQueue: ORCHESTRATION_QUEUE,
      args: [{ v: 1, monitor: snapshot, ringAfterSeconds: 60 }],
    },
    policies: { overlap: 'SKIP', catchupWindow: 10_000 },
  });
};
