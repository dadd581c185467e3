// A metric's own statement: as series, or as observations that are counted into buckets by the database.
import type pg from 'pg';
import type { Metric, MetricRow, SqlSource } from '../../../domain/metrics/metric.ts';
import type { Queryable } from '../pool.ts';

type SqlMetric = Pick<Metric, 'labels' | 'buckets'> & { readonly from: SqlSource };

/** More is no metric but a table; Prometheus would be the one to suffer. */
const MOST_SERIES = 10_000;

/** One statement: Postgres refuses several. A line of its own, should it end in a comment. */
const inner = (from: SqlSource): string => `(${from.sql}\n) AS observed`;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const run = async (tx: Queryable, text: string): Promise<pg.QueryResult> =>
  tx.query({ text, queryMode: 'extended' } as pg.QueryConfig);

const textOf = (cell: unknown): string => {
  if (typeof cell === 'string') return cell;
  return cell instanceof Date ? cell.toISOString() : JSON.stringify(cell);
};

const labelsOf = (row: Readonly<Record<string, unknown>>, labels: readonly string[]): MetricRow['labels'] =>
  Object.fromEntries(
    labels.flatMap((name) =>
      row[name] === null || row[name] === undefined ? [] : [[name, textOf(row[name])]],
    ),
  );

const numberOf = (cell: unknown): number | null => {
  const value = cell === null || cell === undefined ? null : Number(cell);
  if (value !== null && !Number.isFinite(value))
    throw new TypeError(`the value must be a number or null: ${String(cell)}`);
  return value;
};

/** A row a series. */
export const readSeries = async (
  tx: Queryable,
  { from, labels }: SqlMetric,
): Promise<readonly MetricRow[]> => {
  const columns = [...labels, from.value].map(quoted).join(', ');
  const { rows } = await run(tx, `SELECT ${columns} FROM ${inner(from)} LIMIT ${MOST_SERIES + 1}`);
  if (rows.length > MOST_SERIES)
    throw new RangeError(`the statement has more than ${MOST_SERIES} rows; a row is a series`);
  return rows.map((row) => ({ labels: labelsOf(row, labels), value: numberOf(row[from.value]) }));
};

export interface CountedObservations {
  readonly labels: MetricRow['labels'];
  /** At most so large, cumulative, an entry a bucket; infinity last. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** The statement that counts observations into buckets; nulls are none. Columns: labels, `b0` … , `all`, `total`. */
const bucketsSql = ({ from, labels, buckets = [] }: SqlMetric): string => {
  const value = `${quoted(from.value)}::float8`;
  const counts = buckets.map(
    (edge, place) => `count(*) FILTER (WHERE ${value} <= ${edge})::float8 AS b${place}`,
  );
  const names = labels.map(quoted);
  const group = names.length > 0 ? ` GROUP BY ${names.join(', ')} ORDER BY ${names.join(', ')}` : '';
  const columns = [...names, ...counts, `count(*)::float8 AS "all"`, `coalesce(sum(${value}), 0) AS total`];
  return `SELECT ${columns.join(', ')} FROM ${inner(from)} WHERE ${quoted(from.value)} IS NOT NULL${group}`;
};

export const readObservations = async (
  tx: Queryable,
  metric: SqlMetric,
): Promise<readonly CountedObservations[]> => {
  const { rows } = await run(tx, bucketsSql(metric));
  return rows.map((row) => ({
    labels: labelsOf(row, metric.labels),
    counts: [...(metric.buckets ?? []).map((_, place) => Number(row[`b${place}`])), Number(row.all)],
    sum: Number(row.total),
  }));
};

const label = (low: number | undefined, high: number | undefined): string => {
  if (low === undefined) return `≤ ${high}`;
  return high === undefined ? `> ${low}` : `${low}–${high}`;
};

/**
 * The statement of a histogram as bars: `bucket`, `observations`; the bucket in which half, 95 and 99 of 100 are reached
 * says so. Not cumulative.
 */
export const barsSql = ({ from, buckets = [] }: SqlMetric): string => {
  const highs = [...buckets, undefined];
  const rows = highs.map((high, place) => {
    const low = buckets[place - 1];
    return `(${place}, '${label(low, high)}', ${low ?? `'-Infinity'`}::float8, ${high ?? `'Infinity'`}::float8)`;
  });
  const mark = (share: number): string =>
    `CASE WHEN p${share} > low AND p${share} <= high THEN ' p${share}' ELSE '' END`;
  return `WITH seen AS MATERIALIZED (SELECT ${quoted(from.value)}::float8 AS value FROM ${inner(from)}
  WHERE ${quoted(from.value)} IS NOT NULL),
marks AS (SELECT ${[50, 95, 99].map((share) => `percentile_cont(${share / 100}) WITHIN GROUP (ORDER BY value) AS p${share}`).join(', ')} FROM seen)
SELECT name || ${mark(50)} || ${mark(95)} || ${mark(99)} AS bucket,
  (SELECT count(*)::int FROM seen WHERE value > low AND value <= high) AS observations
FROM (VALUES ${rows.join(', ')}) AS edge (place, name, low, high) CROSS JOIN marks ORDER BY place`;
};
