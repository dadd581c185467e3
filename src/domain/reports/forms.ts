// An answer as programs take it: CSV, and one JSON object.
import { type AnswerTable, bandOfAnswer, isOverBudget, linesOf, type ReportAnswer } from './answer.ts';
import { bandOf } from './bands.ts';
import { cellCsv, cellJson } from './cells.ts';

const tableCsv = ({ columns, rows }: AnswerTable): string => {
  const judged = columns.filter(({ bands }) => bands);
  const head = [...columns.map(({ name }) => name), ...judged.map(({ name }) => `${name}_band`)];
  const lines = rows.map((row) => [
    ...columns.map((column) => cellCsv(column, row[column.name] ?? null)),
    ...judged.map((column) => bandOf(column, row) ?? ''),
  ]);
  return [head, ...lines].map((line) => `${line.join(',')}\r\n`).join('');
};

/** RFC 4180: a header, then rows, and behind them a column `<name>_band` for each that is judged. Sections follow after an empty line. */
export const answerCsv = ({ tables }: ReportAnswer): string => tables.map(tableCsv).join('\r\n');

const jsonRows = ({ columns, rows }: AnswerTable): readonly object[] =>
  rows.map((row) =>
    Object.fromEntries(columns.map((column) => [column.name, cellJson(column, row[column.name] ?? null)])),
  );

const jsonBands = ({ columns, rows }: AnswerTable): readonly object[] =>
  rows.flatMap((row, place) =>
    columns.flatMap((column) => {
      const band = bandOf(column, row);
      return band ? [{ row: place, column: column.name, band }] : [];
    }),
  );

/** One object; fields may be added, never changed. */
export const answerJson = (answer: ReportAnswer) => {
  const [own, ...sections] = answer.tables;
  return {
    report: answer.report,
    ...(answer.number !== undefined && { number: answer.number }),
    title: answer.title,
    purpose: answer.purpose,
    as_of: answer.asOf,
    params: answer.params,
    status: bandOfAnswer(answer) ?? null,
    rows: jsonRows(own),
    bands: jsonBands(own),
    sections: Object.fromEntries(sections.map((section) => [section.name ?? '', jsonRows(section)])),
    interpretation: linesOf(answer),
    duration_ms: Math.ceil(answer.durationMs),
    budget_ms: answer.budgetMs,
    over_budget: isOverBudget(answer),
  };
};
