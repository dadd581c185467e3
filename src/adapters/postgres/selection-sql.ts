// SQL text of a selection: identifiers quoted, values as parameters. The one place where a pack's predicate
// meets the engine's statements.
import pg from 'pg';
import type { Selection } from '../../domain/job.ts';
import type { Cursor } from './ledger.ts';

export const quote = (identifier: string): string => pg.escapeIdentifier(identifier);

export const tableSql = ({ schema, table }: Selection): string => `${quote(schema)}.${quote(table)}`;

export const columnsSql = (columns: readonly string[]): string => columns.map(quote).join(', ');

/** Order columns as text: what a cursor is made of, exact where a JavaScript Date would round. */
export const orderAsTextSql = ({ orderBy }: Selection): string =>
  orderBy.map((column, place) => `${quote(column)}::text AS "${place}"`).join(', ');

/** A statement's condition together with its parameters, numbered from 1. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly string[];
}

/** Rows that the run may delete: old enough at its cutoff, and what the pack adds. The newline ends a trailing comment. */
export const selected = ({ age, where }: Selection, cutoff: string): Condition => ({
  sql: `${quote(age.column)} < $1::timestamptz${where ? ` AND (${where}\n)` : ''}`,
  values: [cutoff],
});

export interface Window {
  readonly after: Cursor | undefined;
  readonly upTo?: Cursor | undefined;
}

/** `selected`, narrowed to the window between two cursors by row-value comparison on the order columns. */
export const selectedIn = (
  selection: Selection,
  cutoff: string,
  window: Window,
  types: ReadonlyMap<string, string>,
): Condition => {
  const { sql, values } = selected(selection, cutoff);
  const parts = [sql];
  const parameters = [...values];
  const compare = (operator: '>' | '<=', cursor: Cursor | undefined): void => {
    if (!cursor) return;
    const operands = selection.orderBy.map((column, place) => {
      parameters.push(cursor[place] ?? '');
      return `$${parameters.length}::${types.get(column)}`;
    });
    parts.push(`(${columnsSql(selection.orderBy)}) ${operator} (${operands.join(', ')})`);
  };
  compare('>', window.after);
  compare('<=', window.upTo);
  return { sql: parts.join(' AND '), values: parameters };
};
