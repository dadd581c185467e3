// Once the update of an acknowledgement, snooze or resolution has returned, nothing that was not claimed before is
// ever claimed: at every interleaving of sends and answers in Postgres, and in the whole workflow.
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Channels } from '../../src/activities/alerts/channels.ts';
import { createRecordAnswer } from '../../src/activities/alerts/incident.ts';
import { createSend, type SendResult } from '../../src/activities/alerts/send.ts';
import { ChannelError } from '../../src/channels/channel.ts';
import type { Answer } from '../../src/domain/alerts/escalation.ts';
import { type LadderState, startLadder } from '../../src/domain/alerts/ladder.ts';
import { aNotification } from '../channels/support.ts';
import { aReport, type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aPolicy, aRule } from '../support/alerts/policies.ts';
import { eventually } from '../support/eventually.ts';
import { unique } from '../support/stack.ts';
import { createClock } from '../support/time.ts';

let bell: Bell;
beforeAll(async () => {
  bell = await openBell();
});
afterAll(() => bell.close());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The pool, with a pause of the schedule's before every statement of every transaction. */
const slowed = (pool: pg.Pool, pauses: readonly number[]): pg.Pool => {
  let place = 0;
  const next = (): Promise<void> => {
    place += 1;
    return pause(pauses[place % pauses.length] ?? 0);
  };
  const bound = (subject: object, name: string | symbol): unknown => {
    const value: unknown = Reflect.get(subject, name);
    return typeof value === 'function' ? value.bind(subject) : value;
  };
  const slowClient = (client: pg.PoolClient): pg.PoolClient =>
    new Proxy(client, {
      get: (_, name) =>
        name === 'query'
          ? async (...args: [never]) => {
              await next();
              return client.query(...args);
            }
          : bound(client, name),
    });
  return new Proxy(pool, {
    get: (_, name) => (name === 'connect' ? async () => slowClient(await pool.connect()) : bound(pool, name)),
  });
};

interface Sending {
  readonly wake: number;
  readonly channel: string;
  /** Time that the provider takes. */
  readonly channelMs: number;
  readonly afterMs: number;
  /** Its first try claims and dies; the second comes so much later. */
  readonly againAfterMs: number | undefined;
}

interface Schedule {
  readonly sends: readonly Sending[];
  readonly answers: readonly {
    readonly kind: 'acknowledged' | 'snoozed' | 'resolved';
    readonly lastWake: number;
    readonly afterMs: number;
  }[];
  readonly pauses: readonly number[];
}

