// Words for people at 3 a.m., shared by every channel: what broke first, then what to do, then everything else.
import type { Notification } from '../domain/alerts/notification.ts';

/** Cuts to `max` UTF-16 units with an ellipsis, never in the middle of a character. */
export const clip = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** `CRITICAL: Job used 104.0% of its time budget` */
export const headline = ({ severityWord, summary }: Notification): string => `${severityWord}: ${summary}`;

/** What is wrong with the notice itself, so that nobody takes it for the whole picture. */
export const caveats = ({ degradedRouting, stateStoreUnreachable }: Notification): readonly string[] => [
  ...(degradedRouting
    ? ['degraded_routing: true (a channel that this severity calls for is not configured)']
    : []),
  ...(stateStoreUnreachable ? ['state store unreachable: rows and counts are missing'] : []),
];

/** `2026-02-10 12:00:00 UTC`, or the text itself where it is no instant. */
export const instantText = (iso: string): string => {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
};

/** The most that a plain text may hold; what is longer is cut. */
const PLAIN_LIMIT = 8_000;
const VALUE_LIMIT = 500;

/** The whole notice as plain lines. */
export const plainText = (notification: Notification): string => {
  const { since, next, acknowledge, runbook, facts, incident, tier, alertType } = notification;
  const lines = [
    clip(headline(notification), 2_000),
    ...caveats(notification).map((caveat) => `! ${caveat}`),
    `Since: ${instantText(since)}`,
    `Next: ${next}`,
    `Acknowledge: ${acknowledge}`,
    ...(runbook === undefined ? [] : [`Runbook: ${runbook}`]),
    ...facts.map(([name, value]) => `${name}: ${value}`),
    `Incident: ${incident} (${alertType}, tier ${tier})`,
  ];
  const [first = '', ...rest] = lines;
  return clip([first, ...rest.map((line) => clip(line, VALUE_LIMIT))].join('\n'), PLAIN_LIMIT);
};
