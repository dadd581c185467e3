// What a source of a panel brought: rows, and what their columns are for. How they are drawn is nobody's business here.
import type { ReportColumn, ReportRow, ReportValue } from '../../domain/reports/report.ts';

export interface PanelTable {
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly ReportRow[];
  readonly x?: string;
  readonly y: readonly string[];
  readonly series?: readonly string[];
  readonly until?: string;
  readonly state?: string;
  /** A level line of this name, to hold the others against. */
  readonly guide?: string;
}

/** Values of several columns as one name. */
export const nameIn = (row: ReportRow, columns: readonly string[]): string =>
  columns.map((column) => String(row[column] ?? '–')).join(' ');

export const numberIn = (row: ReportRow | undefined, column: string | undefined): number | null => {
  const value: ReportValue | undefined = column === undefined ? undefined : row?.[column];
  return typeof value === 'number' ? value : null;
};

export const columnOf = (name: string, type: ReportColumn['type'], decimals = 0): ReportColumn => ({
  name,
  type,
  decimals,
});

/** Lines or bars side by side: a row a place along the bottom, a column a series. */
export interface Wide {
  readonly x: ReportColumn;
  readonly y: readonly ReportColumn[];
  readonly rows: readonly ReportRow[];
}

/** Series of one column are named by their labels, those of several by both. */
export const widen = ({ columns, rows, x = '', y, series }: PanelTable): Wide | undefined => {
  const bottom = columns.find(({ name }) => name === x);
  if (!bottom) return undefined;
  const numbers = columns.filter(({ name }) => y.includes(name));
  if (!series) return { x: bottom, y: numbers, rows };
  const wide = new Map<string, Record<string, ReportValue>>();
  const names = new Map<string, ReportColumn>();
  for (const row of rows) {
    const at = String(row[x] ?? '');
    const own = wide.get(at) ?? { [x]: row[x] ?? null };
    for (const column of numbers) {
      const label = nameIn(row, series);
      const name = numbers.length > 1 ? `${label} ${column.name}` : label;
      names.set(name, { ...column, name });
      own[name] = row[column.name] ?? null;
    }
    wide.set(at, own);
  }
  return { x: bottom, y: [...names.values()], rows: [...wide.values()] };
};
