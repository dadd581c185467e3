// How the pack's reports put their rows into words. Numbers in rows are unrounded; here they are rounded as the cells beside
// them are.
import { type ReportRow, roundHalfUp } from '../../src/index.ts';

/** A cell that is a number; null where it is empty. */
export const numberIn = (row: ReportRow | undefined, column: string): number | null => {
  const value = row?.[column];
  return typeof value === 'number' ? value : null;
};

/** A cell that is a count; 0 where it is empty. */
export const countIn = (row: ReportRow | undefined, column: string): number => numberIn(row, column) ?? 0;

/** A cell as text; `–` where it is empty. */
export const textIn = (row: ReportRow | undefined, column: string): string => `${row?.[column] ?? '–'}`;

/** With two decimals. */
export const rounded = (value: number): string => roundHalfUp(value, 2);

/** `16.67 %`; `–` where there is none. */
export const percent = (value: number | null, decimals = 2): string =>
  value === null ? '–' : `${roundHalfUp(value, decimals)} %`;

/** `1 draft`, `2 drafts`. */
export const many = (count: number, one: string, more = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : more}`;

/** The first few of a list, and how many there are beyond. */
export const someOf = (texts: readonly string[], most = 5): string => {
  const rest = texts.length - most;
  return rest > 0 ? `${texts.slice(0, most).join(', ')} and ${rest} more` : texts.join(', ');
};
