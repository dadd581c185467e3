// A message that is nobody's incident: a digest, a summary. It has no ladder and no acknowledgement; it is stored, sent
// once to each target, and looked at when there is time.

export interface LetterPart {
  readonly title: string;
  /** A sentence each. */
  readonly lines: readonly string[];
  /** Columns in line, for a fixed pitch. */
  readonly table?: string;
  /** Trusted HTML that stands in the table's place where HTML is read; made by Sexton, every value in it escaped. */
  readonly html?: string;
}

export interface Letter {
  /** The same however often it is written or sent again: `digest/<pack>/<name>/<tick>`. */
  readonly key: string;
  readonly pack: string;
  readonly kind: 'digest' | 'health';
  /** Of what it tells, in its pack. */
  readonly name: string;
  readonly subject: string;
  /** What it is of, ISO-8601. */
  readonly at: string;
  readonly parts: readonly LetterPart[];
  /** After everything else: reminders, what to do with it. */
  readonly closing: readonly string[];
  /** Machine-readable, for channels that carry it. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What became of one letter at one target. `unsuited`: its channel is for alarms and takes no letters. */
export type LetterOutcome = 'sent' | 'dead' | 'unsuited';

const partText = ({ title, lines, table }: LetterPart): string =>
  [title, ...lines.map((line) => `- ${line}`), ...(table === undefined ? [] : ['', table])].join('\n');

/** The whole letter as plain text. */
export const letterText = ({ subject, at, parts, closing }: Letter): string =>
  [
    subject,
    `${at.slice(0, 16).replace('T', ' ')} UTC`,
    ...parts.map((part) => `\n${partText(part)}`),
    ...(closing.length > 0 ? ['', ...closing] : []),
  ].join('\n');
