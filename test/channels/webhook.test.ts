// The signed webhook, as its receivers see it.
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../src/channels/channel.ts';
import type { WebhookEnvelope } from '../../src/channels/webhook/envelope.ts';
import { createWebhookChannel } from '../../src/channels/webhook/webhook.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../src/local/fakes/webhook-receiver.ts';
import { aNotification, errorOf, sendBy } from './support.ts';

let receiver: WebhookReceiver;
let channel: Channel;
beforeEach(async () => {
  receiver = await startWebhookReceiver();
  channel = createWebhookChannel({ '': receiver });
});
afterEach(() => receiver.close());

const sendOne = (change = {}, retry = false) =>
  sendBy({ channel, address: '' }, aNotification(change), { retry });

describe('the webhook channel', () => {
  it('sends the documented envelope with the payload whole', async () => {
    await sendOne({ degradedRouting: true });
    expect(receiver.received[0]?.envelope).toEqual({
      version: 1,
      key: 'sla-monitoring/budget/41/w1/slack/ops-alerts',
      incident: 'sla-monitoring/budget/41',
      status: 'firing',
      severity: 'critical',
      severity_word: 'CRITICAL',
      alert_type: 'sla_breach_critical',
      tier: 'first',
      summary: 'cleanup_magic_links used 104.0% of its time budget',
      action: null,
      since: '2026-02-10T12:00:00.000Z',
      ended: null,
      labels: {},
      members: null,
      next: 'on-call is paged at 12:30 unless somebody acknowledges',
      facts: [
        { name: 'Job', value: 'cleanup_magic_links' },
        { name: 'Budget', value: '5m' },
      ],
      runbook: 'https://runbooks.example.org/sla-breach-critical',
      acknowledge: 'sexton ack 41',
      degraded_routing: true,
      state_store_unreachable: false,
      text: [
        'CRITICAL: cleanup_magic_links used 104.0% of its time budget',
        '! degraded_routing: true (a channel that this severity calls for is not configured)',
        'Since: 2026-02-10 12:00:00 UTC',
        'Runbook: https://runbooks.example.org/sla-breach-critical',
        'Acknowledge: sexton ack 41',
        'Next: on-call is paged at 12:30 unless somebody acknowledges',
        'Job: cleanup_magic_links',
        'Budget: 5m',
        'Incident: sla-monitoring/budget/41 (sla_breach_critical, tier first)',
      ].join('\n'),
      payload: { alert_type: 'sla_breach_critical', utilization_percent: 104, run_id: 'r-1' },
    } satisfies WebhookEnvelope);
  });

  it('keeps a payload of a million characters whole', async () => {
    const rows = 'x'.repeat(1_000_000);
    await sendOne({ payload: { rows } });
    expect(receiver.received[0]?.envelope['payload']).toEqual({ rows });
  });

  it('is taken once by its key however often it is sent, so a retry is harmless', async () => {
    receiver.fail({ next: 1, with: 'http-500-after-post' });
    expect((await errorOf(sendOne())).unclear).toBe(true);
    expect(await sendOne({}, true)).toEqual({});
    expect(await sendOne({}, true)).toEqual({});
    expect(receiver.received).toHaveLength(1);
    expect(receiver.doubles).toEqual([aNotification().key, aNotification().key]);
  });

  it.each([408, 425, 429])('may be sent again after %i, which the receiver did not take', async (status) => {
    receiver.fail({ next: 1, with: { status } });
    expect(await errorOf(sendOne())).toMatchObject({ recoverable: true, unclear: false });
  });

  it.each([500, 502, 503, 504])('may be sent again after %i, which may have been taken', async (status) => {
    receiver.fail({ next: 1, with: { status, headers: { 'retry-after': '120' } } });
    const error = await errorOf(sendOne());
    expect(error).toMatchObject({ recoverable: true, unclear: true, retryAfterMs: 120_000 });
  });

  it.each([301, 307, 400, 401, 403, 404, 410, 413, 422])('is not sent again after %i', async (status) => {
    receiver.fail({ next: 1, with: { status, headers: { location: receiver.url } } });
    const error = await errorOf(sendOne());
    expect(error).toMatchObject({ recoverable: false, unclear: false });
    expect(error.message).toContain(`answered ${status}`);
    expect(error.message).toContain('check WEBHOOK_URL');
    expect(receiver.received).toEqual([]);
  });

  it.each(['http://ann:geheim@127.0.0.1:9/', 'http://127.0.0.1:1/'])(
    'names the setting and not the address where no request can be made (%s)',
    async (url) => {
      const odd = createWebhookChannel({ '': { url, secret: 's' } });
      const error = await errorOf(sendBy({ channel: odd, address: '' }));
      expect(error.message).toMatch(/^no request can be made to the webhook; check WEBHOOK_URL/);
      expect(error.recoverable).toBe(false);
    },
  );
});

describe('a receiver that checks what it is sent', () => {
  const post = (age: number, change: (signature: string) => string = (same) => same) => {
    const body = '{}';
    const timestamp = `${Math.floor(Date.now() / 1000) - age}`;
    const digest = createHmac('sha256', receiver.secret).update(`v1:${timestamp}:${body}`).digest('hex');
    const headers = {
      'x-sexton-timestamp': timestamp,
      'x-sexton-signature': change(`v1=${digest}`),
      'idempotency-key': 'k',
    };
    return fetch(receiver.url, { method: 'POST', body, headers });
  };

  it('believes a request that is signed and at most five minutes old', async () => {
    expect((await post(295)).status).toBe(200);
  });

  it.each<[string, number, (signature: string) => string]>([
    ['stale timestamp', 305, (same) => same],
    ['stale timestamp', -305, (same) => same],
    ['wrong signature', 0, (signature) => signature.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
    ['wrong signature', 0, () => ''],
    ['wrong signature', 0, () => 'v1=é'],
  ])('refuses a request with a %s', async (reason, age, change) => {
    expect((await post(age, change)).status).toBe(401);
    expect(receiver.rejected).toEqual([reason]);
    expect(receiver.received).toEqual([]);
  });

  it('refuses what another secret signed', async () => {
    const { url } = receiver;
    const stranger = createWebhookChannel({ '': { url, secret: 'another' } });
    expect((await errorOf(sendBy({ channel: stranger, address: '' }))).message).toContain('401');
  });
});
