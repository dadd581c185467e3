// What follows a page, in virtual time on the real server: notices that it is acknowledged or over, tiers that lead to
// nobody, holds, repeats, members that join, and escalations that are terminated while they send.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Channels, Routed } from '../../src/activities/alerts/channels.ts';
import type { IncidentState, RuleSnapshot } from '../../src/domain/alerts/alert.ts';
import type { LadderState } from '../../src/domain/alerts/ladder.ts';
import type { PolicySnapshot, TierSnapshot } from '../../src/domain/alerts/policy.ts';
import { RECONCILE_QUEUE } from '../../src/domain/ids.ts';
import { aReport, type Bell, openBell } from '../support/escalation-worker.ts';
import { eventually } from '../support/eventually.ts';
import { aPolicy, aRule } from '../support/policies.ts';
import { record } from '../support/record.ts';
import { unique } from '../support/stack.ts';
import { type Clock, createClock } from '../support/time.ts';

let bell: Bell;
let clock: Clock;
beforeAll(async () => {
  bell = await openBell();
  // Both channels tell how it goes on; `log` does not care.
  const channels = bell.engine.dependencies.channels as { also?: Channels['also'] };
  channels.also = ({ channel }) => (channel === 'log' ? [] : ['acknowledged', 'resolved']);
});
afterAll(() => bell.close());

/** `status tier → target`, in the order in which it reached people. */
const said: string[] = [];
const keys: string[] = [];
let onSend: ((routed: Routed) => Promise<void>) | undefined;
beforeEach(async () => {
  clock = await createClock({ client: bell.client, databases: [bell.home] });
  said.length = 0;
  keys.length = 0;
  onSend = undefined;
  bell.heard.length = 0;
  bell.onSend(async (routed) => {
    await onSend?.(routed);
    const { notification, target } = routed;
    said.push(`${notification.status ?? 'firing'}: ${notification.tier} → ${target.channel}`);
    keys.push(notification.key);
  });
});

const M = 60;
const tier = (name: string, afterSeconds: number, ...notify: string[]): TierSnapshot => ({
  name,
  afterSeconds,
  notify,
});

const fire = async (
  tiers: readonly [TierSnapshot, ...TierSnapshot[]],
  change: Partial<PolicySnapshot> = {},
) => {
  const policy = aPolicy({ tiers, people: {}, ...change });
  const rule = aRule({ name: unique('rule'), routes: { warning: policy, critical: policy } });
  const found = await bell.observe(aReport(rule, 'critical'));
  if (!found) throw new Error('nothing was handed over');
  const handle = bell.client.workflow.getHandle(found.workflowId);
  const answer = (name: string, args: object = {}) =>
    handle.executeUpdate(name, { args: [{ by: 'ada', ...args }] });
  return { rule, handle, answer, number: found.number };
};
const fine = (rule: RuleSnapshot) =>
  bell.observe(aReport(rule, undefined, { subject: 'run-2', subjectAt: '2026-02-10T13:00:00Z' }));
const until = (count: number) => eventually(`${count} messages`, () => said.length >= count);

const activitiesOf = async (handle: { fetchHistory: () => Promise<{ events?: unknown }> }) => {
  const { events } = (await handle.fetchHistory()) as {
    events: { activityTaskScheduledEventAttributes?: { activityType?: { name?: string } } }[];
  };
  return events.flatMap(({ activityTaskScheduledEventAttributes: each }) => each?.activityType?.name ?? []);
};

