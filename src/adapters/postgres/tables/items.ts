// Rows that requests are made for: read with what the requests need of them, and marked once theirs was taken.
import type { ItemRequest } from '../../../domain/jobs/http-request.ts';
import { columnsIn } from '../../../domain/jobs/http-request.ts';
import type { Selection } from '../../../domain/jobs/step.ts';
import type { Queryable } from '../pool.ts';
import type { Cursor } from '../runs/ledger.ts';
import type { KeyArrays } from './pack-sql.ts';
import {
  type Condition,
  columnsSql,
  keyTextSql,
  orderAsTextSql,
  quote,
  type Scope,
  selectedIn,
  tableSql,
} from './selection-sql.ts';

export interface Item {
  /** The row's name: its key as text. */
  readonly name: string;
  readonly key: readonly string[];
  readonly cursor: Cursor;
  /** Columns of the templates, as text. */
  readonly values: Readonly<Record<string, string | null>>;
  readonly body: string | undefined;
}

/** The statement that finds them; JSON is written by Postgres, so that no figure is rounded on its way. */
export const itemsSql = (selection: Selection, http: ItemRequest, { sql }: Condition): string => {
  const named = [...new Set([...columnsIn(http.path), ...columnsIn(http.idempotencyKey ?? '')])];
  const pairs = (fields: Readonly<Record<string, string>>, cast: string): string =>
    Object.entries(fields)
      .map(([field, column]) => `'${field.replaceAll("'", "''")}', ${quote(column)}${cast}`)
      .join(', ');
  const values = pairs(Object.fromEntries(named.map((name) => [name, name])), '::text');
  const body = http.body ? `json_build_object(${pairs(http.body, '')})::text` : 'NULL';
  const key = selection.key.map((column) => `${quote(column)}::text`).join(', ');
  return `SELECT ${keyTextSql(selection)} AS name, ARRAY[${key}] AS key, json_build_object(${values}) AS "values", ${body} AS body,
      ${orderAsTextSql(selection)}
    FROM ${tableSql(selection)} WHERE ${sql} ORDER BY ${columnsSql(selection.orderBy)}`;
};

/** The next ones after the cursor. */
export const readItems = async (
  db: Queryable,
  scope: Scope,
  {
    http,
    after,
    limit,
  }: { readonly http: ItemRequest; readonly after: Cursor | undefined; readonly limit: number },
): Promise<readonly Item[]> => {
  const { selection } = scope;
  const condition = selectedIn(scope, { after });
  const { rows } = await db.query(
    `${itemsSql(selection, http, condition)} LIMIT $${condition.values.length + 1}`,
    [...condition.values, limit],
  );
  return rows.map(({ name, key, values, body, ...order }) => ({
    name,
    key,
    values,
    body: body ?? undefined,
    cursor: selection.orderBy.map((_, place) => order[place]),
  }));
};

/** Values of one key column each. */
export const keysOf = (selection: Selection, items: readonly Pick<Item, 'key'>[]): KeyArrays =>
  selection.key.map((_, place) => items.map(({ key }) => key[place] ?? ''));

export const markSql = (
  selection: Selection,
  { doneColumn }: ItemRequest,
  types: ReadonlyMap<string, string>,
): string => {
  const arrays = selection.key.map((column, place) => `$${place + 1}::${types.get(column)}[]`).join(', ');
  return `UPDATE ${tableSql(selection)} SET ${quote(doneColumn)} = sexton.now()
    WHERE (${columnsSql(selection.key)}) IN (SELECT * FROM unnest(${arrays})) AND ${quote(doneColumn)} IS NULL`;
};
