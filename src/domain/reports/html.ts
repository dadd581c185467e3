// An answer's rows and chart as HTML for a message: inline styles only, every value escaped.
import { escapeHtml } from '../html.ts';
import { type AnswerTable, type ReportAnswer, tablesOf } from './answer.ts';
import { bandOf } from './bands.ts';
import { cellText, isNumeric } from './cells.ts';
import { chartModel, sparklines } from './chart.ts';
import type { Band } from './report.ts';
import { chartSvg } from './svg.ts';

const GROUNDS: Readonly<Record<Band, string>> = {
  healthy: '',
  warning: 'background:#fff8c5;',
  critical: 'background:#ffebe9;font-weight:bold;',
};

const CELL = 'padding:3px 8px;border-bottom:1px solid #d0d7de;';

const aligned = (numeric: boolean): string => (numeric ? 'text-align:right;' : 'text-align:left;');

const table = ({ columns, rows }: AnswerTable): string => {
  const head = columns.map(
    (column) => `<th style="${CELL}${aligned(isNumeric(column))}">${escapeHtml(column.name)}</th>`,
  );
  const lines = rows.map((row) => {
    const cells = columns.map((column) => {
      const band = bandOf(column, row);
      const style = `${CELL}${aligned(isNumeric(column))}${band ? GROUNDS[band] : ''}`;
      return `<td style="${style}">${escapeHtml(cellText(column, row[column.name] ?? null))}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table style="border-collapse:collapse;font-size:13px"><tr>${head.join('')}</tr>${lines.join('')}</table>`;
};

/** Programs that drop pictures still show the line of blocks. */
const drawn = (answer: ReportAnswer): readonly string[] => {
  const model = chartModel(answer);
  if (!model) return [];
  const lines = sparklines(answer).map((line) => `${escapeHtml(line)}<br>`);
  return [
    `<div style="margin:8px 0">${chartSvg(model)}</div>`,
    `<p style="margin:0 0 8px;font:12px monospace;white-space:pre">${lines.join('')}</p>`,
  ];
};

/** Its chart, then its tables, each with at most so many rows. */
export const answerHtml = (answer: ReportAnswer, mostRows: number): string =>
  [
    ...drawn(answer),
    ...tablesOf(answer, mostRows).map(({ title, left, ...shown }) =>
      [
        ...(title === undefined
          ? []
          : [`<h3 style="margin:12px 0 4px;font-size:15px">${escapeHtml(title)}</h3>`]),
        shown.rows.length === 0 ? '<p>no rows</p>' : table(shown),
        ...(left > 0 ? [`<p style="margin:4px 0">… and ${left} more rows</p>`] : []),
      ].join('\n'),
    ),
  ].join('\n');
