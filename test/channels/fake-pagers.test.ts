// The fakes of PagerDuty and Sentry are as treacherous as the real ones, or tests against them would prove nothing.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPagerDutyChannel } from '../../src/channels/pagerduty/pagerduty.ts';
import { createSentryChannel } from '../../src/channels/sentry/sentry.ts';
import { type FakePagerDuty, startFakePagerDuty } from '../../src/local/fakes/pagerduty.ts';
import { type FakeSentry, startFakeSentry } from '../../src/local/fakes/sentry.ts';
import { readEnvelope } from '../../src/local/fakes/sentry-envelope.ts';
import { createCollector, fromPagerDuty, fromSentry } from '../support/alerts/collector.ts';
import { aNotification } from './support.ts';

const post = async (url: string, body: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { method: 'POST', body, headers: { connection: 'close', ...headers } });
  return { status: response.status, body: JSON.parse(await response.text()) };
};

describe('a fake PagerDuty', () => {
  let fake: FakePagerDuty;
  beforeEach(async () => {
    fake = await startFakePagerDuty({ services: ['sexton', 'shop'] });
  });
  afterEach(() => fake.close());

  const send = (event: object) => post(fake.apiUrl, JSON.stringify(event));
  const event = (event_action: string, dedup_key?: string, routing_key = fake.routingKey) => ({
    routing_key,
    event_action,
    ...(dedup_key !== undefined && { dedup_key }),
    payload: { summary: 's', source: 'x', severity: 'critical' },
  });
  const effects = () => fake.events.map(({ effect }) => effect);

  it('pages for a new key and for one that was resolved, never for one that is open or acknowledged', async () => {
    for (const action of ['trigger', 'trigger', 'acknowledge', 'trigger', 'resolve', 'trigger'])
      expect((await send(event(action, 'k'))).status).toBe(202);
    expect(effects()).toEqual(['paged', 'folded', 'acknowledged', 'folded', 'resolved', 'paged']);
    const listed = await fetch(fake.apiUrl.replace('/v2/enqueue', '/pages'));
    expect(JSON.parse(await listed.text()).pages).toHaveLength(2);
  });

  it('says 202 to what it drops: another service’s key, one that nobody opened, and what it loses', async () => {
    await send(event('trigger', 'k'));
    expect((await send(event('resolve', 'k', fake.routingKeyOf('shop')))).status).toBe(202);
    expect((await send(event('acknowledge', 'never'))).status).toBe(202);
    expect((await send(event('trigger', 'k', 'x'.repeat(32)))).status).toBe(202);
    fake.fail({ next: 1, with: 'dropped' });
    expect((await send(event('trigger', 'lost'))).status).toBe(202);
    expect(effects()).toEqual(['paged', 'dropped', 'dropped', 'dropped', 'dropped']);
    expect([fake.stateOf('k'), fake.stateOf('lost')]).toEqual(['triggered', undefined]);
  });

  it('makes a key where a trigger has none, and says in its own words what is wrong', async () => {
    expect((await send(event('trigger'))).body.dedup_key).toMatch(/^[0-9a-f]{32}$/);
    expect(await send(event('trigger', 'k', 'short'))).toEqual({
      status: 400,
      body: {
        status: 'invalid event',
        message: 'Event object is invalid',
        errors: ["Length of 'routing_key' is incorrect (should be 32 characters)"],
      },
    });
    const faulty = { ...event('trigger', 'k'), payload: { summary: 's'.repeat(1_025), severity: 'fatal' } };
    expect((await send(faulty)).body.errors).toHaveLength(3);
    expect((await send(event('resolve'))).status).toBe(400);
    expect((await post(fake.apiUrl, 'x'.repeat(512_001))).status).toBe(413);
  });
});

describe('a fake Sentry', () => {
  let fake: FakeSentry;
  beforeEach(async () => {
    fake = await startFakeSentry();
  });
  afterEach(() => fake.close());

  it('refuses whoever has not its key, and a project that is not there', async () => {
    const { username, origin } = new URL(fake.dsn);
    const auth = (key: string) => ({ 'x-sentry-auth': `Sentry sentry_version=7, sentry_key=${key}` });
    const at = (project: number, key: string) =>
      post(`${origin}/api/${project}/envelope/`, '{}', auth(key)).then(({ status }) => status);
    expect([await at(42, 'wrong'), await at(7, username), await at(42, username)]).toEqual([403, 403, 400]);
  });

  it.each([
    ['a length that is short', '{}\n{"type":"event","length":3}\n{"a":1}\n'],
    ['a length that is long', '{}\n{"type":"event","length":99}\n{"a":1}\n'],
    ['an item without a type', '{}\n{"length":7}\n{"a":1}\n'],
    ['no item', '{}\n'],
    ['no JSON', 'x\n'],
  ])('takes an envelope apart strictly: %s is refused', (_, text) => {
    expect(() => readEnvelope(text)).toThrow(/./);
  });

  it('counts bytes and not characters, and takes an item without a length to its end of line', () => {
    expect(readEnvelope('{}\n{"type":"event","length":10}\n{"a":"é"}').items[0]?.payload).toEqual({ a: 'é' });
    expect(readEnvelope('{}\n{"type":"event"}\n{"a":1}\n').items).toHaveLength(1);
  });
});

it('a collector hears both: who was paged, and what Sentry took, each with tier and incident', async () => {
  const at = '2026-02-10T12:07:00Z';
  const now = () => Date.parse(at);
  const pagerDuty = await startFakePagerDuty({ now, services: ['sexton', 'shop'] });
  const sentry = await startFakeSentry({ now });
  const routingKeys = { '': pagerDuty.routingKey, SHOP: pagerDuty.routingKeyOf('shop') };
  const pager = createPagerDutyChannel({ routingKeys, apiUrl: pagerDuty.apiUrl });
  const channel = createSentryChannel({ dsn: sentry.dsn, checkIns: false });
  const sending = { notification: aNotification(), retry: false, signal: AbortSignal.timeout(5_000) };
  // The second finds the first one's alert open, so nobody hears of it.
  for (const address of ['', '', 'shop']) await pager.send({ ...sending, address, dedupKey: 'k' });
  await channel.send({ ...sending, address: '' });
  await Promise.all([pagerDuty.close(), sentry.close()]);

  const { incident } = aNotification();
  const wanted = { tier: 'first', incident, between: [at, at] } as const;
  await createCollector(fromPagerDuty(pagerDuty), fromSentry(sentry)).expect([
    { channel: 'pagerduty', address: '', ...wanted },
    { channel: 'pagerduty', address: 'shop', ...wanted },
    { channel: 'sentry', address: '', ...wanted },
  ]);
});
