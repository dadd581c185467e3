// A notification as a Slack message: plain text for phones and old clients, blocks for everybody else. Whatever it
// is given, it stays within Slack's limits: part by part, and all blocks together below the undocumented 13,200
// characters as JSON (no character that is left in grows to more than two there).
import type { Notification } from '../../domain/alerts/notification.ts';
import type { Severity } from '../../domain/alerts/severity.ts';
import { caveats, memberLines, type Point, plainText, points, printable, wholeLines } from '../text.ts';
import { code, cut, escapeMrkdwn, link, localInstant } from './mrkdwn.ts';

/** One Block Kit block, as far as anybody here must know it. */
type SlackBlock = Readonly<Record<string, unknown>>;

export interface SlackMessageBody {
  /** Shown in push notifications and where blocks cannot be. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
  /** Invisible to people; finds the message again after an unclear end. */
  readonly metadata: {
    readonly event_type: typeof EVENT_TYPE;
    readonly event_payload: { readonly key: string; readonly incident: string; readonly tier: string };
  };
}

/** Marks our messages among those of other apps. */
export const EVENT_TYPE = 'sexton_notification';

const LIMITS = {
  header: 150,
  summary: 1_000,
  point: 500,
  code: 300,
  link: 250,
  group: 800,
  member: 200,
  facts: 1_800,
  factName: 100,
  factValue: 400,
  incident: 200,
  tier: 100,
};
const TEXT_LIMIT = 4_000;

const LAMPS = { info: '🔵', warning: '🟡', high: '🟠', critical: '🔴' } as const satisfies Record<
  Severity,
  string
>;

const headerText = ({ status = 'firing', severity, severityWord, alertType }: Notification): string => {
  const lead = {
    firing: `${LAMPS[severity]} ${severityWord}`,
    acknowledged: `👀 ACKNOWLEDGED · ${severityWord}`,
    resolved: `✅ RESOLVED · ${severityWord}`,
  }[status];
  return cut(printable(`${lead} · ${alertType}`).replaceAll('\n', ' '), LIMITS.header);
};

const valueText = ({ value, as }: Point): string => {
  switch (as) {
    case 'instant':
      return localInstant(value);
    case 'command':
      return code(value, LIMITS.code);
    case 'link':
      return link(value, LIMITS.link);
    case 'text':
    default:
      return escapeMrkdwn(value, LIMITS.point);
  }
};

const section = (text: string): SlackBlock => ({ type: 'section', text: { type: 'mrkdwn', text } });
const small = (text: string): SlackBlock => ({ type: 'context', elements: [{ type: 'mrkdwn', text }] });

const list = (lines: readonly string[], max: number): readonly SlackBlock[] =>
  lines.length > 0 ? [section(wholeLines(lines, max).join('\n'))] : [];

const groupLines = (notification: Notification): readonly string[] => {
  const [first, ...worst] = memberLines(notification);
  if (first === undefined) return [];
  return [`*Group*  ${first}`, ...worst.map((line) => `• ${escapeMrkdwn(line, LIMITS.member)}`)];
};

const factLines = ({ facts }: Notification): readonly string[] =>
  facts.map(
    ([name, value]) => `*${escapeMrkdwn(name, LIMITS.factName)}*  ${escapeMrkdwn(value, LIMITS.factValue)}`,
  );

export const slackMessage = (notification: Notification): SlackMessageBody => {
  const { key, incident, tier, summary } = notification;
  const what = [
    ...caveats(notification).map((caveat) => `:warning: ${caveat}`),
    ...points(notification).map((each) => `*${each.name}* ${valueText(each)}`),
  ];
  return {
    text: escapeMrkdwn(plainText(notification), TEXT_LIMIT),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: headerText(notification), emoji: true } },
      section(escapeMrkdwn(summary.trim(), LIMITS.summary) || '…'),
      section(what.join('\n')),
      ...list(groupLines(notification), LIMITS.group),
      ...list(factLines(notification), LIMITS.facts),
      small(`${escapeMrkdwn(incident, LIMITS.incident)} · tier ${escapeMrkdwn(tier, LIMITS.tier)}`),
    ],
    metadata: { event_type: EVENT_TYPE, event_payload: { key, incident, tier } },
  };
};
