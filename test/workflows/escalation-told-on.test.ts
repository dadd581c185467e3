// What follows a page, in virtual time on the real server: those who were told hear that it is acknowledged or over, and
// of members that join.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IncidentState } from '../../src/domain/alerts/alert.ts';
import { openTalk, type Talk, tier } from '../support/alerts/escalation-talk.ts';
import { eventually } from '../support/eventually.ts';
import { record } from '../support/record.ts';

let talk: Talk;
beforeAll(async () => {
  talk = await openTalk();
});
afterAll(() => talk.bell.close());
beforeEach(() => talk.afresh());

const M = 60;

describe('whoever was told that it fires', () => {
  const TIERS = [tier('first', 0, 'webhook', 'log'), tier('second', 30 * M, 'slack:ops')] as const;

  it('hears that somebody has it and that it is over, after the page and under numbers of their own; nobody else does', async () => {
    await talk.bell.serving(async () => {
      const { handle, rule, answer } = await talk.fire(TIERS);
      await talk.until(2);
      await answer('acknowledge');
      await talk.until(3);
      await talk.fine(rule);
      await talk.advance(10 * M);
      expect(await handle.result()).toMatchObject({ ended: 'closed' });
      expect(talk.said.slice(2)).toEqual([
        'acknowledged: acknowledged → webhook',
        'resolved: resolved → webhook',
      ]);
      expect(new Set(talk.keys).size).toBe(4);
      await record('escalation-2-acknowledged', handle);
    });
  });

  it('hears that it is over although the worker died before it could say so (Alertmanager #2370)', async () => {
    const { handle, rule } = await talk.bell.serving(async () => {
      const fired = await talk.fire(TIERS);
      await talk.until(2);
      return fired;
    });
    await talk.fine(rule);
    await talk.bell.serving(async () => {
      await talk.advance(10 * M);
      expect(await handle.result()).toMatchObject({ ended: 'closed' });
    });
    expect(talk.said.slice(2)).toEqual(['resolved: resolved → webhook']);
  });

  it('hears nothing of that where the policy says so', async () => {
    await talk.bell.serving(async () => {
      const { handle, rule } = await talk.fire(TIERS, { resolvedNotice: false });
      await talk.until(2);
      await talk.fine(rule);
      await talk.advance(10 * M);
      expect(await handle.result()).toMatchObject({ ended: 'closed' });
      expect(talk.said).toHaveLength(2);
    });
  });

  it('is not paged after an acknowledgement, and a page on its way comes before its notice (OnCall #4760)', async () => {
    await talk.bell.serving(async () => {
      let release = (): void => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      talk.onSend(async ({ target }) => {
        if (target.channel === 'webhook' && talk.said.length < 2) await released;
      });
      const { handle, answer } = await talk.fire([tier('first', 0, 'webhook', 'log')]);
      await talk.until(1);
      await eventually('the page is claimed', async () => {
        const { rows } = await talk.bell.home.query(`SELECT 1 FROM sexton.outbox WHERE state = 'claimed'`);
        return rows.length === 1;
      });
      expect(await answer('acknowledge')).toMatchObject({ onTheirWay: ['webhook'] });
      release();
      await talk.until(3);
      expect(talk.said.slice(1)).toEqual(['firing: first → webhook', 'acknowledged: acknowledged → webhook']);
      await handle.terminate();
    });
  });
});

describe('a group that somebody has acknowledged', () => {
  it.each([
    ['page', ['firing', 'acknowledged', 'firing']],
    ['silent', ['firing', 'acknowledged']],
  ] as const)('and whose rule says %s when another alert joins it', async (onNewMember, statuses) => {
    await talk.bell.serving(async () => {
      const texts: unknown[] = [];
      talk.onSend(async ({ notification }) => {
        texts.push(notification.members);
      });
      const { handle, answer } = await talk.fire([tier('first', 0, 'webhook')]);
      await talk.until(1);
      await answer('acknowledge');
      await talk.until(2);
      const { incident } = await handle.query<{ incident: IncidentState }>('state');
      const worst = [{ labels: { job: 'b' }, severity: 'critical', summary: 'b is late' }] as const;
      const members = { firing: 2, ever: 2, worst };
      await handle.signal('observed', { ...incident, seq: incident.seq + 1, members, onNewMember });
      await eventually('it has heard of it', async () => {
        const state = await handle.query<{ incident: IncidentState }>('state');
        return state.incident.members?.ever === 2;
      });
      if (onNewMember === 'page') await talk.until(3);
      await talk.advance(5 * M);
      expect(talk.said.map((line) => line.split(':')[0])).toEqual(statuses);
      if (onNewMember === 'page') {
        expect(texts[2]).toEqual({ firing: 2, worst: ['critical: job=b · b is late'] });
        await record('escalation-2-group', handle);
      }
      await handle.terminate();
    });
  });
});
