// An answer as text for a terminal or a message: rows in columns, marks behind what is out of its limits, and words.
import { type AnswerTable, bandOfAnswer, budgetWords, linesOf, type ReportAnswer } from './answer.ts';
import { bandOf } from './bands.ts';
import { cellText, isNumeric } from './cells.ts';
import { sparklines } from './chart.ts';
import type { Band } from './report.ts';

/** Marks stand behind a value, so that columns of numbers stay numbers. */
const MARKS: Readonly<Record<Band, string>> = { healthy: '', warning: ' !', critical: ' !!' };

const marked = ({ columns, rows }: AnswerTable): readonly (readonly string[])[] =>
  rows.map((row) =>
    columns.map((column) => {
      const band = bandOf(column, row);
      return `${cellText(column, row[column.name] ?? null)}${band ? MARKS[band] : ''}`;
    }),
  );

/** Columns in line, numbers to the right; marks keep their own place behind them. */
export const tableText = (table: AnswerTable): string => {
  const { columns } = table;
  const cells = marked(table);
  const hasMark = columns.map((_, place) => cells.some((row) => / !!?$/.test(row[place] ?? '')));
  const padMark = (text: string, place: number): string =>
    hasMark[place] ? text.padEnd(text.length + 3 - (/ !!?$/.exec(text)?.[0].length ?? 0)) : text;
  const lines = [columns.map(({ name }) => name), ...cells].map((row) => row.map(padMark));
  const widths = columns.map((_, place) => Math.max(...lines.map((row) => row[place]?.length ?? 0)));
  return lines
    .map((row) =>
      row
        .map((text, place) => {
          const column = columns[place];
          const width = widths[place] ?? 0;
          return column && isNumeric(column) ? text.padStart(width) : text.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

const heading = ({ number, title }: ReportAnswer): string =>
  number === undefined ? title : `${number} · ${title}`;

const paramsText = ({ params }: ReportAnswer): readonly string[] => {
  const stated = Object.entries(params).map(([name, value]) => `${name}=${value ?? 'none'}`);
  return stated.length > 0 ? [`with ${stated.join(', ')}`] : [];
};

/** Everything, for people. */
export const answerText = (answer: ReportAnswer): string => {
  const [own, ...sections] = answer.tables;
  const band = bandOfAnswer(answer);
  const head = [answer.asOf.slice(0, 19).concat('Z'), ...paramsText(answer), ...(band ? [band] : [])];
  const lines = linesOf(answer);
  const sparks = sparklines(answer);
  return [
    heading(answer),
    head.join(' · '),
    '',
    own.rows.length === 0 ? 'no rows' : tableText(own),
    ...sections.flatMap((section) => [
      '',
      section.title ?? '',
      section.rows.length === 0 ? 'no rows' : tableText(section),
    ]),
    ...(sparks.length > 0 ? ['', ...sparks] : []),
    ...(lines.length > 0 ? ['', ...lines.map((line) => `- ${line}`)] : []),
    '',
    `${band === 'warning' || band === 'critical' ? '! warning, !! critical · ' : ''}${budgetWords(answer)}`,
  ].join('\n');
};
