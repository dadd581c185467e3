// One message to one target: claimed before it goes out, receipted after. Whoever dies in between leaves a claim that
// the next try finds, and a person who answered is not told again.
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Channels, Routed } from '../../../src/activities/alerts/channels.ts';
import { createSend, type SendInput, type SendResult } from '../../../src/activities/alerts/send.ts';
import { createPool } from '../../../src/adapters/postgres/pool.ts';
import { ChannelError } from '../../../src/channels/channel.ts';
import { startLadder } from '../../../src/domain/alerts/ladder.ts';
import { aNotification } from '../../channels/support.ts';
import { aReport } from '../../support/alerts/escalation-worker.ts';
import { aRule } from '../../support/alerts/policies.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { unique } from '../../support/stack.ts';

let engine: Engine;
let nowhere: pg.Pool;
let number: number;
beforeAll(async () => {
  engine = await createEngine();
  nowhere = createPool({ url: 'postgresql://nobody@127.0.0.1:1/nowhere' });
});
afterAll(async () => {
  await nowhere.end();
  await engine.close();
});
beforeEach(async () => {
  taken.length = 0;
  instead.length = 0;
  onSend = undefined;
  const reports = [aReport(aRule({ name: unique('rule') }), 'critical')];
  const [found] = await engine.run(engine.activities.observe, { reports });
  if (!found) throw new Error('nothing was handed over');
  number = found.number;
});

const taken: Routed[] = [];
const instead: string[] = [];
let onSend: (() => Promise<void>) | undefined;
const channels: Channels = {
  send: async (routed) => {
    await onSend?.();
    taken.push(routed);
    return { id: 'there' };
  },
  sendInstead: async ({ error }) => {
    instead.push(error);
  },
};

const TARGET = { channel: 'webhook', address: '' };
const input = (wake = 1): SendInput => ({
  number,
  wake,
  target: TARGET,
  notification: aNotification({ key: `test/${number}/w${wake}` }),
  at: '2026-02-10T12:00:00.000Z',
});

const send = (given = input(), attempt = 1, home: pg.Pool = engine.databases.home): Promise<SendResult> => {
  const databases = { ...engine.databases, home };
  return engine.run(createSend({ databases, channels, ringAfterSeconds: 1 }), given, attempt);
};

const acknowledge = (lastWake: number) =>
  engine.run(engine.activities.recordAnswer, {
    number,
    withdraw: true,
    revision: Date.now(),
    ladder: { ...startLadder(0, 'critical'), lastWake, status: 'acknowledged' as const, by: 'ada' },
  });

const rows = async (): Promise<{ state: string; claims: number }[]> =>
  (await engine.db.query('SELECT state, claims FROM sexton.outbox WHERE incident = $1', [number])).rows;

/** As SIGKILL: nothing after this point happens, so whatever the activity would write next is refused. */
const dies = (): never => {
  throw new ChannelError('the worker is gone', { recoverable: true, unclear: true });
};

describe('a try that died', () => {
  it('after its claim is followed by one that says so to the channel, under the same key', async () => {
    onSend = async () => dies();
    await expect(send()).rejects.toThrow('gone');
    expect(await rows()).toEqual([{ state: 'claimed', claims: 1 }]);
    onSend = undefined;
    expect(await send(input(), 2)).toMatchObject({ outcome: 'sent' });
    expect(taken).toMatchObject([{ retry: true, notification: { key: input().notification.key } }]);
    expect(await rows()).toEqual([{ state: 'sent', claims: 2 }]);
  });

  it('after its receipt is followed by nothing', async () => {
    await send();
    expect(await send(input(), 2)).toMatchObject({ outcome: 'sent' });
    expect(taken).toHaveLength(1);
  });

  it('waits with its receipt for a database that went away while the provider answered, and sends nothing twice', async () => {
    let away = false;
    onSend = async () => {
      away = true;
    };
    const { home } = engine.databases;
    const leaving = new Proxy(home, {
      get: (pool, name) => {
        if (away && (name === 'query' || name === 'connect')) {
          away = false;
          return () => Promise.reject(new Error('connection terminated unexpectedly'));
        }
        const value: unknown = Reflect.get(pool, name);
        return typeof value === 'function' ? value.bind(pool) : value;
      },
    });
    expect(await send(input(), 1, leaving)).toEqual({ outcome: 'sent', channel: 'webhook' });
    expect(taken).toHaveLength(1);
    expect(await rows()).toEqual([{ state: 'sent', claims: 1 }]);
  });

  it('between giving up and telling the log is followed by one that does tell it', async () => {
    onSend = async () => {
      throw new ChannelError('wrong token', { recoverable: false });
    };
    const tells = channels.sendInstead;
    const dead = { ...channels, sendInstead: async () => dies() };
    const databases = engine.databases;
    const first = createSend({ databases, channels: dead, ringAfterSeconds: 1 });
    await expect(engine.run(first, input())).rejects.toThrow('gone');
    expect(channels.sendInstead).toBe(tells);
    expect(await send(input(), 2)).toMatchObject({ outcome: 'dead', error: 'wrong token' });
    expect(instead).toEqual(['wrong token']);
    expect(await rows()).toMatchObject([{ state: 'dead' }]);
  });
});

describe('an answer that is in force', () => {
  it('refuses the claim of every wake up to the last, and of none after it', async () => {
    expect(await acknowledge(2)).toEqual({ onTheirWay: [] });
    expect(await send(input(1))).toMatchObject({ outcome: 'withdrawn' });
    expect(await send(input(2))).toMatchObject({ outcome: 'withdrawn' });
    expect(await send(input(3))).toMatchObject({ outcome: 'sent' });
    expect(taken).toHaveLength(1);
  });

  it('names what was claimed before, which is not sent a second time', async () => {
    onSend = async () => dies();
    await expect(send()).rejects.toThrow('gone');
    expect(await acknowledge(1)).toEqual({ onTheirWay: ['webhook'] });
    onSend = undefined;
    expect(await send(input(), 2)).toMatchObject({ outcome: 'withdrawn' });
    expect(taken).toEqual([]);
  });

  it('also stops the next try of a message that was certainly not taken', async () => {
    onSend = async () => {
      throw new ChannelError('too many requests', { recoverable: true });
    };
    await expect(send()).rejects.toThrow('too many');
    expect(await rows()).toEqual([{ state: 'planned', claims: 0 }]);
    expect(await acknowledge(1)).toEqual({ onTheirWay: [] });
    expect(await send(input(), 2)).toMatchObject({ outcome: 'withdrawn' });
  });
});

describe('a message while Postgres does not answer', () => {
  it('goes out without rows after the time to ring, under its usual key, and says so', async () => {
    const began = performance.now();
    expect(await send(input(), 1, nowhere)).toMatchObject({ outcome: 'sent', withoutRows: true });
    expect(performance.now() - began).toBeGreaterThan(1_000);
    expect(taken).toMatchObject([
      { retry: false, notification: { key: input().notification.key, stateStoreUnreachable: true } },
    ]);
  });

  it('is told to the channel as one that may be there already when it is tried again', async () => {
    await send(input(), 2, nowhere);
    expect(taken).toMatchObject([{ retry: true }]);
  });

  it('waits for nothing where the incident has no number yet', async () => {
    const { number: _, ...degraded } = input();
    expect(await send(degraded)).toMatchObject({ outcome: 'sent', withoutRows: true });
  });
});
