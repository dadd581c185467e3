// Several webhooks, each with a name, and the two ways to be told.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alsoOf } from '../../src/channels/channel.ts';
import { createWebhookChannel } from '../../src/channels/webhook/webhook.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../src/local/fakes/webhook-receiver.ts';
import { SAMPLES } from './samples.ts';
import { aNotification, errorOf, sendBy } from './support.ts';

let plain: WebhookReceiver;
let grafana: WebhookReceiver;
beforeEach(async () => {
  plain = await startWebhookReceiver();
  grafana = await startWebhookReceiver();
});
afterEach(() => Promise.all([plain.close(), grafana.close()]));

const channelNow = () =>
  createWebhookChannel({
    '': { url: plain.url, secret: plain.secret },
    GRAFANA_TEST: { url: grafana.url, secret: grafana.secret, format: 'alertmanager' },
  });

const send = (address: string, change = {}) =>
  sendBy({ channel: channelNow(), address }, aNotification(change));

describe('a webhook with a name', () => {
  it('gets its own notices, signed with its own secret', async () => {
    await send('grafana-test');
    await send('', { key: 'k2' });
    expect(grafana.received.map(({ key }) => key)).toEqual([aNotification().key]);
    expect(plain.received.map(({ key }) => key)).toEqual(['k2']);
    expect([...plain.rejected, ...grafana.rejected]).toEqual([]);
  });

  it('that is not set says which variable is missing, and its notice goes to no other', async () => {
    const error = await errorOf(send('music'));
    expect(error).toMatchObject({ recoverable: false, unclear: false });
    expect(error.message).toContain('set WEBHOOK_URL__MUSIC');
    expect(plain.received).toEqual([]);
  });

  it('is named by its variable where it refuses', async () => {
    grafana.fail({ next: 1, with: { status: 403 } });
    expect((await errorOf(send('grafana-test'))).message).toContain('check WEBHOOK_URL__GRAFANA_TEST');
  });
});

describe('in Alertmanager’s words', () => {
  const told = () => grafana.received.map(({ envelope }) => envelope);

  it('an incident is a group of one alert with the fields that receivers read', async () => {
    await send('grafana-test', SAMPLES['short']);
    expect(told()).toMatchObject([
      {
        version: '4',
        groupKey: 'sla-monitoring/budget/41',
        status: 'firing',
        receiver: 'webhook:grafana-test',
        truncatedAlerts: 0,
        commonLabels: { alertname: 'sla_breach_critical', severity: 'critical', job: 'cleanup_magic_links' },
        alerts: [
          {
            status: 'firing',
            startsAt: '2026-02-10T12:00:00.000Z',
            endsAt: '0001-01-01T00:00:00Z',
            fingerprint: expect.stringMatching(/^[\da-f]{16}$/),
          },
        ],
      },
    ]);
  });

  it('its end has the same group and fingerprint, and the instant at which it ended', async () => {
    await send('grafana-test', SAMPLES['short']);
    await send('grafana-test', { ...SAMPLES['resolved'], key: 'k2' });
    const [firing, resolved] = told() as { groupKey: string; alerts: Record<string, unknown>[] }[];
    expect(resolved).toMatchObject({ status: 'resolved', groupKey: firing?.groupKey });
    expect(resolved?.alerts[0]).toMatchObject({
      status: 'resolved',
      endsAt: '2026-02-10T12:12:30.000Z',
      fingerprint: firing?.alerts[0]?.['fingerprint'],
    });
  });

  it('there are none for an acknowledgement, so that is told in Sexton’s own only', () => {
    expect(alsoOf(channelNow(), 'grafana-test')).toEqual(['resolved']);
    expect(alsoOf(channelNow(), '')).toEqual(['acknowledged', 'resolved']);
  });
});

it('Sexton’s own words tell status, end, first action, labels and group', async () => {
  await send('', SAMPLES['group']);
  await send('', { ...SAMPLES['resolved'], key: 'k2' });
  expect(plain.received.map(({ envelope }) => envelope)).toMatchObject([
    {
      version: 1,
      status: 'firing',
      ended: null,
      action: 'Stop the export that holds the table, then let the run go on',
      labels: { job: 'cleanup_magic_links', database: 'app' },
      members: { firing: 120 },
    },
    { status: 'resolved', ended: '2026-02-10T12:12:30.000Z', members: null },
  ]);
});
