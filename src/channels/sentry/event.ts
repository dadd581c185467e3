// A notification as a Sentry event. The fingerprint makes one issue of an incident; the id follows from the message's
// key, so that a retry is the same event.
import type { Notification } from '../../domain/alerts/notification.ts';
import type { Severity } from '../../domain/alerts/severity.ts';
import { clip, headline, plainText, printable } from '../text.ts';
import { idOf } from './api.ts';

const MESSAGE = 1_000;
const TAG = 200;
const TAG_NAME = 32;
const TAGS = 50;
/** Of 1 MiB that an event may have, less what stands around it. */
const EVENT_BYTES = 1_000_000;
const CUT_PAYLOAD = 50_000;

const LEVELS = {
  info: 'info',
  warning: 'warning',
  high: 'error',
  critical: 'fatal',
} as const satisfies Record<Severity, string>;

const oneLine = (text: string): string => printable(text).replaceAll('\n', ' ');

/** Sentry drops a tag whose name or value it does not like. */
const tags = (pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    pairs
      .slice(0, TAGS)
      .map(([name, value]) => [
        name.replaceAll(/[^\w.:-]/g, '_').slice(0, TAG_NAME),
        clip(oneLine(value.slice(0, TAG + 1)), TAG),
      ]),
  );

/** `<pack>/<rule>` of `<pack>/<rule>/<number>`; a ladder that rings without a number has an id of other parts. */
const ruleOf = (incident: string): readonly [pack: string, rule: string] => {
  const [pack = '', rule = ''] = incident.replace(/^escalation\/degraded\//, '').split('/');
  return [pack, rule];
};

/** Body of an `event` item. Sentry takes the same message twice in a row for one, so the tier is part of it. */
export const eventBody = (notification: Notification, environment?: string): object => {
  const { incident, tier, severity, severityWord, alertType, labels = {}, payload } = notification;
  const [pack, rule] = ruleOf(incident);
  const event = (extra: object): object => ({
    event_id: idOf(notification.key),
    timestamp: Date.now() / 1000,
    platform: 'other',
    logger: 'sexton',
    level: LEVELS[severity],
    ...(environment !== undefined && { environment }),
    message: `${clip(oneLine(headline(notification).slice(0, MESSAGE + 1)), MESSAGE)} (tier ${clip(oneLine(tier), TAG)})`,
    fingerprint: [clip(`${pack}/${rule}`, MESSAGE), clip(incident, MESSAGE)],
    tags: tags([
      ['pack', pack],
      ['rule', rule],
      ['incident', incident],
      ['tier', tier],
      ['severity', severity],
      ['severity_word', severityWord],
      ['alert_type', alertType],
      ...(notification.degradedRouting ? [['degraded_routing', 'true'] as const] : []),
      ...(notification.stateStoreUnreachable ? [['state_store_unreachable', 'true'] as const] : []),
      ...Object.entries(labels).map(([name, value]) => [`label.${name}`, value] as const),
    ]),
    extra: { text: plainText(notification), ...extra },
  });
  const whole = event({ payload });
  if (Buffer.byteLength(JSON.stringify(whole)) <= EVENT_BYTES) return whole;
  return event({ payload_cut: clip(JSON.stringify(payload), CUT_PAYLOAD) });
};
