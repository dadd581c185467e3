// `sql`: one read-only statement of a pack; a row is a series, its number in one column, its labels in the others.
import type pg from 'pg';
import { lookReadOnly } from '../../adapters/postgres/read-only.ts';
import type { Reading } from '../../domain/monitors/measure.ts';
import type { SqlParams } from '../../domain/monitors/measure-params.ts';
import { type LookingDependencies, lookingAt } from './looking.ts';
import { MeasureError, type MeasureKind, paramsOf } from './measure-kind.ts';

/** More is no measure but a table. */
const MOST_SERIES = 10_000;

type Row = Readonly<Record<string, unknown>>;

export const createSqlMeasure =
  (dependencies: LookingDependencies): MeasureKind =>
  async (asked) => {
    const params = paramsOf(asked) as SqlParams;
    const pool = lookingAt(dependencies, asked.pack, params.database);
    return lookReadOnly(pool, asked, async (tx, asOf) => {
      // As one statement: Postgres refuses several. A line of its own, should the statement end in a comment.
      const text = `SELECT * FROM (${params.sql}\n) AS measured LIMIT ${MOST_SERIES + 1}`;
      const { rows, fields } = await tx.query({ text, queryMode: 'extended' } as pg.QueryConfig);
      const columns = fields.map(({ name }) => name);
      return { asOf, readings: readingsOf(params, rows, columns) };
    });
  };

const readingsOf = (
  params: SqlParams,
  rows: readonly Row[],
  columns: readonly string[],
): readonly Reading[] => {
  const { value, facts = [], payload = [], none } = params;
  const labels = params.labels ?? columns.filter((name) => ![value, ...facts, ...payload].includes(name));
  const missing = [value, ...labels, ...facts, ...payload].filter((name) => !columns.includes(name));
  if (missing.length > 0)
    throw new MeasureError(
      'BAD_COLUMNS',
      `the statement has no column ${missing.join(', ')}; it has ${columns.join(', ')}`,
    );
  if (rows.length > MOST_SERIES)
    throw new MeasureError(
      'TOO_MANY_SERIES',
      `the statement has more than ${MOST_SERIES} rows; a row is a series`,
    );
  if (rows.length === 0) return none === 0 ? [{ labels: {}, value: 0 }] : [];
  const readings = rows.map(
    (row): Reading => ({
      labels: textsOf(row, labels),
      value: numberOf(row[value], value),
      ...(facts.length > 0 && { facts: Object.entries(textsOf(row, facts)) }),
      ...(payload.length > 0 && { payload: Object.fromEntries(payload.map((name) => [name, row[name]])) }),
    }),
  );
  refuseDoubles(readings, labels);
  return readings;
};

/** A label that is null is none. */
const textsOf = (row: Row, names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const cell = row[name];
      return cell === null || cell === undefined ? [] : [[name, textOf(cell)]];
    }),
  );

const textOf = (cell: unknown): string => {
  if (cell instanceof Date) return cell.toISOString();
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
};

/** Big and exact numbers come as text. */
const numberOf = (cell: unknown, column: string): number | null => {
  if (cell === null || cell === undefined) return null;
  const number =
    typeof cell === 'number' || (typeof cell === 'string' && cell.trim() !== '') ? Number(cell) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw new MeasureError(
    'BAD_VALUE',
    `column ${column} must be a number or null, and was ${JSON.stringify(cell)}`,
  );
};

const refuseDoubles = (readings: readonly Reading[], labels: readonly string[]): void => {
  const seen = new Set<string>();
  for (const reading of readings) {
    const key = JSON.stringify(labels.map((name) => reading.labels[name] ?? null));
    if (seen.has(key))
      throw new MeasureError(
        'DOUBLED_SERIES',
        labels.length > 0
          ? `several rows have the same ${labels.join(', ')}: ${key}`
          : 'the statement has several rows and no column that tells them apart',
      );
    seen.add(key);
  }
};
