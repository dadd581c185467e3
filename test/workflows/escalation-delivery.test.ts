// A page and its ladder, in virtual time on the real server: what it costs, tiers that lead to nobody, channels that hang,
// repeats, and escalations that are terminated while they send.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LadderState } from '../../src/domain/alerts/ladder.ts';
import { RECONCILE_QUEUE } from '../../src/domain/ids.ts';
import { openTalk, type Talk, tier } from '../support/alerts/escalation-talk.ts';
import { aReport } from '../support/alerts/escalation-worker.ts';
import { aPolicy, aRule } from '../support/alerts/policies.ts';
import { eventually } from '../support/eventually.ts';
import { record } from '../support/record.ts';
import { unique } from '../support/stack.ts';

let talk: Talk;
beforeAll(async () => {
  talk = await openTalk();
});
afterAll(() => talk.bell.close());
beforeEach(() => talk.afresh());

const M = 60;

const activitiesOf = async (handle: { fetchHistory: () => Promise<{ events?: unknown }> }) => {
  const { events } = (await handle.fetchHistory()) as {
    events: { activityTaskScheduledEventAttributes?: { activityType?: { name?: string } } }[];
  };
  return events.flatMap(({ activityTaskScheduledEventAttributes: each }) => each?.activityType?.name ?? []);
};

describe('a first page', () => {
  it('costs one activity, which also writes where the ladder stands', async () => {
    await talk.bell.serving(async () => {
      const { handle, number } = await talk.fire([
        tier('first', 0, 'webhook'),
        tier('second', 30 * M, 'webhook'),
      ]);
      await talk.until(1);
      const due = await eventually('the next step stands in the row', async () => {
        const { rows } = await talk.bell.home.query(
          `SELECT last_wake AS wake, next_due_at BETWEEN first_fired_at + interval '29 min' AND first_fired_at + interval '31 min' AS due, first_told_at IS NOT NULL AS told
           FROM sexton.incident WHERE number = $1`,
          [number],
        );
        return rows[0].told && rows[0];
      });
      expect(due).toEqual({ wake: 1, due: true, told: true });
      expect(await activitiesOf(handle)).toEqual(['send']);
      await record('escalation-2-page', handle);
      await handle.terminate();
    });
  });
});

describe('a channel that fails or hangs', () => {
  it('keeps no other channel and no later tier from being told, and fails no workflow (Grafana #5852)', async () => {
    await talk.bell.serving(async () => {
      let release = (): void => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      talk.onSend(async ({ target, retry }) => {
        if (target.channel !== 'slack') return;
        if (!retry) throw new Error('500');
        await released;
      });
      const { handle, answer } = await talk.fire([
        tier('first', 0, 'slack:ops', 'webhook'),
        tier('second', 5 * M, 'slack:ops', 'log'),
      ]);
      await talk.until(1);
      await answer('escalateNow');
      await talk.until(2);
      expect(talk.said).toEqual(['firing: first → webhook', 'firing: second → log']);
      release();
      await talk.until(4);
      expect(talk.said.slice(2).toSorted()).toEqual(['firing: first → slack', 'firing: second → slack']);
      await handle.terminate();
    });
  });
});

describe('a tier that leads to nobody', () => {
  it('is passed at once, marked, and named to whoever is told in its place (GoAlert #4548)', async () => {
    await talk.bell.serving(async () => {
      const facts: unknown[] = [];
      talk.onSend(async ({ notification }) => {
        facts.push(...notification.facts);
      });
      const { handle, number } = await talk.fire([
        tier('on call', 0, 'nobody'),
        tier('everybody', 30 * M, 'webhook'),
      ]);
      await talk.until(1);
      expect(talk.said).toEqual(['firing: everybody → webhook']);
      expect(facts).toContainEqual(['again because', expect.stringContaining('on call')]);
      const { ladder } = await handle.query<{ ladder: LadderState }>('state');
      expect(ladder.marks.map(({ mark }) => mark)).toEqual(['nobody-in/on call']);
      const { rows } = await talk.bell.home.query('SELECT last_wake FROM sexton.incident WHERE number = $1', [
        number,
      ]);
      expect(rows[0].last_wake).toBe(2);
      await handle.terminate();
    });
  });
});

describe('a tier that repeats', () => {
  it('is told again under numbers of its own, and a severity that it raises is shown', async () => {
    await talk.bell.serving(async () => {
      const shown: string[] = [];
      talk.onSend(async ({ notification }) => {
        shown.push(notification.severity);
      });
      const first = { ...tier('first', 0, 'webhook'), repeat: { everySeconds: 10 * M, times: 2 } };
      const second = { ...tier('second', 60 * M, 'webhook'), raiseTo: 'critical' as const };
      const policy = aPolicy({ tiers: [first, second], people: {} });
      const rule = aRule({ name: unique('rule'), routes: { warning: policy } });
      const found = await talk.bell.observe(aReport(rule, 'warning'));
      const handle = talk.bell.client.workflow.getHandle(found?.workflowId ?? '');
      await talk.until(1);
      await talk.advance(65 * M);
      expect(talk.said.map((line) => line.split(' ')[1])).toEqual(['first', 'first', 'first', 'second']);
      expect(shown).toEqual(['warning', 'warning', 'warning', 'critical']);
      expect(new Set(talk.keys).size).toBe(4);
      await record('escalation-2-repeats', handle);
      await handle.terminate();
    });
  });
});

describe('an escalation that is terminated between the pages of one wake', () => {
  it('is started again and tells exactly those who were not told', async () => {
    await talk.bell.serving(async () => {
      let slackHangs = true;
      talk.onSend(async ({ target }) => {
        if (target.channel === 'slack' && slackHangs) throw new Error('not yet');
      });
      const { handle } = await talk.fire([tier('first', 0, 'webhook', 'slack:ops')]);
      await talk.until(1);
      await eventually('slack was tried', async () => {
        const { rows } = await talk.bell.home.query(
          `SELECT 1 FROM sexton.outbox WHERE channel = 'slack' AND failures > 0`,
        );
        return rows.length > 0;
      });
      await handle.terminate('by hand');
      slackHangs = false;
      // As long as its try might still be under way, the next execution would wait.
      await talk.bell.home.query(`UPDATE sexton.clock SET "offset" = '1 min'`);
      await eventually('it is told after all', async () => {
        await talk.bell.client.workflow.execute('reconcile', {
          taskQueue: RECONCILE_QUEUE,
          workflowId: unique('reconcile'),
          args: [{ waitedSeconds: 0 }],
        });
        return talk.said.includes('firing: first → slack');
      });
      expect(talk.said).toEqual(['firing: first → webhook', 'firing: first → slack']);
      await talk.bell.client.workflow.getHandle(handle.workflowId).terminate();
    });
  });
});
