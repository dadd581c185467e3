// A letter as a Slack message: a heading, then each part with its sentences and as much of its table as Slack takes.
import type { Letter, LetterPart } from '../../domain/letters/letter.ts';
import { instantText, printable, wholeLines } from '../text.ts';
import { EVENT_TYPE, type SlackMessageBody } from './message.ts';
import { cut, escapeMrkdwn } from './mrkdwn.ts';

const LIMITS = { header: 150, text: 4_000, section: 2_900, title: 200, line: 500 };
/** All blocks together, as JSON, below Slack's undocumented 13,200. */
const ROOM = 12_800;
/** Of it, for the sentences of all parts and for what closes the letter; tables get what is left. */
const WORDS = 5_500;
const CLOSING = 1_500;
/** Two blocks each, with heading, date and closing below Slack's 50. */
const MOST_PARTS = 20;

type Block = SlackMessageBody['blocks'][number];

const section = (text: string): Block => ({ type: 'section', text: { type: 'mrkdwn', text } });

const sizeOf = (blocks: readonly Block[]): number => JSON.stringify(blocks).length;

/** Less worth than the room it would take. */
const LEAST = 120;

/** As many whole lines as a block of that size as JSON has room for; nothing where that is next to nothing. */
const within = (size: number, text: (room: number) => string): readonly Block[] => {
  for (let room = Math.min(size, LIMITS.section); room >= LEAST; room = Math.floor(room * 0.8)) {
    const block = section(text(room));
    if (sizeOf([block]) <= size) return [block];
  }
  return [];
};

const words =
  ({ title, lines }: LetterPart) =>
  (room: number): string => {
    const head = `*${escapeMrkdwn(title, Math.min(LIMITS.title, room - 2))}*`;
    return wholeLines([head, ...lines.map((line) => `• ${escapeMrkdwn(line, LIMITS.line)}`)], room).join(
      '\n',
    );
  };

/** A table keeps its columns only in a fixed pitch. */
const pitched =
  (table: string) =>
  (room: number): string => {
    const lines = printable(table)
      .replaceAll('```', "'''")
      .split('\n')
      .map((line) => escapeMrkdwn(line, LIMITS.line));
    return `\`\`\`\n${wholeLines(lines, room - 8).join('\n')}\n\`\`\``;
  };

const bodyOf = (parts: readonly LetterPart[], closing: readonly string[]): readonly Block[] => {
  const shown = parts.slice(0, MOST_PARTS);
  const more = parts.length - shown.length;
  const closed = [...(more > 0 ? [`… and ${more} more parts`] : []), ...closing];
  const end =
    closed.length === 0
      ? []
      : within(CLOSING, (room) =>
          wholeLines(
            closed.map((line) => escapeMrkdwn(line, LIMITS.line)),
            room,
          ).join('\n'),
        );
  const told = shown.map((part) => within(Math.floor(WORDS / shown.length), words(part)));
  const left = ROOM - 800 - sizeOf([...told.flat(), ...end]);
  const tables = shown.filter(({ table }) => table !== undefined).length;
  return [
    ...shown.flatMap(({ table }, place) => [
      ...(told[place] ?? []),
      ...(table === undefined ? [] : within(Math.floor(left / tables), pitched(table))),
    ]),
    ...end,
  ];
};

export const letterSlack = (letter: Letter): SlackMessageBody => {
  const { key, subject, at, parts, closing, pack, kind, name } = letter;
  return {
    text: escapeMrkdwn(`${subject} · ${instantText(at)}`, LIMITS.text),
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: cut(printable(subject), LIMITS.header), emoji: true },
      },
      { type: 'context', elements: [{ type: 'mrkdwn', text: escapeMrkdwn(instantText(at), LIMITS.title) }] },
      ...bodyOf(parts, closing),
    ],
    metadata: {
      event_type: EVENT_TYPE,
      event_payload: { key, incident: `${pack}/${name}`, tier: kind },
    },
  };
};
