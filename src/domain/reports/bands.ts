// Which band a cell is in: healthy, warning, critical, or none where there is nothing to judge. Asked of the unrounded value.
import type { Band, CellLimit, ReportColumn, ReportRow, ReportValue } from './report.ts';
import { BANDS } from './report.ts';

const holds = (limit: CellLimit | undefined, value: ReportValue): boolean => {
  if (!limit || value === null) return false;
  const { above, atLeast, below, atMost, is } = limit;
  if (is && !is.includes(value)) return false;
  if (typeof value !== 'number') return is !== undefined;
  return (
    (above === undefined || value > above) &&
    (atLeast === undefined || value >= atLeast) &&
    (below === undefined || value < below) &&
    (atMost === undefined || value <= atMost)
  );
};

const isJudged = (where: ReportRow | undefined, row: ReportRow): boolean =>
  Object.entries(where ?? {}).every(([column, value]) => row[column] === value);

/** Undefined where the column has no limits, the cell is empty, or the row is not judged. */
export const bandOf = ({ name, bands }: ReportColumn, row: ReportRow): Band | undefined => {
  const value = row[name] ?? null;
  if (!bands || value === null || !isJudged(bands.where, row)) return undefined;
  if (holds(bands.critical, value)) return 'critical';
  return holds(bands.warning, value) ? 'warning' : 'healthy';
};

/** The worst of all cells; undefined where none is judged. */
export const worstBand = (
  tables: readonly { readonly columns: readonly ReportColumn[]; readonly rows: readonly ReportRow[] }[],
): Band | undefined => {
  const found = tables.flatMap(({ columns, rows }) =>
    rows.flatMap((row) => columns.map((column) => bandOf(column, row))),
  );
  return BANDS.findLast((band) => found.includes(band));
};

const COMPARED = [
  ['above', '>'],
  ['atLeast', '≥'],
  ['below', '<'],
  ['atMost', '≤'],
] as const;

const limitWords = (limit: CellLimit): string => {
  const compared = COMPARED.flatMap(([name, sign]) =>
    limit[name] === undefined ? [] : [`${sign} ${limit[name]}`],
  );
  return [...compared, ...(limit.is ? [limit.is.join(' or ')] : [])].join(' and ');
};

/** `warning ≥ 20, critical > 50`; undefined where the column has no limits. */
export const bandWords = ({ bands }: ReportColumn): string | undefined => {
  if (!bands) return undefined;
  const { warning, critical, where } = bands;
  const only = Object.entries(where ?? {}).map(([column, value]) => `${column} is ${String(value)}`);
  return [
    ...(warning ? [`warning ${limitWords(warning)}`] : []),
    ...(critical ? [`critical ${limitWords(critical)}`] : []),
    ...(only.length > 0 ? [`only where ${only.join(' and ')}`] : []),
  ].join(', ');
};
