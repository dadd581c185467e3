// A letter as an e-mail: plain text, and HTML that fetches nothing.
import type { Letter, LetterPart } from '../../domain/letters/letter.ts';
import { letterText } from '../../domain/letters/letter.ts';
import { htmlLink, messageHtml } from '../html.ts';
import { clip, instantText, printable } from '../text.ts';
import { type EmailMessage, idOf, oneLine } from './message.ts';

const SUBJECT_LIMIT = 180;

const list = (lines: readonly string[]): string =>
  lines.length === 0
    ? ''
    : `<ul style="margin:0 0 10px;padding-left:20px">${lines.map((line) => `<li>${messageHtml(line)}</li>`).join('')}</ul>`;

const part = ({ title, lines, table, html }: LetterPart): string => {
  const rows =
    html ??
    (table === undefined
      ? ''
      : `<pre style="font-size:13px;overflow-x:auto;white-space:pre">${messageHtml(table).replaceAll('<br>', '\n')}</pre>`);
  return `<h2 style="margin:20px 0 8px;font-size:17px">${messageHtml(title)}</h2>${list(lines)}${rows}`;
};

const page = ({ subject, at, parts, closing }: Letter): string =>
  [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>',
    '<body style="margin:0;padding:16px;font:16px/1.45 sans-serif;color:#1f2328;background:#fff">',
    '<div style="max-width:720px;margin:0 auto">',
    `<h1 style="margin:0 0 4px;font-size:20px">${messageHtml(subject)}</h1>`,
    `<p style="margin:0 0 12px;color:#57606a">${messageHtml(instantText(at))}</p>`,
    ...parts.map(part),
    ...closing.map((line) => `<p style="margin:12px 0 0">${htmlLink(line)}</p>`),
    '</div></body></html>',
    '',
  ].join('\n');

/** `domain` is the sender's. */
export const letterEmail = (letter: Letter, domain: string): EmailMessage => ({
  subject: clip(oneLine(letter.subject), SUBJECT_LIMIT),
  text: printable(letterText(letter)),
  html: page(letter),
  messageId: idOf(letter.key, domain),
  // Digests of one name stand together, as an incident's e-mails do.
  references: [idOf(`letters ${letter.pack}/${letter.kind}/${letter.name}`, domain)],
  headers: {
    'X-Sexton-Key': oneLine(letter.key),
    'Auto-Submitted': 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
  },
});