const WAKES = 4;
const schedules: fc.Arbitrary<Schedule> = fc.record({
  sends: fc.uniqueArray(
    fc.record({
      wake: fc.integer({ min: 1, max: WAKES }),
      channel: fc.constantFrom('a', 'b', 'c'),
      channelMs: fc.integer({ min: 0, max: 40 }),
      afterMs: fc.integer({ min: 0, max: 25 }),
      againAfterMs: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    }),
    { minLength: 2, maxLength: 8, selector: ({ wake, channel }) => `${wake}${channel}` },
  ),
  answers: fc.array(
    fc.record({
      kind: fc.constantFrom('acknowledged', 'snoozed', 'resolved'),
      lastWake: fc.integer({ min: 1, max: WAKES }),
      afterMs: fc.integer({ min: 0, max: 30 }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  pauses: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 7, maxLength: 19 }),
});

const fire = async (): Promise<number> => {
  const reports = [aReport(aRule({ name: unique('rule') }), 'critical')];
  const [found] = await bell.engine.run(bell.engine.activities.observe, { reports });
  if (!found) throw new Error('nothing was handed over');
  return found.number;
};

interface Passed {
  /** Messages in the order in which they went to a channel, each with how many answers had returned by then. */
  readonly heard: readonly { readonly wake: number; readonly channel: string; readonly after: number }[];
  readonly returned: readonly { readonly lastWake: number; readonly onTheirWay: readonly string[] }[];
  readonly results: ReadonlyMap<Sending, SendResult>;
}

const run = async ({ sends, answers, pauses }: Schedule): Promise<Passed> => {
  const number = await fire();
  const heard: { wake: number; channel: string; after: number }[] = [];
  const returned: { lastWake: number; onTheirWay: readonly string[] }[] = [];
  const results = new Map<Sending, SendResult>();
  const databases = { ...bell.engine.databases, home: slowed(bell.engine.databases.home, pauses) };
  const recordAnswer = createRecordAnswer({ databases });

  const send = async (sending: Sending): Promise<void> => {
    const { wake, channel, channelMs, afterMs, againAfterMs } = sending;
    const target = { channel, address: '' };
    const key = `${number}/w${wake}/${channel}`;
    const at = new Date().toISOString();
    const input = { number, wake, target, notification: aNotification({ key }), at };
    const attempt = (place: number, dies: boolean): Promise<SendResult> => {
      const channels: Channels = {
        send: async () => {
          await pause(channelMs);
          if (dies) throw new ChannelError('died', { recoverable: true, unclear: true });
          heard.push({ wake, channel, after: returned.length });
          return {};
        },
        sendInstead: async () => {},
      };
      return bell.engine.run(createSend({ databases, channels, ringAfterSeconds: 30 }), input, place);
    };
    await pause(afterMs);
    if (againAfterMs === undefined) {
      results.set(sending, await attempt(1, false));
      return;
    }
    const first = await attempt(1, true).catch(() => undefined);
    await pause(againAfterMs);
    results.set(sending, first ?? (await attempt(2, false)));
  };
  const answer = async ({ kind, lastWake, afterMs }: Schedule['answers'][number]): Promise<void> => {
    await pause(afterMs);
    const ladder: LadderState = { ...startLadder(0, 'critical'), status: kind, lastWake, by: 'ada' };
    const { onTheirWay } = await bell.engine.run(recordAnswer, {
      number,
      withdraw: true,
      ladder,
      revision: lastWake,
      ...(kind === 'resolved' && { resolvedBy: 'ada' }),
    });
    returned.push({ lastWake, onTheirWay });
  };
  await Promise.all([...sends.map(send), ...answers.map(answer)]);
  return { heard, returned, results };
};

describe('an answer in force, in Postgres', () => {
  it('is followed by nothing but what it named, whatever sends and dies around it', async () => {
    const told = { named: 0, withdrawn: 0, sent: 0 };
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const { heard, returned, results } = await run(schedule);
        for (const [place, { lastWake, onTheirWay }] of returned.entries()) {
          const later = heard.filter(({ wake, after }) => wake <= lastWake && after > place);
          for (const channel of ['a', 'b', 'c']) {
            const came = later.filter((each) => each.channel === channel).length;
            expect(came).toBeLessThanOrEqual(onTheirWay.filter((each) => each === channel).length);
          }
          told.named += later.length;
        }
        // Nothing is lost either: every message is sent once, or was withdrawn by an answer that covers it.
        const covered = Math.max(...schedule.answers.map(({ lastWake }) => lastWake));
        const resolved = schedule.answers.some(({ kind }) => kind === 'resolved');
        for (const [{ wake, channel }, { outcome }] of results) {
          const times = heard.filter((each) => each.wake === wake && each.channel === channel).length;
          expect(times).toBe(outcome === 'sent' ? 1 : 0);
          if (outcome === 'withdrawn') expect(wake <= covered || resolved).toBe(true);
          told[outcome === 'sent' ? 'sent' : 'withdrawn'] += 1;
        }
      }),
      { numRuns: 80 },
    );
    // The schedules did meet: messages under way, withdrawn ones and sent ones all came up.
    expect(Math.min(told.named, told.withdrawn, told.sent)).toBeGreaterThan(0);
  });
});

describe('an answer in force, in the whole workflow', () => {
  const AT = 1_800;
  const tiers = [
    { name: 'first notice', afterSeconds: 0, notify: ['slack:ops', 'log'] },
    { name: 'page on-call', afterSeconds: AT, notify: ['webhook', 'slack:ops', 'log'] },
    { name: 'page everybody', afterSeconds: AT + 1, notify: ['webhook', 'log'] },
  ] as const;
  const EVENTS = {
    acknowledge: {},
    snooze: { seconds: 6 * 3_600 },
    resolve: {},
  } as const;

  it('stops every tier that has not been claimed, at whatever instant around a tier it comes', async () => {
    const answered = fc.record({
      name: fc.constantFrom(...(Object.keys(EVENTS) as (keyof typeof EVENTS)[])),
      beforeSeconds: fc.integer({ min: 0, max: 2 }),
      waitsMs: fc.integer({ min: 0, max: 250 }),
      channelMs: fc.integer({ min: 0, max: 150 }),
    });
    await bell.serving(() =>
      fc.assert(
        fc.asyncProperty(answered, async ({ name, beforeSeconds, waitsMs, channelMs }) => {
          const clock = await createClock({ client: bell.client, databases: [bell.home] });
          bell.heard.length = 0;
          bell.onSend(() => pause(channelMs));
          const routes = { critical: aPolicy({ tiers, people: {} }) };
          const found = await bell.observe(aReport(aRule({ name: unique('rule'), routes }), 'critical'));
          if (!found) throw new Error('nothing was handed over');
          const handle = bell.client.workflow.getHandle(found.workflowId);
          await eventually('the first notices', () => bell.heard.length === 2);
          await clock.advance(AT - 10);
          const passing = clock.advance(10 - beforeSeconds + 3);
          await pause(waitsMs);
          const args: [object] = [{ by: 'ada', ...EVENTS[name] }];
          const { onTheirWay } = await handle.executeUpdate<Answer, [object]>(name, { args });
          const before = bell.heard.length;
          await passing;
          await clock.advance(5 * 3_600);
          expect(
            bell.heard
              .slice(before)
              .map(({ channel }) => channel)
              .filter((channel) => !onTheirWay.includes(channel)),
          ).toEqual([]);
          expect(bell.heard.length - before).toBeLessThanOrEqual(onTheirWay.length);
          await handle.terminate().catch(() => {});
        }),
        { numRuns: 15 },
      ),
    );
  }, 180_000);
});
