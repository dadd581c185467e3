// A notification, a log that remembers, and how each channel is put up for the contract: one harness a way of
// sending, each with a provider of its own.

import { type Channel, ChannelError } from '../../src/channels/channel.ts';
import { createChannels } from '../../src/channels/index.ts';
import type { ChannelSettings } from '../../src/channels/settings.ts';
import type { Notification, Receipt } from '../../src/domain/alerts/notification.ts';
import { startFakeSlack } from '../../src/local/fakes/slack.ts';
import { startWebhookReceiver } from '../../src/local/fakes/webhook-receiver.ts';
import { email } from './email-harness.ts';
import { pagerDuty, sentry } from './pager-harnesses.ts';

export const aNotification = (change: Partial<Notification> = {}): Notification => ({
  key: 'sla-monitoring/budget/41/w1/slack/ops-alerts',
  incident: 'sla-monitoring/budget/41',
  severity: 'critical',
  severityWord: 'CRITICAL',
  alertType: 'sla_breach_critical',
  summary: 'cleanup_magic_links used 104.0% of its time budget',
  since: '2026-02-10T12:00:00.000Z',
  tier: 'first',
  next: 'on-call is paged at 12:30 unless somebody acknowledges',
  facts: [
    ['Job', 'cleanup_magic_links'],
    ['Budget', '5m'],
  ],
  runbook: 'https://runbooks.example.org/sla-breach-critical',
  acknowledge: 'sexton ack 41',
  payload: { alert_type: 'sla_breach_critical', utilization_percent: 104, run_id: 'r-1' },
  degradedRouting: false,
  stateStoreUnreachable: false,
  ...change,
});

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A logger that keeps what it is told. */
export const aLog = () => {
  const lines: LogLine[] = [];
  const keep = (level: LogLine['level']) => (fields: object, message: string) =>
    void lines.push({ level, fields: { ...fields }, message });
  return { lines, logger: { info: keep('info'), warn: keep('warn'), error: keep('error') } };
};

/** A way for a provider to fail, in words that every provider understands. */
export type Trouble = 'ratelimited' | 'http-500' | 'reset-after-post' | 'timeout' | 'refused';

export interface Harness {
  readonly channel: Channel;
  readonly address: string;
  /** Keys and human text of what the provider took, doubles included. */
  readonly taken: () => readonly { readonly key: unknown; readonly text: string }[];
  /** Its next answer; absent where there is no provider that could fail. */
  readonly fail?: (trouble: Trouble) => void;
  /** Once the provider has a message in hand; where it is missing, 50 ms are enough. */
  readonly reached?: () => Promise<unknown>;
  /** The provider has no words for how long it wants to be left alone. */
  readonly namesNoWait?: boolean;
  /** Whether the provider makes doubles harmless, or they are found before they are made. */
  readonly doublesByKey: boolean;
  readonly secrets: readonly string[];
  readonly close: () => Promise<void>;
}

const channelOf = (name: string, settings: ChannelSettings): Channel => {
  const channel = createChannels({ settings, logger: aLog().logger })[name];
  if (!channel) throw new Error(`no channel ${name}`);
  return channel;
};

const log = async (): Promise<Harness> => {
  const { lines, logger } = aLog();
  const { log: channel } = createChannels({ settings: {}, logger });
  if (!channel) throw new Error('no log');
  return {
    channel,
    address: '',
    taken: () => lines.map(({ fields }) => ({ key: fields['key'], text: String(fields['text']) })),
    doublesByKey: false,
    secrets: [],
    close: async () => {},
  };
};

const webhook = async (): Promise<Harness> => {
  const receiver = await startWebhookReceiver();
  const { url, secret } = receiver;
  return {
    channel: channelOf('webhook', { webhook: { '': { url, secret } } }),
    address: '',
    taken: () => receiver.received.map(({ key, envelope }) => ({ key, text: String(envelope['text']) })),
    fail: (trouble) => {
      if (trouble === 'ratelimited')
        receiver.fail({ next: 1, with: { status: 429, headers: { 'retry-after': '30' } } });
      else if (trouble === 'http-500') receiver.fail({ next: 1, with: { status: 500 } });
      else if (trouble === 'refused') receiver.fail({ next: 1, with: { status: 403 } });
      else receiver.fail({ next: 1, with: trouble });
    },
    doublesByKey: true,
    secrets: [url, new URL(url).pathname, secret],
    close: receiver.close,
  };
};

const slack = (address: 'webhook' | 'ops-alerts') => async (): Promise<Harness> => {
  const fake = await startFakeSlack();
  const { webhookUrl, token, apiUrl } = fake;
  return {
    channel: channelOf('slack', { slack: { webhooks: { '': webhookUrl }, botToken: token, apiUrl } }),
    address,
    taken: () => fake.messages.map(({ metadata, text }) => ({ key: metadata?.event_payload['key'], text })),
    fail: (trouble) => {
      if (trouble === 'refused') fake.setChannel('ops-alerts', { archived: true });
      else fake.fail({ next: 1, with: trouble });
    },
    doublesByKey: address !== 'webhook',
    secrets: [webhookUrl, new URL(webhookUrl).pathname, token],
    close: fake.close,
  };
};

/** Every way of sending there is. */
export const HARNESSES: readonly (readonly [string, () => Promise<Harness>])[] = [
  ['log', log],
  ['webhook', webhook],
  ['slack:webhook', slack('webhook')],
  ['slack:ops-alerts', slack('ops-alerts')],
  ['email:ops@example.org', email],
  ['pagerduty', pagerDuty('')],
  ['pagerduty:shop-team', pagerDuty('shop-team')],
  ['sentry', sentry],
];

interface Try {
  readonly retry?: boolean;
  readonly signal?: AbortSignal;
}

export const sendBy = (
  { channel, address }: Pick<Harness, 'channel' | 'address'>,
  notification: Notification = aNotification(),
  { retry = false, signal = new AbortController().signal }: Try = {},
): Promise<Receipt> => channel.send({ notification, address, signal, retry });

/** The error that a sending must end with. */
export const errorOf = async (sending: Promise<unknown>): Promise<ChannelError> => {
  const error: unknown = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ChannelError)) throw new Error(`not a ChannelError: ${String(error)}`);
  return error;
};
