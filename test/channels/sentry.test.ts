// Sentry: DSNs of every shape, what is in an event, and answers that look like a yes and are none.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../src/channels/channel.ts';
import { envelope } from '../../src/channels/sentry/api.ts';
import { eventBody } from '../../src/channels/sentry/event.ts';
import { limitMs } from '../../src/channels/sentry/limits.ts';
import { createSentryChannel } from '../../src/channels/sentry/sentry.ts';
import { parseDsn } from '../../src/domain/alerts/sentry-dsn.ts';
import type { Severity } from '../../src/domain/alerts/severity.ts';
import { type FakeSentry, startFakeSentry } from '../../src/local/fakes/sentry.ts';
import { readEnvelope } from '../../src/local/fakes/sentry-envelope.ts';
import { aNotification, errorOf, sendBy } from './support.ts';

describe('a DSN', () => {
  it.each<[string, string, string, string | undefined]>([
    ['https://abc@o1.ingest.sentry.io/42', 'https://o1.ingest.sentry.io/api/42/envelope/', 'abc', undefined],
    ['http://abc@localhost:9000/1', 'http://localhost:9000/api/1/envelope/', 'abc', undefined],
    ['https://abc@example.org/errors/42', 'https://example.org/errors/api/42/envelope/', 'abc', undefined],
    ['https://abc@example.org/a/b/42/', 'https://example.org/a/b/api/42/envelope/', 'abc', undefined],
    ['https://abc:def@example.org/42', 'https://example.org/api/42/envelope/', 'abc', 'def'],
    ['https://abc@[::1]:8443/42', 'https://[::1]:8443/api/42/envelope/', 'abc', undefined],
  ])('%s is taken apart', (dsn, envelopeUrl, publicKey, secretKey) => {
    expect(parseDsn(dsn)).toEqual({ envelopeUrl, publicKey, ...(secretKey && { secretKey }) });
  });

  it.each([
    'geheim',
    'https://example.org/42',
    'https://abc@example.org',
    'https://abc@example.org/',
    'https://abc@example.org/project',
    'https://abc@example.org/42/envelope',
    'ftp://abc@example.org/42',
    'https://a%20b@example.org/42',
    'https://abc:d%20e@example.org/42',
    'https://abc@example.org/42?timeout=1',
  ])('%s is none', (text) => {
    expect(parseDsn(text)).toBeUndefined();
  });
});

describe('an event', () => {
  const sent = (change = {}): Record<string, unknown> => ({ ...eventBody(aNotification(change)) });

  it('is the same on every retry and another for every other message', () => {
    const [first, again, other] = [{}, {}, { key: 'sla-monitoring/budget/41/w2' }].map(sent);
    expect(first?.['event_id']).toMatch(/^[0-9a-f]{32}$/);
    expect(again?.['event_id']).toBe(first?.['event_id']);
    expect(other?.['event_id']).not.toBe(first?.['event_id']);
  });

  it('makes one issue of an incident, though its messages differ by their tier', () => {
    const [first, second] = [sent({ tier: 'first' }), sent({ tier: 'page-on-call', key: 'k2' })];
    expect(first['fingerprint']).toEqual(['sla-monitoring/budget', 'sla-monitoring/budget/41']);
    expect(second['fingerprint']).toEqual(first['fingerprint']);
    expect(first['message']).toContain('(tier first)');
    expect(second['message']).toContain('(tier page-on-call)');
  });

  it.each<[Severity, string]>([
    ['info', 'info'],
    ['warning', 'warning'],
    ['high', 'error'],
    ['critical', 'fatal'],
  ])('of severity %s is %s there', (severity, level) => {
    expect(sent({ severity })['level']).toBe(level);
  });

  it('can be found by pack, rule, incident, tier, severity and labels, and owns that it is degraded', () => {
    expect(sent({ degradedRouting: true, labels: { 'job name': 'a\nb' } })['tags']).toEqual({
      pack: 'sla-monitoring',
      rule: 'budget',
      incident: 'sla-monitoring/budget/41',
      tier: 'first',
      severity: 'critical',
      severity_word: 'CRITICAL',
      alert_type: 'sla_breach_critical',
      degraded_routing: 'true',
      'label.job_name': 'a b',
    });
  });

  it('stays under 1 MiB, tags under 200 characters, and its length is counted in bytes', () => {
    const long = '\u0001é😀'.repeat(200_000);
    const labels = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`l${index}`, long]));
    const body = sent({ summary: long, tier: long, alertType: long, labels, payload: { long } });
    const text = envelope({ type: 'event', body });
    const { items } = readEnvelope(text);
    expect(items[0]?.payload).toEqual(body);
    expect(items[0]?.headers['length']).toBeLessThan(1_048_576);
    for (const tag of Object.values(body['tags'] as Record<string, string>))
      expect(tag.length).toBeLessThanOrEqual(200);
  });
});

