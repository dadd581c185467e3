// The shape that each of Grafana's visuals wants its rows in, made around a statement that knows nothing of it.
import type { Mark, Panel } from '../domain/dashboards/dashboard.ts';

/** A statement and what its columns are for. */
export interface Shaped {
  readonly sql: string;
  /** All of them, in their order. */
  readonly columns: readonly string[];
  readonly x?: string;
  readonly y?: readonly string[];
  readonly series?: readonly string[];
  readonly until?: string;
  readonly state?: string;
  readonly marks?: readonly Mark[];
}

/** What Grafana is asked, and as what it is to take the rows. */
export interface ShapedQuery {
  readonly sql: string;
  readonly format: 'table' | 'time_series';
}

const name = (column: string): string => `"${column.replaceAll('"', '""')}"`;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** A line of its own for the end: the statement may close with a comment. */
const from = (sql: string): string => `FROM (\n${sql.trim()}\n) AS asked`;

const joined = (columns: readonly string[]): string =>
  columns.length === 1
    ? `${name(columns[0] ?? '')}::text`
    : `concat_ws(' ', ${columns.map(name).join(', ')})`;

/** A day is its midnight in UTC, an instant itself. */
const instant = (column: string): string => `(${name(column)}::timestamp AT TIME ZONE 'UTC')`;
const time = (column: string): string =>
  `CASE WHEN pg_typeof(${name(column)}) = 'timestamptz'::regtype THEN ${name(column)}::timestamptz ELSE ${instant(column)} END`;

const line = ({ sql, x = '', y = [], series }: Shaped): ShapedQuery => {
  const metric = series ? [`${joined(series)} AS metric`] : [];
  const columns = [`${time(x)} AS "time"`, ...metric, ...y.map(name)];
  return { sql: `SELECT ${columns.join(', ')} ${from(sql)} ORDER BY 1`, format: 'time_series' };
};

/** A bar that is marked is a column of its own, and none of the plain one. */
const bars = ({ sql, x = '', y = [], marks = [] }: Shaped): ShapedQuery => {
  const isMarked = ({ of, at, above }: Mark): string =>
    `${name(x)}::text = ${text(at)} AND ${name(of)} > ${above}`;
  const plain = y.map((column) => {
    const own = marks.filter(({ of }) => of === column);
    const unless = own.map((mark) => `WHEN ${isMarked(mark)} THEN NULL `).join('');
    return own.length === 0 ? name(column) : `CASE ${unless}ELSE ${name(column)} END AS ${name(column)}`;
  });
  const marked = marks.map(
    (mark) => `CASE WHEN ${isMarked(mark)} THEN ${name(mark.of)} END AS ${name(mark.label)}`,
  );
  return {
    sql: `SELECT ${[`${name(x)}::text AS ${name(x)}`, ...plain, ...marked].join(', ')} ${from(sql)}`,
    format: 'table',
  };
};

/** From where it begins to where it ends; what goes on has no end. */
const timeline = ({ sql, x = '', series = [], until, state = '' }: Shaped): ShapedQuery => {
  const lane = joined(series);
  const begins = `SELECT ${time(x)} AS "time", ${lane} AS lane, ${name(state)}::text AS state ${from(sql)}`;
  const ends =
    until === undefined
      ? ''
      : ` UNION ALL SELECT ${time(until)}, ${lane}, NULL ${from(sql)} WHERE ${name(until)} IS NOT NULL`;
  return { sql: `${begins}${ends} ORDER BY 1`, format: 'table' };
};

const statusMap = ({ sql, series = [], state = '' }: Shaped): ShapedQuery => ({
  sql: `SELECT ${joined(series)} AS metric, ${name(state)}::text AS state ${from(sql)}`,
  format: 'table',
});

/** What the visual draws of the statement. */
export const shapedFor = (visual: Panel['visual'], shaped: Shaped): ShapedQuery => {
  const { sql, y = shaped.columns } = shaped;
  switch (visual) {
    case 'line':
      return line(shaped);
    case 'bars':
    case 'histogram':
    case 'pie':
      return bars(shaped);
    case 'timeline':
      return timeline(shaped);
    case 'status-map':
      return statusMap(shaped);
    case 'stat':
    case 'gauge':
      return { sql: `SELECT ${y.map(name).join(', ')} ${from(sql)} LIMIT 1`, format: 'table' };
    case 'table':
    case 'list':
    case 'log':
    default:
      return { sql: `SELECT ${y.map(name).join(', ')} ${from(sql)}`, format: 'table' };
  }
};

/** A level line across the time that is shown, by Grafana's own words for its ends. */
export const levelLine = (
  { sql, y = [], series }: Shaped,
  { label, times }: { readonly label: string; readonly times: number },
): ShapedQuery => {
  const metric = series ? `concat_ws(' ', ${series.map(name).join(', ')}, ${text(label)})` : text(label);
  const value = `${y.map(name).join(', ')} * ${times}`;
  const edges = 'CROSS JOIN (VALUES ($__timeFrom()::timestamptz), ($__timeTo()::timestamptz)) AS edge (at)';
  const there = `WHERE ${y.map(name).join(', ')} IS NOT NULL`;
  return {
    sql: `SELECT edge.at AS "time", ${metric} AS metric, ${value} AS value ${from(sql)} ${edges} ${there} ORDER BY 1`,
    format: 'time_series',
  };
};
