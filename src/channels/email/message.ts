// A notification as an e-mail: what its headers say, and its text twice, plain and as HTML that fetches nothing and
// can be read on a phone. Message-IDs are made of keys, so whoever folds by them shows a retry once.
import { createHash } from 'node:crypto';
import type { Notification } from '../../domain/alerts/notification.ts';
import type { Severity } from '../../domain/alerts/severity.ts';
import { htmlLink, messageHtml } from '../html.ts';
import {
  caveats,
  clip,
  instantText,
  memberLines,
  type Point,
  plainText,
  points,
  printable,
  statusWords,
  wholeLines,
} from '../text.ts';

export interface EmailMessage {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** With angle brackets. */
  readonly messageId: string;
  readonly inReplyTo?: string;
  readonly references: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Mail programs show some 60 of them, phones 30. */
const SUBJECT_LIMIT = 180;
const FACTS_LIMIT = 20_000;
const VALUE_LIMIT = 500;

const COLOURS = {
  info: '#1d6fb8',
  warning: '#9a6700',
  high: '#c2410c',
  critical: '#b42318',
} as const satisfies Record<Severity, string>;
const SETTLED = { acknowledged: '#57606a', resolved: '#1a7f37' } as const;

export const oneLine = (text: string): string => printable(text).replace(/\s+/g, ' ').trim();

/** `[CRITICAL] summary (incident)`; a long summary is cut, never the incident. */
const subject = ({ status = 'firing', severityWord, summary, incident }: Notification): string => {
  const word = status === 'firing' ? severityWord : status.toUpperCase();
  const [start, end] = [`[${oneLine(word)}] `, ` (${oneLine(incident)})`];
  const room = Math.max(20, SUBJECT_LIMIT - start.length - end.length);
  return `${start}${clip(oneLine(summary), room)}${end}`;
};

/** The same for the same name, and a sound id whatever that holds. */
export const idOf = (name: string, domain: string): string =>
  `<${createHash('sha256').update(name).digest('hex').slice(0, 40)}@${domain}>`;

const MESSAGE_ID = /^<[^<>\s@]+@[^<>\s@]+>$/;

const shown = ({ value, as }: Point): string => {
  const text = clip(value, VALUE_LIMIT);
  if (as === 'instant') return messageHtml(instantText(text));
  if (as === 'link') return htmlLink(text);
  return as === 'command'
    ? `<code style="font-size:15px;background:#f3f4f6;padding:2px 6px">${messageHtml(text)}</code>`
    : messageHtml(text);
};

const row = (name: string, value: string): string =>
  `<p style="margin:0 0 10px"><span style="color:#57606a">${name}</span><br>${value}</p>`;

const list = (lines: readonly string[]): string =>
  `<ul style="margin:0 0 10px;padding-left:20px">${lines.map((line) => `<li>${line}</li>`).join('')}</ul>`;

const html = (notification: Notification): string => {
  const { status = 'firing', severity, summary, facts, incident, alertType, tier } = notification;
  const colour = status === 'firing' ? COLOURS[severity] : SETTLED[status];
  const safe = (text: string): string => messageHtml(clip(text, VALUE_LIMIT));
  const [group, ...worst] = memberLines(notification);
  const told = facts.map(([name, value]) => `<b>${safe(name)}</b> ${safe(value)}`);
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>',
    '<body style="margin:0;padding:16px;font:16px/1.45 sans-serif;color:#1f2328;background:#fff">',
    '<div style="max-width:600px;margin:0 auto;overflow-wrap:anywhere">',
    `<p style="margin:0 0 8px;padding:6px 10px;color:#fff;background:${colour}"><b>${safe(statusWords(notification))}</b> · ${safe(alertType)}</p>`,
    `<h1 style="margin:0 0 12px;font-size:20px">${messageHtml(clip(summary.trim(), 2_000))}</h1>`,
    ...caveats(notification).map((caveat) => `<p style="margin:0 0 10px">⚠ ${messageHtml(caveat)}</p>`),
    ...points(notification).map((each) => row(each.name, shown(each))),
    ...(group === undefined
      ? []
      : [row('Group', group), ...(worst.length > 0 ? [list(worst.map(safe))] : [])]),
    ...(told.length > 0 ? [list(wholeLines(told, FACTS_LIMIT))] : []),
    `<p style="margin:16px 0 0;color:#57606a;font-size:13px">${safe(incident)} · tier ${safe(tier)}</p>`,
    '</div></body></html>',
    '',
  ].join('\n');
};

/** `domain` is the sender's; `thread` the Message-ID of the incident's first e-mail to this address. */
export const emailMessage = (
  notification: Notification,
  { domain, thread }: { readonly domain: string; readonly thread?: string | undefined },
): EmailMessage => {
  const { key, incident, severity, status = 'firing', tier } = notification;
  const first = thread !== undefined && MESSAGE_ID.test(thread) ? thread : undefined;
  const urgent = status === 'firing' && (severity === 'critical' || severity === 'high');
  return {
    subject: subject(notification),
    text: printable(plainText(notification)),
    html: html(notification),
    messageId: idOf(key, domain),
    ...(first !== undefined && { inReplyTo: first }),
    // Nobody sent the incident's own id; that all name it keeps them together where the first one is not known.
    references: [idOf(`incident ${incident}`, domain), ...(first === undefined ? [] : [first])],
    headers: {
      'X-Sexton-Key': oneLine(key),
      'X-Sexton-Incident': oneLine(incident),
      'X-Sexton-Status': status,
      'X-Sexton-Severity': severity,
      'X-Sexton-Tier': oneLine(tier),
      // So that no holiday notice answers.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      ...(urgent && { 'X-Priority': '1', Importance: 'high' }),
    },
  };
};
