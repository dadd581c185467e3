// Where stretches along the age index begin and end.
import type { Parents } from '../../../domain/jobs/step.ts';
import type { Queryable } from '../pool.ts';
import type { Cursor } from '../runs/ledger.ts';
import { boundsSql, parentsBoundSql } from './parents-sql.ts';
import {
  columnsSql,
  onRows,
  orderAsTextSql,
  quote,
  type Scope,
  selectedIn,
  tableSql,
} from './selection-sql.ts';

/** The order columns of the row that is `size` rows after the cursor; undefined where there are fewer. */
export const readBound = async (
  tx: Queryable,
  scope: Scope,
  { after, size }: { readonly after: Cursor | undefined; readonly size: number },
): Promise<Cursor | undefined> => {
  const { selection } = scope;
  const { of } = selection.age;
  if (of) return readBoundUnder(tx, scope, { of, after, size });
  const { sql, values } = selectedIn(scope, { after });
  const { rows } = await tx.query(
    `SELECT ${orderAsTextSql(selection)} FROM ${tableSql(selection)} WHERE ${sql}
     ORDER BY ${columnsSql(selection.orderBy)} OFFSET $${values.length + 1} LIMIT 1`,
    [...values, size - 1],
  );
  const row: Readonly<Record<string, string>> | undefined = rows[0];
  return row && selection.orderBy.map((_, place) => row[place] ?? '');
};

/** The same of rows that are as old as others: a position along those, then along their own key. */
const readBoundUnder = async (
  tx: Queryable,
  { selection, cutoff, excluded }: Scope,
  { of, after, size }: { readonly of: Parents; readonly after: Cursor | undefined; readonly size: number },
): Promise<Cursor | undefined> => {
  const { rows: further, values } = onRows(selection, excluded);
  const bounds = boundsSql(selection, of, { after, first: values.length + 2 });
  const given = [cutoff, ...values, ...bounds.parameters];
  const sql = parentsBoundSql(selection, of, { rows: further, bounds: bounds.sql, offset: given.length + 1 });
  const { rows } = await tx.query(sql, [...given, size - 1]);
  const row: Readonly<Record<string, string>> | undefined = rows[0];
  return row && [...of.orderBy, ...selection.key].map((_, place) => row[place] ?? '');
};

/** The next row's age and how long before the cutoff it lies; undefined where there is none, or its age has no end. */
export const readSpan = async (
  tx: Queryable,
  scope: Scope,
  after: Cursor | undefined,
): Promise<{ readonly from: string; readonly seconds: number } | undefined> => {
  const { selection } = scope;
  const { sql, values } = selectedIn(scope, { after });
  const age = quote(selection.age.column);
  const { rows } = await tx.query(
    `SELECT ${age}::text AS "from", extract(epoch FROM $1::timestamptz - ${age})::float8 AS seconds
     FROM ${tableSql(selection)} WHERE ${sql} AND isfinite(${age})
     ORDER BY ${columnsSql(selection.orderBy)} LIMIT 1`,
    [...values],
  );
  const row = rows[0];
  return row && row.seconds > 0 ? row : undefined;
};

/** An instant as the age column's type writes it. */
export const readInstantAfter = async (
  tx: Queryable,
  { selection, columnTypes }: Scope,
  { from, seconds }: { readonly from: string; readonly seconds: number },
): Promise<string> => {
  const type = columnTypes.get(selection.age.column);
  const { rows } = await tx.query(`SELECT ($1::${type} + make_interval(secs => $2))::text AS at`, [
    from,
    seconds,
  ]);
  return rows[0].at;
};
