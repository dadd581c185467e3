// What lies around a message on real Postgres: which key it has at its provider, what is told elsewhere, what stays as a
// dead letter, and who hears that it is over.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Channels, Routed } from '../../../src/activities/alerts/channels.ts';
import { createWhoWasTold } from '../../../src/activities/alerts/incident.ts';
import { createRedeliver } from '../../../src/activities/alerts/redeliver.ts';
import type { SendInput } from '../../../src/activities/alerts/send.ts';
import { readAlertingFigures } from '../../../src/adapters/postgres/alerts/alerting-figures.ts';
import { dropDeadLetter, listDeadLetters } from '../../../src/adapters/postgres/alerts/dead-letters.ts';
import { ChannelError } from '../../../src/channels/channel.ts';
import { aNotification } from '../../channels/support.ts';
import { failing, message, openIncident, sendOnce, waitOf } from '../../support/alerts/sends.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { unique } from '../../support/stack.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const taken: Routed[] = [];
const instead: string[] = [];
let onSend: ((routed: Routed) => void) | undefined;
beforeEach(() => {
  taken.length = 0;
  instead.length = 0;
  onSend = undefined;
});
const channels: Channels = {
  send: async (routed) => {
    onSend?.(routed);
    taken.push(routed);
    return { id: `id-${taken.length}` };
  },
  sendInstead: async ({ error }) => {
    instead.push(error);
  },
  also: ({ channel }) => (channel === 'webhook' ? ['acknowledged', 'resolved'] : []),
};

const open = () => openIncident(engine);
const send = (given: SendInput, attempt = 1) => sendOnce({ engine, channels }, given, attempt);

const row = async (number: number, channel = 'webhook') =>
  (
    await engine.db.query(
      'SELECT state, failures, dedup_key AS key FROM sexton.outbox WHERE incident = $1 AND channel = $2 ORDER BY wake DESC',
      [number, channel],
    )
  ).rows[0];

describe('a provider that fails', () => {
  it('with a time to wait is left alone for exactly that time', async () => {
    onSend = failing(new ChannelError('busy', { recoverable: true, retryAfterMs: 17_321 }));
    expect(await waitOf(send(message(await open())))).toBe(17_321);
  });

  it('six times has its message told elsewhere once, keeps being tried, and is a dead letter once that has expired', async () => {
    const number = await open();
    onSend = failing(new ChannelError('503', { recoverable: true, unclear: true }));
    for (let attempt = 1; attempt <= 8; attempt += 1)
      await expect(send(message(number), attempt)).rejects.toThrow('503');
    expect(instead).toEqual(['503']);
    expect(await row(number)).toMatchObject({ state: 'claimed', failures: 8 });
    await engine.db.query(
      `UPDATE sexton.outbox SET planned_at = planned_at - interval '1 h' WHERE incident = $1`,
      [number],
    );
    expect(await send(message(number), 9)).toMatchObject({ outcome: 'dead' });
    expect(instead).toEqual(['503']);
    expect((await listDeadLetters(engine.db)).find((each) => each.number === number)).toMatchObject({
      error: '503',
      tries: 9,
    });
  });

  it('and comes back within the hour gets its message', async () => {
    const number = await open();
    onSend = failing(new ChannelError('503', { recoverable: true }));
    for (let attempt = 1; attempt <= 20; attempt += 1)
      await expect(send(message(number), attempt)).rejects.toThrow('503');
    onSend = undefined;
    expect(await send(message(number), 21)).toMatchObject({ outcome: 'sent' });
  });
});

describe('a dead letter', () => {
  const dead = async (): Promise<number> => {
    const number = await open();
    onSend = failing(new ChannelError('wrong token', { recoverable: false }));
    expect(await send(message(number, { to: 'pagerduty', baseKey: `base-${number}` }))).toMatchObject({
      outcome: 'dead',
    });
    onSend = undefined;
    return number;
  };
  const again = (number: number) =>
    engine.run(createRedeliver({ databases: engine.databases, channels }), {
      number,
      wake: 1,
      channel: 'pagerduty',
      address: '',
      by: 'ada',
    });

  it('is sent again as it was and under its key when a person asks, also after an acknowledgement', async () => {
    const number = await dead();
    await engine.db.query('UPDATE sexton.incident SET withdrawn_wake = 9 WHERE number = $1', [number]);
    expect(await again(number)).toEqual({ outcome: 'sent' });
    expect(taken).toMatchObject([
      { retry: true, dedupKey: `base-${number}`, notification: { key: `test/${number}/w1/pagerduty` } },
    ]);
    await expect(again(number)).rejects.toThrow('no dead letter any more');
  });

  it('stays one where its channel refuses it again, and none once it is put aside', async () => {
    const number = await dead();
    onSend = failing(new ChannelError('still wrong', { recoverable: false }));
    expect(await again(number)).toEqual({ outcome: 'dead', error: 'still wrong' });
    const id = { number, wake: 1, channel: 'pagerduty', address: '' };
    expect(await dropDeadLetter(engine.db, id, 'ada')).toBe(true);
    expect((await listDeadLetters(engine.db)).some((each) => each.number === number)).toBe(false);
    await expect(again(number)).rejects.toThrow('no dead letter any more');
  });
});

