// A run that breaks its budget while Postgres is away wakes somebody all the same, and once. In real time up to the breach,
// in virtual time from there.
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runOutOfTime, tryAgainNow } from '../support/activity-time.ts';
import { aReport } from '../support/alerts/escalation-worker.ts';
import { aRule } from '../support/alerts/policies.ts';
import { openRinging, type Ringing } from '../support/alerts/ringing.ts';
import { eventually } from '../support/eventually.ts';
import { unique } from '../support/stack.ts';

let scene: Ringing;
beforeAll(async () => {
  scene = await openRinging();
});
afterAll(() => scene.bell.close());
beforeEach(() => scene.afresh());

const M = 60;

describe('a run that breaks its budget', () => {
  it('while Postgres is away rings once, as bad as it is by then, and its ladder becomes the incident’s own', async () => {
    await scene.bell.serving(async () => {
      scene.home.take();
      const { rule, handle, ringing, slice } = await scene.startRun();
      await eventually('a notice', () => scene.notices.length === 1);
      expect(scene.notices).toMatchObject([
        { severity: 'critical', tier: 'first notice', incident: ringing, unreachable: true },
      ]);
      await eventually('the second line is rung for too, on the same ladder', async () => {
        const { events } = await handle.fetchHistory();
        return events?.some((event) => event.signalExternalWorkflowExecutionInitiatedEventAttributes);
      });
      scene.home.putBack();
      await tryAgainNow(scene.bell.client, ringing, 'observe');
      const [incident] = await eventually('the incident', async () => {
        const found = await scene.incidentsOf(rule);
        return found.length > 0 && found;
      });
      expect(incident).toMatchObject({ workflow_id: ringing, severity: 'critical' });
      slice.resolve();
      await handle.result();
      await scene.advance(31 * M);
      expect(scene.told()).toEqual(['critical: first notice', 'critical: page on-call']);
      expect(scene.notices[1]).toMatchObject({
        incident: `test-pack/${rule.name}/${incident?.number}`,
        unreachable: false,
      });
      expect(await scene.incidentsOf(rule)).toHaveLength(1);
      expect(await scene.running()).toEqual([ringing]);
      await scene.endAll();
    });
  });

  it('first told at 80 % starts no second ladder when Postgres goes away before 100 %: the one it has gets worse', async () => {
    await scene.bell.serving(async () => {
      const { rule, handle, ringing, slice } = await scene.startRun({ budgetSeconds: 10, goneSeconds: 7.8 });
      await eventually('the warning', async () => {
        const { rows } = await scene.bell.home.query(
          'SELECT handed_seq FROM sexton.incident WHERE rule = $1',
          [rule.name],
        );
        return rows[0]?.handed_seq === 1 && scene.notices.length === 1;
      });
      scene.home.take();
      await eventually('the critical notice', () => scene.notices.length === 2);
      expect(scene.notices[1]).toMatchObject({
        severity: 'critical',
        tier: 'first notice',
        unreachable: true,
      });
      scene.home.putBack();
      slice.resolve();
      await handle.result();
      await scene.advance(31 * M);
      expect(scene.told()).toEqual([
        'warning: first notice',
        'critical: first notice',
        'critical: page on-call',
      ]);
      expect(await scene.isRunning((await scene.incidentsOf(rule))[0]?.workflow_id ?? '')).toBe(true);
      await expect(scene.isRunning(ringing)).rejects.toThrow();
      await scene.endAll();
    });
  });

  it('and then fails while only the home database is away, rings for each, and neither takes the other’s incident', async () => {
    await scene.bell.serving(async () => {
      scene.home.take();
      const failure = aRule({ name: unique('failure') });
      const { rule, handle, ringing, slice } = await scene.startRun({ failure });
      await eventually('the breach is told', () => scene.notices.length === 1);
      slice.reject(ApplicationFailure.nonRetryable('broken', 'BROKEN'));
      await eventually('the failure is told', () => scene.notices.length === 2);
      await handle.result().catch(() => {});
      scene.home.putBack();
      for (const ladder of [ringing, `${ringing}/${failure.name}`])
        await tryAgainNow(scene.bell.client, ladder, 'observe');
      const found = await eventually('both incidents', async () => {
        const all = await scene.incidentsOf(rule, failure);
        return all.length === 2 && all;
      });
      expect(found.map(({ workflow_id }) => workflow_id).toSorted()).toEqual([
        ringing,
        `${ringing}/${failure.name}`,
      ]);
      await scene.advance(31 * M);
      expect(scene.told().filter((line) => line === 'critical: page on-call')).toHaveLength(2);
      await scene.endAll();
    });
  });
});

describe('a ladder that is already running when Postgres goes away', () => {
  it('starts no other, and tells its next tier under the usual key, saying that the rows are missing', async () => {
    await scene.bell.serving(async () => {
      const rule = aRule({ name: unique('rule') });
      const found = await scene.bell.observe(aReport(rule, 'critical'));
      await eventually('the first notice', () => scene.notices.length === 1);
      scene.home.take();
      const handle = scene.bell.client.workflow.getHandle(found?.workflowId ?? '');
      const answer = handle.executeUpdate('escalateNow', { args: [{ by: 'ada' }] });
      await runOutOfTime(scene.bell.client, handle.workflowId, 'recordAnswer');
      await answer;
      await eventually('the page', () => scene.notices.length === 2);
      expect(scene.notices[1]).toMatchObject({ tier: 'page on-call', unreachable: true });
      await eventually('it is heard', () => scene.bell.heard.some(({ tier }) => tier === 'page on-call'));
      expect(scene.bell.heard.at(-1)?.key).toBe(`test-pack/${rule.name}/${found?.number}/w2/webhook`);
      scene.home.putBack();
      expect(await scene.running()).toEqual([found?.workflowId]);
      await scene.endAll();
    });
  });
});
