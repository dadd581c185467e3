// A ladder that rang by itself, without a row, and the incident that it finds later: its own, or another one's.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/domain/alerts/alert.ts';
import type { EscalationInput } from '../../src/domain/alerts/escalation.ts';
import { ORCHESTRATION_QUEUE } from '../../src/domain/ids.ts';
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

describe('a ladder that rang by itself', () => {
  const ring = async () => {
    const rule = aRule({ name: unique('rule') });
    const report = aReport(rule, 'critical');
    const ringing = `escalation/degraded/test-pack/cleanup_links/${rule.name}`;
    const input: EscalationInput = {
      v: 1,
      degraded: { report },
      incident: {
        id: ringing,
        number: 0,
        seq: 0,
        state: 'open',
        firing: report.firing as NonNullable<Report['firing']>,
        firstFiredAt: new Date().toISOString(),
        policy: rule.routes.critical,
        reopenWithinSeconds: 300,
      },
    };
    const handle = await scene.bell.client.workflow.start('escalation', {
      taskQueue: ORCHESTRATION_QUEUE,
      workflowId: ringing,
      args: [input],
    });
    await eventually('the first notice', () => scene.notices.length === 1);
    return { rule, report, ringing, handle };
  };

  it('keeps its incident when the run or reconcile tells it of that before the door has answered it', async () => {
    await scene.bell.serving(async () => {
      const open = scene.holdTheDoor();
      const { rule, report, ringing, handle } = await ring();
      expect(await scene.bell.observe({ ...report, ringing })).toMatchObject({ workflowId: ringing });
      open();
      await eventually('it knows its number', async () => {
        const { incident } = await handle.query<{ incident: { number: number } }>('state');
        return incident.number > 0;
      });
      await scene.advance(31 * M);
      expect(scene.told()).toEqual(['critical: first notice', 'critical: page on-call']);
      expect(await scene.incidentsOf(rule)).toMatchObject([{ workflow_id: ringing }]);
      expect(await scene.isRunning(ringing)).toBe(true);
      await scene.endAll();
    });
  });

  it('yields to the escalation that was told of the incident first', async () => {
    await scene.bell.serving(async () => {
      const open = scene.holdTheDoor();
      const { rule, report, ringing, handle } = await ring();
      const found = await scene.bell.observe(report);
      expect(found?.workflowId).not.toBe(ringing);
      await eventually('the other one’s first notice', () => scene.notices.length === 2);
      open();
      expect(await handle.result()).toMatchObject({ ended: expect.stringContaining('has this incident') });
      await scene.advance(31 * M);
      expect(scene.told().slice(2)).toEqual(['critical: page on-call']);
      expect(await scene.incidentsOf(rule)).toMatchObject([{ workflow_id: found?.workflowId }]);
      await scene.endAll();
    });
  });

  it('and was resolved by hand meanwhile, resolves its incident once there is one, and wakes nobody again', async () => {
    await scene.bell.serving(async () => {
      const open = scene.holdTheDoor();
      const { rule, handle } = await ring();
      await handle.executeUpdate('resolve', { args: [{ by: 'ada' }] });
      open();
      await eventually('the row says so', async () => {
        const { rows } = await scene.bell.home.query(
          'SELECT state, resolved_by FROM sexton.incident WHERE rule = $1',
          [rule.name],
        );
        return rows[0]?.state === 'resolved' && rows[0]?.resolved_by === 'ada';
      });
      await scene.advance(10 * M);
      expect(await handle.result()).toMatchObject({ ended: 'closed' });
      expect(scene.told()).toEqual(['critical: first notice']);
    });
  });
});