describe('a first page', () => {
  it('costs one activity, which also writes where the ladder stands', async () => {
    await bell.serving(async () => {
      const { handle, number } = await fire([tier('first', 0, 'webhook'), tier('second', 30 * M, 'webhook')]);
      await until(1);
      const due = await eventually('the next step stands in the row', async () => {
        const { rows } = await bell.home.query(
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

describe('whoever was told that it fires', () => {
  const TIERS = [tier('first', 0, 'webhook', 'log'), tier('second', 30 * M, 'slack:ops')] as const;

  it('hears that somebody has it and that it is over, after the page and under numbers of their own; nobody else does', async () => {
    await bell.serving(async () => {
      const { handle, rule, answer } = await fire(TIERS);
      await until(2);
      await answer('acknowledge');
      await until(3);
      await fine(rule);
      await clock.advance(10 * M);
      expect(await handle.result()).toMatchObject({ ended: 'closed' });
      expect(said.slice(2)).toEqual(['acknowledged: acknowledged → webhook', 'resolved: resolved → webhook']);
      expect(new Set(keys).size).toBe(4);
      await record('escalation-2-acknowledged', handle);
    });
  });

  it('hears that it is over although the worker died before it could say so (Alertmanager #2370)', async () => {
    const { handle, rule } = await bell.serving(async () => {
      const fired = await fire(TIERS);
      await until(2);
      return fired;
    });
    await fine(rule);
    await bell.serving(async () => {
      await clock.advance(10 * M);
      expect(await handle.result()).toMatchObject({ ended: 'closed' });
    });
    expect(said.slice(2)).toEqual(['resolved: resolved → webhook']);
  });

  it('hears nothing of that where the policy says so', async () => {
    await bell.serving(async () => {
      const { handle, rule } = await fire(TIERS, { resolvedNotice: false });
      await until(2);
      await fine(rule);
      await clock.advance(10 * M);
      expect(await handle.result()).toMatchObject({ ended: 'closed' });
      expect(said).toHaveLength(2);
    });
  });

  it('is not paged after an acknowledgement, and a page on its way comes before its notice (OnCall #4760)', async () => {
    await bell.serving(async () => {
      let release = (): void => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      onSend = async ({ target }) => {
        if (target.channel === 'webhook' && said.length < 2) await released;
      };
      const { handle, answer } = await fire([tier('first', 0, 'webhook', 'log')]);
      await until(1);
      await eventually('the page is claimed', async () => {
        const { rows } = await bell.home.query(`SELECT 1 FROM sexton.outbox WHERE state = 'claimed'`);
        return rows.length === 1;
      });
      expect(await answer('acknowledge')).toMatchObject({ onTheirWay: ['webhook'] });
      release();
      await until(3);
      expect(said.slice(1)).toEqual(['firing: first → webhook', 'acknowledged: acknowledged → webhook']);
      await handle.terminate();
    });
  });
});

describe('a channel that fails or hangs', () => {
  it('keeps no other channel and no later tier from being told, and fails no workflow (Grafana #5852)', async () => {
    await bell.serving(async () => {
      let release = (): void => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      onSend = async ({ target, retry }) => {
        if (target.channel !== 'slack') return;
        if (!retry) throw new Error('500');
        await released;
      };
      const { handle, answer } = await fire([
        tier('first', 0, 'slack:ops', 'webhook'),
        tier('second', 5 * M, 'slack:ops', 'log'),
      ]);
      await until(1);
      await answer('escalateNow');
      await until(2);
      expect(said).toEqual(['firing: first → webhook', 'firing: second → log']);
      release();
      await until(4);
      expect(said.slice(2).toSorted()).toEqual(['firing: first → slack', 'firing: second → slack']);
      await handle.terminate();
    });
  });
});

describe('a tier that leads to nobody', () => {
  it('is passed at once, marked, and named to whoever is told in its place (GoAlert #4548)', async () => {
    await bell.serving(async () => {
      const facts: unknown[] = [];
      onSend = async ({ notification }) => {
        facts.push(...notification.facts);
      };
      const { handle, number } = await fire([
        tier('on call', 0, 'nobody'),
        tier('everybody', 30 * M, 'webhook'),
      ]);
      await until(1);
      expect(said).toEqual(['firing: everybody → webhook']);
      expect(facts).toContainEqual(['again because', expect.stringContaining('on call')]);
      const { ladder } = await handle.query<{ ladder: LadderState }>('state');
      expect(ladder.marks.map(({ mark }) => mark)).toEqual(['nobody-in/on call']);
      const { rows } = await bell.home.query('SELECT last_wake FROM sexton.incident WHERE number = $1', [
        number,
      ]);
      expect(rows[0].last_wake).toBe(2);
      await handle.terminate();
    });
  });
});

describe('a tier that repeats', () => {
  it('is told again under numbers of its own, and a severity that it raises is shown', async () => {
    await bell.serving(async () => {
      const shown: string[] = [];
      onSend = async ({ notification }) => {
        shown.push(notification.severity);
      };
      const first = { ...tier('first', 0, 'webhook'), repeat: { everySeconds: 10 * M, times: 2 } };
      const second = { ...tier('second', 60 * M, 'webhook'), raiseTo: 'critical' as const };
      const policy = aPolicy({ tiers: [first, second], people: {} });
      const rule = aRule({ name: unique('rule'), routes: { warning: policy } });
      const found = await bell.observe(aReport(rule, 'warning'));
      const handle = bell.client.workflow.getHandle(found?.workflowId ?? '');
      await until(1);
      await clock.advance(65 * M);
      expect(said.map((line) => line.split(' ')[1])).toEqual(['first', 'first', 'first', 'second']);
      expect(shown).toEqual(['warning', 'warning', 'warning', 'critical']);
      expect(new Set(keys).size).toBe(4);
      await record('escalation-2-repeats', handle);
      await handle.terminate();
    });
  });
});

describe('a group that somebody has acknowledged', () => {
  it.each([
    ['page', ['firing', 'acknowledged', 'firing']],
    ['silent', ['firing', 'acknowledged']],
  ] as const)('and whose rule says %s when another alert joins it', async (onNewMember, statuses) => {
    await bell.serving(async () => {
      const texts: unknown[] = [];
      onSend = async ({ notification }) => {
        texts.push(notification.members);
      };
      const { handle, answer } = await fire([tier('first', 0, 'webhook')]);
      await until(1);
      await answer('acknowledge');
      await until(2);
      const { incident } = await handle.query<{ incident: IncidentState }>('state');
      const worst = [{ labels: { job: 'b' }, severity: 'critical', summary: 'b is late' }] as const;
      const members = { firing: 2, ever: 2, worst };
      await handle.signal('observed', { ...incident, seq: incident.seq + 1, members, onNewMember });
      await eventually('it has heard of it', async () => {
        const state = await handle.query<{ incident: IncidentState }>('state');
        return state.incident.members?.ever === 2;
      });
      if (onNewMember === 'page') await until(3);
      await clock.advance(5 * M);
      expect(said.map((line) => line.split(':')[0])).toEqual(statuses);
      if (onNewMember === 'page') {
        expect(texts[2]).toEqual({ firing: 2, worst: ['critical: job=b · b is late'] });
        await record('escalation-2-group', handle);
      }
      await handle.terminate();
    });
  });
});

describe('an escalation that is terminated between the pages of one wake', () => {
  it('is started again and tells exactly those who were not told', async () => {
    await bell.serving(async () => {
      let slackHangs = true;
      onSend = async ({ target }) => {
        if (target.channel === 'slack' && slackHangs) throw new Error('not yet');
      };
      const { handle } = await fire([tier('first', 0, 'webhook', 'slack:ops')]);
      await until(1);
      await eventually('slack was tried', async () => {
        const { rows } = await bell.home.query(
          `SELECT 1 FROM sexton.outbox WHERE channel = 'slack' AND failures > 0`,
        );
        return rows.length > 0;
      });
      await handle.terminate('by hand');
      slackHangs = false;
      await eventually(
        'it is told after all',
        async () => {
          await bell.client.workflow.execute('reconcile', {
            taskQueue: RECONCILE_QUEUE,
            workflowId: unique('reconcile'),
            args: [{ waitedSeconds: 0 }],
          });
          return said.includes('firing: first → slack');
        },
        { withinMs: 40_000 },
      );
      expect(said).toEqual(['firing: first → webhook', 'firing: first → slack']);
      await bell.client.workflow.getHandle(handle.workflowId).terminate();
    });
  });
});
