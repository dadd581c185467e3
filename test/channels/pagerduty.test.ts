// PagerDuty: what is in a page, keys that wake and keys that do not, endings, and what its answers mean.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel, Sending } from '../../src/channels/channel.ts';
import { dedupKeyOf, triggerBody } from '../../src/channels/pagerduty/event.ts';
import { createPagerDutyChannel } from '../../src/channels/pagerduty/pagerduty.ts';
import type { Severity } from '../../src/domain/alerts/severity.ts';
import { type FakePagerDuty, startFakePagerDuty } from '../../src/local/fakes/pagerduty.ts';
import { aNotification, errorOf } from './support.ts';

let fake: FakePagerDuty;
let channel: Channel;
beforeEach(async () => {
  fake = await startFakePagerDuty();
  channel = createPagerDutyChannel({ routingKeys: { '': fake.routingKey }, apiUrl: fake.apiUrl });
});
afterEach(() => fake.close());

const send = (more: Partial<Sending> = {}) =>
  channel.send({
    notification: aNotification(),
    address: '',
    signal: new AbortController().signal,
    retry: false,
    ...more,
  });

const ended = (status: 'acknowledged' | 'resolved', openKeys: readonly string[]) =>
  send({ notification: aNotification({ status }), openKeys });

const effects = () => fake.events.map(({ dedupKey, effect }) => [dedupKey, effect]);

describe('a page', () => {
  it('DIAG-48: is known by the key that it was given, which the receipt returns', async () => {
    expect(await send({ dedupKey: 'devdiag:NoRecentRuns' })).toEqual({ id: 'devdiag:NoRecentRuns' });
    expect(fake.pages()).toMatchObject([{ dedupKey: 'devdiag:NoRecentRuns', service: 'sexton' }]);
  });

  it('says what broke, since when, whose it is, what to do first and where that is written', async () => {
    await send({ notification: aNotification({ action: 'Look at the locks', labels: { job: 'links' } }) });
    const [page] = fake.pages();
    expect(page?.payload).toMatchObject({
      summary: 'CRITICAL: cleanup_magic_links used 104.0% of its time budget',
      source: 'sla-monitoring',
      group: 'sla-monitoring',
      component: 'links',
      class: 'sla_breach_critical',
      timestamp: '2026-02-10T12:00:00.000Z',
      custom_details: {
        action: 'Look at the locks',
        acknowledge: 'sexton ack 41',
        facts: { Job: 'cleanup_magic_links', Budget: '5m' },
        labels: { job: 'links' },
        payload: aNotification().payload,
      },
    });
    expect(page?.links).toEqual([
      { href: 'https://runbooks.example.org/sla-breach-critical', text: 'Runbook' },
    ]);
  });

  it.each<[Severity, string]>([
    ['info', 'info'],
    ['warning', 'warning'],
    ['high', 'error'],
    ['critical', 'critical'],
  ])('of severity %s is %s there', async (severity, theirs) => {
    await send({ notification: aNotification({ severity }) });
    expect(fake.pages()[0]?.payload['severity']).toBe(theirs);
  });

  it('stays under 512 KB whatever it consists of, and keeps what the person needs', () => {
    const long = '\u0001'.repeat(5_000);
    const many = Array.from({ length: 100 }, (_, index) => [`${index}${long}`, long] as const);
    const notification = aNotification({
      summary: long,
      next: long,
      action: long,
      tier: long,
      alertType: long,
      facts: many,
      labels: Object.fromEntries(many),
      members: { firing: 900, worst: Array.from({ length: 50 }, () => long) },
      payload: { long, rows: many },
    });
    const body = triggerBody({ routingKey: 'r'.repeat(32), key: 'k', notification });
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(512_000);
    const { summary, custom_details: details } = JSON.parse(body).payload;
    expect(summary).toHaveLength(1_024);
    expect(details).toMatchObject({ acknowledge: 'sexton ack 41', incident: 'sla-monitoring/budget/41' });
    expect(details.payload_cut).toContain('long');
  });

  it('has a key of at most 255 characters, a different one for each that is longer', () => {
    const keys = ['a', 'b'].map((end) => dedupKeyOf(`${'k'.repeat(300)}${end}`));
    expect(keys.map(({ length }) => length)).toEqual([255, 255]);
    expect(keys[0]).not.toBe(keys[1]);
    expect(dedupKeyOf('k'.repeat(255))).toBe('k'.repeat(255));
  });

  it('goes to the service that its target names, and is refused where that has no key', async () => {
    const error = await errorOf(send({ address: 'shop-team' }));
    expect(error.recoverable).toBe(false);
    expect(error.message).toContain('set PAGERDUTY_ROUTING_KEY__SHOP_TEAM');
    expect(fake.events).toEqual([]);
  });
});

