// An incident's first news that is handed over more than once, as after a crash between telling and marking.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tellEscalation } from '../../src/adapters/temporal/start-escalation.ts';
import { aReport, type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aRule } from '../support/alerts/policies.ts';
import { unique } from '../support/stack.ts';

let bell: Bell;
beforeAll(async () => {
  bell = await openBell();
});
afterAll(() => bell.close());

it('starts one escalation, which hears it again as news, and another only where that was lost', async () => {
  const rule = aRule({ name: unique('rule') });
  const found = await bell.observe(aReport(rule, 'critical'));
  if (!found) throw new Error('nothing was handed over');
  const first = await bell.client.workflow.getHandle(found.workflowId).describe();
  expect(await tellEscalation(bell.client, found)).toBe(true);
  const again = await bell.client.workflow.getHandle(found.workflowId).describe();
  expect(again.runId).toBe(first.runId);
  await bell.client.workflow.getHandle(found.workflowId).terminate('only to see it started anew');
  expect(await tellEscalation(bell.client, found)).toBe(true);
  const anew = await bell.client.workflow.getHandle(found.workflowId).describe();
  expect(anew.runId).not.toBe(first.runId);
});
