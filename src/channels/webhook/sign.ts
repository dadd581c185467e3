// What a webhook's format is given and makes, and how a receiver knows that a request is ours, fresh, and the same as
// one before.
import { createHmac } from 'node:crypto';
import type { Notification } from '../../domain/alerts/notification.ts';
import type { Also } from '../channel.ts';

export interface WebhookAsked {
  readonly notification: Notification;
  /** As the policy names it: `webhook` or `webhook:shop`. */
  readonly target: string;
  readonly secret: string;
  /** When it is signed, epoch milliseconds. */
  readonly nowMs: number;
}

export interface WebhookFormat {
  /** What it has words for beyond that something fires. */
  readonly also: readonly Also[];
  readonly request: (asked: WebhookAsked) => {
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
  };
}

/** `v1=<hex>` over timestamp (Unix seconds) and the body as it is sent. */
const signature = (secret: string, timestamp: string, body: string): string =>
  `v1=${createHmac('sha256', secret).update(`v1:${timestamp}:${body}`).digest('hex')}`;

/** A message as JSON with its signature; it also carries the key, the same on every retry. */
export const signedRequest = (
  {
    notification,
    secret,
    nowMs,
  }: Pick<WebhookAsked, 'secret' | 'nowMs'> & { readonly notification: { readonly key: string } },
  message: object,
) => {
  const body = JSON.stringify(message);
  const timestamp = `${Math.floor(nowMs / 1000)}`;
  const headers: Readonly<Record<string, string>> = {
    'x-sexton-timestamp': timestamp,
    'x-sexton-signature': signature(secret, timestamp, body),
    'idempotency-key': notification.key,
  };
  return { body, headers };
};
