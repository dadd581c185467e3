// Words for people at 3 a.m., shared by every channel: what broke and how bad, since when, what to do first, the
// runbook, how to acknowledge, what happens next, then everything else.
import type { Notification } from '../domain/alerts/notification.ts';
import { formatDuration } from '../domain/duration.ts';

/** Cuts to `max` UTF-16 units with an ellipsis, never in the middle of a character. */
export const clip = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** Control characters and halves of characters: invisible to people, six characters each in JSON. */
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0009\u000B-\u001F\u007F]|\p{Surrogate}/gu;

export const printable = (text: string): string => text.replace(UNPRINTABLE, ' ');

/** `CRITICAL`, or what became of it: `ACKNOWLEDGED (CRITICAL)`, `RESOLVED (CRITICAL)`. */
export const statusWords = ({ status = 'firing', severityWord }: Notification): string =>
  status === 'firing' ? severityWord : `${status.toUpperCase()} (${severityWord})`;

/** `CRITICAL: Job used 104.0% of its time budget` */
export const headline = (notification: Notification): string =>
  `${statusWords(notification)}: ${notification.summary}`;

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

/** Something that a reader must know, and how it is best shown. */
export interface Point {
  readonly name: string;
  readonly value: string;
  readonly as: 'text' | 'instant' | 'command' | 'link';
}

const point = (name: string, value: string | undefined, as: Point['as'] = 'text'): readonly Point[] =>
  value === undefined || value === '' ? [] : [{ name, value, as }];

/** `12m30s`; nothing where the notice does not say when it ended. */
const lasted = ({ since, endedAt }: Notification): string | undefined => {
  const seconds = (Date.parse(endedAt ?? '') - Date.parse(since)) / 1000;
  return Number.isFinite(seconds) ? formatDuration(Math.max(0, Math.round(seconds))) : undefined;
};

/** What every channel shows, in the order in which it matters. A resolved one asks nobody to do anything. */
export const points = (notification: Notification): readonly Point[] => {
  const { status = 'firing', since, endedAt, action, runbook, acknowledge, next } = notification;
  const begun = point('Since', since, 'instant');
  if (status === 'resolved') {
    return [
      ...begun,
      ...point('Ended', endedAt, 'instant'),
      ...point('Lasted', lasted(notification)),
      ...point('Next', 'nothing follows: it is over'),
    ];
  }
  return [
    ...begun,
    ...point('Do first', action),
    ...point('Runbook', runbook, 'link'),
    ...(status === 'firing' ? point('Acknowledge', acknowledge, 'command') : []),
    ...point('Next', next),
  ];
};

/** Of a group: how many fire, then the worst, a line each. */
export const memberLines = ({ members }: Notification): readonly string[] => {
  if (members === undefined) return [];
  const { firing, worst } = members;
  return worst.length === 0 ? [`${firing} firing`] : [`${firing} firing, the worst:`, ...worst];
};

/** As many whole lines as fit, for half a fact misleads; the last says how many are left out. */
export const wholeLines = (lines: readonly string[], max: number): readonly string[] => {
  const last = (left: number): string => `… and ${left} more`;
  let length = 0;
  for (const [index, line] of lines.entries()) {
    const left = lines.length - index;
    const needed = left === 1 ? line.length : line.length + 1 + last(left).length;
    if (length + needed > max) return [...lines.slice(0, index), last(left)];
    length += line.length + 1;
  }
  return lines;
};

/** The most that a plain text may hold; what is longer is cut. */
const PLAIN_LIMIT = 8_000;
const VALUE_LIMIT = 500;

const shown = ({ value, as }: Point): string => (as === 'instant' ? instantText(value) : value);

/** The whole notice as plain lines. */
export const plainText = (notification: Notification): string => {
  const { facts, incident, tier, alertType } = notification;
  const [members, ...worst] = memberLines(notification);
  const rest = [
    ...caveats(notification).map((caveat) => `! ${caveat}`),
    ...points(notification).map((each) => `${each.name}: ${shown(each)}`),
    ...(members === undefined ? [] : [`Group: ${members}`]),
    ...worst.map((line) => `- ${line}`),
    ...facts.map(([name, value]) => `${name}: ${value}`),
    `Incident: ${incident} (${alertType}, tier ${tier})`,
  ];
  const lines = [clip(headline(notification), 2_000), ...rest.map((line) => clip(line, VALUE_LIMIT))];
  return clip(lines.join('\n'), PLAIN_LIMIT);
};