describe('rate limits', () => {
  const limit = (status: number, headers: Record<string, string>): number | undefined =>
    limitMs({ status, header: (name) => headers[name] ?? null, categories: ['error', 'default'] });
  const LIMITS = 'x-sentry-rate-limits';

  it.each<[number, Record<string, string>, number | undefined]>([
    [200, {}, undefined],
    [200, { [LIMITS]: '60:error;transaction:organization' }, 60_000],
    [200, { [LIMITS]: '60:transaction:organization, 2700:default;error:organization:quota' }, 2_700_000],
    [200, { [LIMITS]: '60::organization' }, 60_000],
    [200, { [LIMITS]: '0.5:error:key' }, 500],
    [200, { [LIMITS]: '60:transaction;monitor:project' }, undefined],
    [200, { [LIMITS]: 'soon:error:project' }, 60_000],
    [200, { [LIMITS]: '' }, undefined],
    [429, {}, 60_000],
    [429, { 'retry-after': '7' }, 7_000],
    [429, { 'retry-after': '7', [LIMITS]: '30:error:project' }, 30_000],
    [429, { [LIMITS]: '30:transaction:project' }, 60_000],
    [503, { [LIMITS]: '30:error:project' }, 30_000],
  ])('%s with %j means %s ms', (status, headers, ms) => {
    expect(limit(status, headers)).toBe(ms);
  });
});

describe('what Sentry answers', () => {
  let fake: FakeSentry;
  let channel: Channel;
  beforeEach(async () => {
    fake = await startFakeSentry();
    channel = createSentryChannel({ dsn: fake.dsn, checkIns: false, environment: 'staging' });
  });
  afterEach(() => fake.close());
  const send = (change = {}) => sendBy({ channel, address: '' }, aNotification(change));

  it('with 200 is the receipt: the id of an event that is there, in its environment', async () => {
    const { id } = await send();
    expect(fake.events.map(({ payload }) => [payload['event_id'], payload['environment']])).toEqual([
      [id, 'staging'],
    ]);
    expect(fake.rejected).toEqual([]);
  });

  it('with 200 and a limit on errors is no receipt, and nothing more is sent while it holds', async () => {
    fake.fail({ next: 1, with: 'limited-200' });
    expect(await errorOf(send())).toMatchObject({ recoverable: true, unclear: true, retryAfterMs: 60_000 });
    const held = await errorOf(send());
    expect(held).toMatchObject({ recoverable: true, unclear: false });
    expect(held.retryAfterMs).toBeGreaterThan(50_000);
    expect(fake.events).toEqual([]);
  });

  it('with a limit on other things is a receipt', async () => {
    fake.fail({ next: 1, with: 'limits-others' });
    await send();
    expect(fake.events).toHaveLength(1);
  });

  it('with 429 and no time means a minute', async () => {
    fake.fail({ next: 1, with: 'ratelimited-bare' });
    expect(await errorOf(send())).toMatchObject({ recoverable: true, unclear: false, retryAfterMs: 60_000 });
  });

  it.each([
    ['a key that is not the project’s', (dsn: string) => dsn.replace(/\/\/\w+@/, '//geheim@')],
    ['a project that is not there', (dsn: string) => dsn.replace(/\d+$/, '7')],
  ])('to %s is final', async (_, change) => {
    channel = createSentryChannel({ dsn: change(fake.dsn), checkIns: false });
    const error = await errorOf(send());
    expect(error.recoverable).toBe(false);
    expect(error.message).toMatch(/^Sentry answered 403 \(.+\); check SENTRY_DSN$/);
    expect(error.message).not.toContain('geheim');
  });
});
