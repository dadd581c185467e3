// Sexton's own words for a webhook: everything that it knows, in one object.
import type { Notification } from '../../domain/alerts/notification.ts';
import type { Severity } from '../../domain/alerts/severity.ts';
import { plainText } from '../text.ts';
import { signedRequest, type WebhookFormat } from './sign.ts';

/** The body of every request. Fields may be added to version 1, never changed or taken away. */
export interface WebhookEnvelope {
  readonly version: 1;
  /** As in the Idempotency-Key header: the same on every retry. */
  readonly key: string;
  /** `<pack>/<rule>/<number>`. */
  readonly incident: string;
  /** What is told: that it fires, that somebody has it, or that it is over. */
  readonly status: 'firing' | 'acknowledged' | 'resolved';
  readonly severity: Severity;
  /** The pack's own word for the severity. */
  readonly severity_word: string;
  readonly alert_type: string;
  /** Step of the ladder that this notice belongs to. */
  readonly tier: string;
  /** One sentence. */
  readonly summary: string;
  /** What to do first, in one sentence. */
  readonly action: string | null;
  /** ISO-8601. */
  readonly since: string;
  /** ISO-8601; of a resolved one. */
  readonly ended: string | null;
  /** What happens next and when. */
  readonly next: string;
  /** Of the alert, or those that its group shares. */
  readonly labels: Readonly<Record<string, string>>;
  /** Only of a group: how many fire, and the worst of them in words. */
  readonly members: { readonly firing: number; readonly worst: readonly string[] } | null;
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

const webhookEnvelope = (notification: Notification): WebhookEnvelope => ({
  version: 1,
  key: notification.key,
  incident: notification.incident,
  status: notification.status ?? 'firing',
  severity: notification.severity,
  severity_word: notification.severityWord,
  alert_type: notification.alertType,
  tier: notification.tier,
  summary: notification.summary,
  action: notification.action ?? null,
  since: notification.since,
  ended: notification.endedAt ?? null,
  next: notification.next,
  labels: notification.labels ?? {},
  members: notification.members ?? null,
  facts: notification.facts.map(([name, value]) => ({ name, value })),
  runbook: notification.runbook ?? null,
  acknowledge: notification.acknowledge,
  degraded_routing: notification.degradedRouting,
  state_store_unreachable: notification.stateStoreUnreachable,
  text: plainText(notification),
  payload: notification.payload,
});

export const sextonFormat: WebhookFormat = {
  also: ['acknowledged', 'resolved'],
  request: (asked) => signedRequest(asked, webhookEnvelope(asked.notification)),
};
