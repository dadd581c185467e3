// POSTs a notification as JSON to WEBHOOK_URL, signed. The receiver checks `v1:<timestamp>:<body>` against
// X-Sexton-Signature, refuses old timestamps, and takes each Idempotency-Key once, which makes retries harmless.
import { createHmac } from 'node:crypto';
import type { Notification } from '../domain/alerts/notification.ts';
import type { Severity } from '../domain/alerts/severity.ts';
import type { Channel } from './channel.ts';
import { call } from './http.ts';
import { statusError } from './http-status.ts';
import type { WebhookSettings } from './settings.ts';
import { plainText } from './text.ts';

/** The body of every request. Fields may be added to version 1, never changed or taken away. */
export interface WebhookEnvelope {
  readonly version: 1;
  /** As in the Idempotency-Key header: the same on every retry. */
  readonly key: string;
  /** `<pack>/<rule>/<number>`. */
  readonly incident: string;
  readonly severity: Severity;
  /** The pack's own word for the severity. */
  readonly severity_word: string;
  readonly alert_type: string;
  /** Step of the ladder that this notice belongs to. */
  readonly tier: string;
  /** One sentence. */
  readonly summary: string;
  /** ISO-8601. */
  readonly since: string;
  /** What happens next and when. */
  readonly next: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly runbook: string | null;
  /** Command that acknowledges the incident. */
  readonly acknowledge: string;
  /** A channel that this severity calls for is not configured (SLA-74). */
  readonly degraded_routing: boolean;
  /** Rows and counts are missing because the home database did not answer. */
  readonly state_store_unreachable: boolean;
  /** All of the above as plain lines, cut at 8,000 characters. */
  readonly text: string;
  /** The alert as its pack defines it, whole. */
  readonly payload: Readonly<Record<string, unknown>>;
}

const envelope = (notification: Notification): WebhookEnvelope => ({
  version: 1,
  key: notification.key,
  incident: notification.incident,
  severity: notification.severity,
  severity_word: notification.severityWord,
  alert_type: notification.alertType,
  tier: notification.tier,
  summary: notification.summary,
  since: notification.since,
  next: notification.next,
  facts: notification.facts.map(([name, value]) => ({ name, value })),
  runbook: notification.runbook ?? null,
  acknowledge: notification.acknowledge,
  degraded_routing: notification.degradedRouting,
  state_store_unreachable: notification.stateStoreUnreachable,
  text: plainText(notification),
  payload: notification.payload,
});

/** `v1=<hex>` over timestamp (Unix seconds) and the body as it is sent. */
const signature = (secret: string, timestamp: string, body: string): string =>
  `v1=${createHmac('sha256', secret).update(`v1:${timestamp}:${body}`).digest('hex')}`;

export const createWebhookChannel = ({ url, secret }: WebhookSettings): Channel => ({
  name: 'webhook',
  send: async ({ notification, signal }) => {
    const body = JSON.stringify(envelope(notification));
    const timestamp = `${Math.floor(Date.now() / 1000)}`;
    const about = { provider: 'the webhook', setting: 'WEBHOOK_URL' };
    const answer = await call({
      ...about,
      url,
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'sexton',
        'x-sexton-timestamp': timestamp,
        'x-sexton-signature': signature(secret, timestamp, body),
        'idempotency-key': notification.key,
      },
      body,
      signal,
      readsBody: false,
    });
    if (answer.status < 200 || answer.status > 299) throw statusError(about, answer);
    return {};
  },
});
