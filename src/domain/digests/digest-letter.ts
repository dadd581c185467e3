// A digest as a letter: a part a report, with its words, its rows as far as a message holds them, and its chart.
import type { Letter, LetterPart } from '../letters/letter.ts';
import {
  bandOfAnswer,
  budgetWords,
  isOverBudget,
  linesOf,
  type ReportAnswer,
  tablesOf,
} from '../reports/answer.ts';
import { sparklines } from '../reports/chart.ts';
import { answerHtml } from '../reports/html.ts';
import { tableText } from '../reports/render.ts';
import { BANDS, type Band } from '../reports/report.ts';
import type { DigestSnapshot } from './digest.ts';

/** A report of a digest: its answer, or why there is none. */
export interface DigestEntry {
  readonly title: string;
  readonly answer?: ReportAnswer;
  readonly failed?: string;
}

/** What was stored has every row. */
const MOST_ROWS = 50;

const tables = (answer: ReportAnswer): string => {
  const sparks = sparklines(answer);
  const shown = tablesOf(answer, MOST_ROWS).map(({ title, left, ...table }) =>
    [
      ...(title === undefined ? [] : [title]),
      table.rows.length === 0 ? 'no rows' : tableText(table),
      ...(left > 0 ? [`… and ${left} more rows`] : []),
    ].join('\n'),
  );
  return [...shown, ...(sparks.length > 0 ? [sparks.join('\n')] : [])].join('\n\n');
};

const partOf = ({ title, answer, failed }: DigestEntry): LetterPart => {
  if (!answer) return { title, lines: [`could not be asked: ${failed ?? 'no answer'}`] };
  const band = bandOfAnswer(answer);
  return {
    title: band === 'warning' || band === 'critical' ? `${title} (${band})` : title,
    lines: [...linesOf(answer), ...(isOverBudget(answer) ? [`It ${budgetWords(answer)}.`] : [])],
    table: tables(answer),
    html: answerHtml(answer, MOST_ROWS),
  };
};

/** The worst of its reports; one that could not be asked has no band. */
export const bandOfDigest = (entries: readonly DigestEntry[]): Band | undefined => {
  const found = entries.map(({ answer }) => answer && bandOfAnswer(answer));
  return BANDS.findLast((band) => found.includes(band));
};

/** Made once a tick, whatever becomes of its making. */
export const digestKey = ({ pack, name }: Pick<DigestSnapshot, 'pack' | 'name'>, tick: string): string =>
  `digest/${pack}/${name}/${tick}`;

export const digestLetter = (
  digest: DigestSnapshot,
  {
    tick,
    entries,
    workflowId,
  }: { readonly tick: string; readonly entries: readonly DigestEntry[]; readonly workflowId: string },
): Letter => {
  const { pack, name, title, reminders, signOff } = digest;
  return {
    key: digestKey(digest, tick),
    pack,
    kind: 'digest',
    name,
    subject: `${title} (${pack})`,
    at: tick,
    parts: entries.map(partOf),
    closing: [
      ...reminders,
      ...(signOff
        ? [
            `${signOff.task} Then sign it off: sexton digest sign-off ${pack}/digest/${name}`,
            `(or send the update or signal signOff to ${workflowId})`,
          ]
        : []),
    ],
    payload: {
      digest: `${pack}/digest/${name}`,
      tick,
      status: bandOfDigest(entries) ?? null,
      reports: entries.map(({ title: report, answer }) => ({
        report: answer?.report ?? report,
        status: answer ? (bandOfAnswer(answer) ?? null) : null,
        answered: answer !== undefined,
      })),
    },
  };
};