describe('an ending', () => {
  const open = async (...keys: readonly string[]) => {
    for (const dedupKey of keys) await send({ dedupKey });
  };

  it.each([
    ['acknowledged', 'acknowledged'],
    ['resolved', 'resolved'],
  ] as const)('%s is told of every key that the incident has used', async (status, effect) => {
    await open('a', 'b', 'c');
    expect(await ended(status, ['a', 'b', 'c', 'a'])).toEqual({});
    const ends = effects().slice(3);
    expect(ends).toHaveLength(3);
    expect(ends).toEqual(expect.arrayContaining(['a', 'b', 'c'].map((key) => [key, effect])));
  });

  it('asks nothing of PagerDuty where nothing was opened there', async () => {
    await ended('resolved', []);
    expect(fake.events).toEqual([]);
  });

  it('that failed for one key is tried again for that one only', async () => {
    await open('a', 'b', 'c');
    fake.fail({ next: 1, with: 'http-500' });
    const error = await errorOf(ended('resolved', ['a', 'b', 'c']));
    expect(error).toMatchObject({ recoverable: true, unclear: true });
    expect(error.message).toMatch(/^1 of 3 alerts are not ended: /);
    expect(fake.events).toHaveLength(5);
    await ended('resolved', ['a', 'b', 'c']);
    expect(fake.events).toHaveLength(6);
    for (const key of ['a', 'b', 'c']) expect(fake.stateOf(key)).toBe('resolved');
  });

  it('stops where PagerDuty asks it to wait, and leaves the rest to the next try', async () => {
    const keys = Array.from({ length: 40 }, (_, index) => `key-${index}`);
    fake.fail({ next: 5, with: 'ratelimited' });
    const error = await errorOf(ended('acknowledged', keys));
    expect(error).toMatchObject({ recoverable: true, retryAfterMs: 30_000 });
    expect(fake.refused.length + fake.events.length).toBeLessThan(15);
  });

  it('that is refused for one key is told of the others, and is final', async () => {
    await open('a', 'b');
    fake.fail({ next: 1, with: 'refused' });
    const error = await errorOf(ended('resolved', ['a', 'b']));
    expect(error.recoverable).toBe(false);
    expect(fake.events.filter(({ effect }) => effect === 'resolved')).toHaveLength(1);
  });
});

describe('what PagerDuty answers', () => {
  it('with 400 says which field it is about, without the key', async () => {
    const short = createPagerDutyChannel({ routingKeys: { '': 'geheim' }, apiUrl: fake.apiUrl });
    const sending = { notification: aNotification(), address: '', retry: false };
    const error = await errorOf(short.send({ ...sending, signal: AbortSignal.timeout(5_000) }));
    expect(error.recoverable).toBe(false);
    expect(error.message).toBe(
      "PagerDuty refused the event (Length of 'routing_key' is incorrect (should be 32 characters)); check PAGERDUTY_ROUTING_KEY",
    );
  });

  it('with 429 and no time makes the waits minutes that grow, until it answers well', async () => {
    fake.fail({ next: 6, with: 'ratelimited-bare' });
    const waits: unknown[] = [];
    for (let count = 0; count < 6; count += 1) waits.push((await errorOf(send())).retryAfterMs);
    expect(waits).toEqual([60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
    await send();
    fake.fail({ next: 1, with: 'ratelimited-bare' });
    expect((await errorOf(send())).retryAfterMs).toBe(60_000);
  });

  it('under the same key on a retry wakes nobody twice and is never called a possible double', async () => {
    fake.fail({ next: 1, with: 'http-500-after-post' });
    expect((await errorOf(send())).unclear).toBe(true);
    expect(await send({ retry: true })).toEqual({ id: aNotification().key });
    expect(effects().map(([, effect]) => effect)).toEqual(['paged', 'folded']);
  });

  it('with another 2xx than 202 is no confirmation: whoever answers is not its Events API', async () => {
    const server = createServer((_, response) => response.end('<html>welcome</html>'));
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const apiUrl = `http://127.0.0.1:${port}`;
    const elsewhere = createPagerDutyChannel({ routingKeys: { '': fake.routingKey }, apiUrl });
    const sending = { notification: aNotification(), address: '', retry: false };
    const error = await errorOf(elsewhere.send({ ...sending, signal: AbortSignal.timeout(5_000) }));
    server.close();
    expect(error).toMatchObject({ recoverable: false });
    expect(error.message).toContain('check PAGERDUTY_API_URL');
  });
});
