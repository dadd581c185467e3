// A notification as a Slack message: plain text for phones and old clients, blocks for everybody else. Whatever it
// is given, it stays within Slack's limits: part by part, and all blocks together below the undocumented 13,200
// characters as JSON (no character that is left in grows to more than two there).
import type { Notification } from '../domain/alerts/notification.ts';
import type { Severity } from '../domain/alerts/severity.ts';
import { code, cut, escapeMrkdwn, link, localInstant, printable } from './mrkdwn.ts';
import { caveats, plainText } from './text.ts';

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
  summary: 1_200,
  next: 800,
  code: 300,
  link: 250,
  facts: 2_200,
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

/** Whole lines only: half a fact misleads. The last line says how many are left out. */
const factLines = (facts: Notification['facts']): string => {
  const lines = facts.map(
    ([name, value]) => `*${escapeMrkdwn(name, LIMITS.factName)}*  ${escapeMrkdwn(value, LIMITS.factValue)}`,
  );
  let text = '';
  for (const [index, line] of lines.entries()) {
    if (text.length + line.length > LIMITS.facts - 30) return `${text}… and ${lines.length - index} more`;
    text += `${line}\n`;
  }
  return text;
};

const section = (text: string): SlackBlock => ({ type: 'section', text: { type: 'mrkdwn', text } });
const small = (text: string): SlackBlock => ({ type: 'context', elements: [{ type: 'mrkdwn', text }] });

const headerText = ({ severity, severityWord, alertType }: Notification): string =>
  cut(printable(`${LAMPS[severity]} ${severityWord} · ${alertType}`).replaceAll('\n', ' '), LIMITS.header);

export const slackMessage = (notification: Notification): SlackMessageBody => {
  const { key, incident, tier, summary, since, next, acknowledge, runbook, facts } = notification;
  const what = [
    ...caveats(notification).map((caveat) => `:warning: ${caveat}`),
    `*Since* ${localInstant(since)}`,
    `*Next* ${escapeMrkdwn(next, LIMITS.next)}`,
    `*Acknowledge* ${code(acknowledge, LIMITS.code)}`,
    ...(runbook === undefined ? [] : [`*Runbook* ${link(runbook, LIMITS.link)}`]),
  ];
  return {
    text: escapeMrkdwn(plainText(notification), TEXT_LIMIT),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: headerText(notification), emoji: true } },
      section(escapeMrkdwn(summary.trim(), LIMITS.summary) || '…'),
      section(what.join('\n')),
      ...(facts.length > 0 ? [section(factLines(facts))] : []),
      small(`${escapeMrkdwn(incident, LIMITS.incident)} · tier ${escapeMrkdwn(tier, LIMITS.tier)}`),
    ],
    metadata: { event_type: EVENT_TYPE, event_payload: { key, incident, tier } },
  };
};
