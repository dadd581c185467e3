// A notification as an event of PagerDuty's Events API v2, within its limits: 1,024 characters of summary, 255 of key,
// 512 KB of body.
import { createHash } from 'node:crypto';
import type { Notification } from '../../domain/alerts/notification.ts';
import type { Severity } from '../../domain/alerts/severity.ts';
import { clip, headline, printable } from '../text.ts';

const SUMMARY = 1_024;
const KEY = 255;
const BODY_BYTES = 512_000;
/** Of these, each part by itself; together they fit into a body whatever they consist of. */
const TEXT = 500;
const NAME = 100;
const VALUE = 300;
const ENTRIES = 50;
const CUT_PAYLOAD = 20_000;

const SEVERITIES = {
  info: 'info',
  warning: 'warning',
  high: 'error',
  critical: 'critical',
} as const satisfies Record<Severity, string>;

/** The key as PagerDuty takes it; one that is too long keeps its beginning and gets a digest of the whole. */
export const dedupKeyOf = (key: string): string => {
  if (key.length <= KEY) return key;
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return `${key.slice(0, KEY - digest.length - 1)}~${digest}`;
};

/** `<pack>/<rule>/<number>`, or the id of a ladder that rings without a number. */
const packOf = (incident: string): string =>
  incident.replace(/^escalation\/degraded\//, '').split('/')[0] || 'sexton';

const entries = (pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> =>
  Object.fromEntries(pairs.slice(0, ENTRIES).map(([name, value]) => [clip(name, NAME), clip(value, VALUE)]));

/** What the person who is paged reads below the summary; what to do comes first. */
const details = (notification: Notification) => {
  const { next, acknowledge, incident, tier, severityWord, alertType, action, runbook } = notification;
  const { facts, labels, members, degradedRouting, stateStoreUnreachable } = notification;
  return {
    ...(action !== undefined && { action: clip(action, TEXT) }),
    next: clip(next, TEXT),
    acknowledge: clip(acknowledge, TEXT),
    ...(runbook !== undefined && { runbook: clip(runbook, TEXT) }),
    ...(degradedRouting && { degraded_routing: true }),
    ...(stateStoreUnreachable && { state_store_unreachable: true }),
    facts: entries(facts),
    ...(labels && { labels: entries(Object.entries(labels)) }),
    ...(members && {
      members: { firing: members.firing, worst: members.worst.slice(0, 10).map((each) => clip(each, VALUE)) },
    }),
    incident: clip(incident, TEXT),
    tier: clip(tier, NAME),
    severity: clip(severityWord, NAME),
    alert_type: clip(alertType, NAME),
  };
};

const oneLine = (text: string): string => printable(text).replaceAll('\n', ' ');

export interface Trigger {
  readonly routingKey: string;
  readonly key: string;
  readonly notification: Notification;
}

/** Body that opens an alert, or is folded into the open one of that key. */
export const triggerBody = ({ routingKey, key, notification }: Trigger): string => {
  const { incident, since, severity, alertType, labels, runbook = '', payload } = notification;
  const pack = packOf(incident);
  const job = labels?.['job'];
  const bodyWith = (more: object): string =>
    JSON.stringify({
      routing_key: routingKey,
      event_action: 'trigger',
      dedup_key: key,
      client: 'Sexton',
      ...(/^https?:\/\//.test(runbook) &&
        runbook.length <= 2_000 && { links: [{ href: runbook, text: 'Runbook' }] }),
      payload: {
        summary: clip(oneLine(headline(notification).slice(0, SUMMARY + 1)), SUMMARY),
        source: pack,
        severity: SEVERITIES[severity],
        ...(!Number.isNaN(Date.parse(since)) && { timestamp: new Date(since).toISOString() }),
        ...(job !== undefined && { component: clip(job, NAME) }),
        group: pack,
        class: clip(alertType, NAME),
        custom_details: { ...details(notification), ...more },
      },
    });
  const whole = bodyWith({ payload });
  if (Buffer.byteLength(whole) <= BODY_BYTES) return whole;
  return bodyWith({ payload_cut: clip(JSON.stringify(payload), CUT_PAYLOAD) });
};

/** Body that acknowledges or resolves the alert of a key. */
export const endBody = ({
  routingKey,
  key,
  action,
}: {
  readonly routingKey: string;
  readonly key: string;
  readonly action: 'acknowledge' | 'resolve';
}): string => JSON.stringify({ routing_key: routingKey, event_action: action, dedup_key: key });