describe('the key at a provider that folds by key', () => {
  const page = (number: number, wake: number, base: string) =>
    send(message(number, { to: 'pagerduty', wake, baseKey: base }));

  it('is the pack’s for the first wake, one of its own for each later one, and all are ended together', async () => {
    const base = unique('base');
    const number = await open();
    await page(number, 1, base);
    await page(number, 2, base);
    expect(taken.map(({ dedupKey }) => dedupKey)).toEqual([base, `${base}/i${number}/w2`]);
    expect(taken[1]?.openKeys).toEqual([base, `${base}/i${number}/w2`]);
  });

  it('is not the pack’s again until its alert there is known to be over', async () => {
    const base = unique('base');
    const [first, second, third] = [await open(), await open(), await open()];
    await page(first, 1, base);
    await page(second, 1, base);
    expect(taken[1]?.dedupKey).toBe(`${base}/i${second}`);
    await engine.db.query(`UPDATE sexton.incident SET state = 'resolved' WHERE number = ANY($1)`, [
      [first, second],
    ]);
    const notification = aNotification({ key: unique('key'), status: 'resolved' });
    await send(message(first, { to: 'pagerduty', wake: 2, baseKey: base, notification }));
    expect(taken[2]).toMatchObject({ openKeys: [base] });
    await page(third, 1, base);
    expect(taken[3]?.dedupKey).toBe(base);
  });

  it('goes to one of two that claim at once', async () => {
    const base = unique('base');
    const numbers = await Promise.all(Array.from({ length: 5 }, open));
    await Promise.all(numbers.map((number) => page(number, 1, base)));
    expect(new Set(taken.map(({ dedupKey }) => dedupKey)).size).toBe(5);
  });
});

describe('a notice that it is over', () => {
  const whoWasTold = (number: number, status: 'acknowledged' | 'resolved') =>
    engine.run(createWhoWasTold({ databases: engine.databases, channels }), { number, status, besides: [] });

  it('goes to whoever was told, in channels that tell such a thing, and once', async () => {
    const number = await open();
    await send(message(number));
    await send(message(number, { to: 'log' }));
    expect(await whoWasTold(number, 'resolved')).toEqual([{ channel: 'webhook', address: '' }]);
    await engine.db.query(
      `UPDATE sexton.incident SET state = 'resolved', withdrawn_wake = 5 WHERE number = $1`,
      [number],
    );
    const notification = aNotification({ key: unique('key'), status: 'resolved' });
    expect(await send(message(number, { wake: 2, notification }))).toMatchObject({ outcome: 'sent' });
    expect(await whoWasTold(number, 'resolved')).toEqual([]);
  });

  it('does not go to somebody whose page was withdrawn', async () => {
    const number = await open();
    await engine.db.query('UPDATE sexton.incident SET withdrawn_wake = 1 WHERE number = $1', [number]);
    expect(await send(message(number))).toMatchObject({ outcome: 'withdrawn' });
    expect(await whoWasTold(number, 'resolved')).toEqual([]);
  });

  it('is withdrawn where it fires again before it went', async () => {
    const number = await open();
    const notification = aNotification({ key: unique('key'), status: 'resolved' });
    expect(await send(message(number, { wake: 2, notification }))).toMatchObject({ outcome: 'withdrawn' });
  });
});

describe('the figures of alerting', () => {
  it('tell times, tries by their ends, dead letters and what is overdue', async () => {
    const before = await readAlertingFigures(engine.db, { withinSeconds: 3_600 });
    const number = await open();
    await send(message(number));
    await engine.db.query(
      `UPDATE sexton.incident SET next_due_at = sexton.now() - interval '5 min' WHERE number = $1`,
      [number],
    );
    const after = await readAlertingFigures(engine.db, { withinSeconds: 3_600 });
    const sent = (figures: typeof after) =>
      figures.channels.find(({ channel }) => channel === 'webhook')?.sent ?? 0;
    expect(sent(after) - sent(before)).toBe(1);
    expect(after.notify.count - before.notify.count).toBe(1);
    expect(after.notify.max).toBeLessThan(60);
    expect(after.overdue.count - before.overdue.count).toBe(1);
    expect(after.overdue.worstSeconds).toBeGreaterThanOrEqual(300);
    expect(after.channels.find(({ channel }) => channel === 'webhook')?.failed).toBeGreaterThan(0);
  });
});
