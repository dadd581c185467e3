// POSTs a notification as JSON to WEBHOOK_URL, or to the WEBHOOK_URL__<NAME> that the address names, signed. The
// receiver checks `v1:<timestamp>:<body>` against X-Sexton-Signature, refuses old timestamps, and takes each
// Idempotency-Key once, which makes retries harmless.
import { addressSuffix } from '../domain/alerts/channels.ts';
import { formatTarget } from '../domain/alerts/policy.ts';
import { type Channel, ChannelError } from './channel.ts';
import { call } from './http.ts';
import { statusError } from './http-status.ts';
import type { ChannelSettings, WebhookSettings } from './settings.ts';
import { WEBHOOK_FORMATS } from './webhook-format.ts';

type Receivers = NonNullable<ChannelSettings['webhook']>;

const receiverOf = (receivers: Receivers, address: string): WebhookSettings | undefined =>
  receivers[addressSuffix(address)];

/** Whether these settings serve an address. */
export const webhookServes = (receivers: Receivers, address: string): boolean =>
  receiverOf(receivers, address) !== undefined;

export const createWebhookChannel = (receivers: Receivers): Channel => ({
  name: 'webhook',
  also: (address) => WEBHOOK_FORMATS[receiverOf(receivers, address)?.format ?? 'sexton'].also,
  send: async ({ notification, address, signal }) => {
    const setting = `WEBHOOK_URL${address && `__${addressSuffix(address)}`}`;
    const receiver = receiverOf(receivers, address);
    if (receiver === undefined) {
      throw new ChannelError(`no webhook has this name; set ${setting}`, { recoverable: false });
    }
    const { url, secret, format = 'sexton' } = receiver;
    const target = formatTarget({ channel: 'webhook', address });
    const asked = { notification, target, secret, nowMs: Date.now() };
    const { body, headers } = WEBHOOK_FORMATS[format].request(asked);
    const about = { provider: 'the webhook', setting };
    const answer = await call({
      ...about,
      url,
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'sexton',
        ...headers,
      },
      body,
      signal,
      readsBody: false,
    });
    if (answer.status < 200 || answer.status > 299) throw statusError(about, answer);
    return {};
  },
});
