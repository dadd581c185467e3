// One cell in the words of each form: text for people, CSV and JSON for programs. Only here are numbers rounded.
import type { ColumnType, ReportColumn, ReportValue } from './report.ts';
import { roundHalfUp } from './rounding.ts';

const NUMBERS: ReadonlySet<ColumnType> = new Set([
  'count',
  'number',
  'percent',
  'milliseconds',
  'seconds',
  'hours',
]);

export const isNumeric = ({ type }: Pick<ReportColumn, 'type'>): boolean => NUMBERS.has(type);

/** What stands in the place of an empty cell. */
export const NOTHING = '–';

// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001F\u007F]+/g;

const plain = ({ decimals }: ReportColumn, value: string | number | boolean): string =>
  typeof value === 'number' ? roundHalfUp(value, decimals) : String(value);

/** As people read it: on one line, `–` for nothing, yes and no. */
export const cellText = (column: ReportColumn, value: ReportValue): string => {
  if (value === null) return NOTHING;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return plain(column, value).replaceAll(CONTROLS, ' ');
};

/** A rounded number, and null for nothing. */
export const cellJson = (column: ReportColumn, value: ReportValue): ReportValue =>
  typeof value === 'number' ? Number(roundHalfUp(value, column.decimals)) : value;

/** A text that a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** Empty for nothing. A text that begins like a formula gets an apostrophe, so that no spreadsheet runs it. */
export const cellCsv = (column: ReportColumn, value: ReportValue): string => {
  if (value === null) return '';
  const text = plain(column, value);
  const safe = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
