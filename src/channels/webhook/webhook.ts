// POSTs a notification as JSON to WEBHOOK_URL, or to the WEBHOOK_URL__<NAME> that the address names, signed. The
// receiver checks `v1:<timestamp>:<body>` against X-Sexton-Signature, refuses old timestamps, and takes each
// Idempotency-Key once, which makes retries harmless.
import { addressSuffix } from '../../domain/alerts/channels.ts';
import type { Receipt } from '../../domain/alerts/notification.ts';
import { formatTarget } from '../../domain/alerts/policy.ts';
import { type Channel, ChannelError, type Sending } from '../channel.ts';
import { call } from '../http.ts';
import { statusError } from '../http-status.ts';
import type { ChannelSettings, WebhookSettings } from '../settings.ts';
import { WEBHOOK_FORMATS } from './format.ts';
import { letterRequest } from './letter.ts';

type Receivers = NonNullable<ChannelSettings['webhook']>;

const receiverOf = (receivers: Receivers, address: string): WebhookSettings | undefined =>
  receivers[addressSuffix(address)];

/** Whether these settings serve an address. */
export const webhookServes = (receivers: Receivers, address: string): boolean =>
  receiverOf(receivers, address) !== undefined;

type Requested = (receiver: WebhookSettings) => {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
};

const createCall =
  (receivers: Receivers) =>
  async ({ address, signal }: Pick<Sending, 'address' | 'signal'>, request: Requested): Promise<Receipt> => {
    const setting = `WEBHOOK_URL${address && `__${addressSuffix(address)}`}`;
    const receiver = receiverOf(receivers, address);
    if (receiver === undefined) {
      throw new ChannelError(`no webhook has this name; set ${setting}`, { recoverable: false });
    }
    const { url } = receiver;
    const { body, headers } = request(receiver);
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
  };

export const createWebhookChannel = (receivers: Receivers): Channel => {
  const request = createCall(receivers);
  return {
    name: 'webhook',
    also: (address) => WEBHOOK_FORMATS[receiverOf(receivers, address)?.format ?? 'sexton'].also,
    send: ({ notification, address, signal }) =>
      request({ address, signal }, ({ secret, format = 'sexton' }) => {
        const target = formatTarget({ channel: 'webhook', address });
        return WEBHOOK_FORMATS[format].request({ notification, target, secret, nowMs: Date.now() });
      }),
    post: ({ letter, address, signal }) =>
      request({ address, signal }, ({ secret, format = 'sexton' }) => {
        if (format === 'sexton') return letterRequest(letter, { secret, nowMs: Date.now() });
        throw new ChannelError(`a webhook of format ${format} takes alerts only`, { recoverable: false });
      }),
  };
};
