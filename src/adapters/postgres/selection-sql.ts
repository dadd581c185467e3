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
  readonly values: readonly (string | readonly string[])[];
}

/** A row's name as text: its key, as a JSON list where it has several columns. */
export const keyTextSql = ({ key }: Selection): string => {
  const columns = key.map((column) => `${quote(column)}::text`);
  return columns.length === 1 ? `${columns[0]}` : `jsonb_build_array(${columns.join(', ')})::text`;
};

/**
 * Rows that the run may take: old enough at its cutoff, what the pack adds, and none that waits for a person. The
 * newline ends a trailing comment.
 */
export const selected = (
  selection: Selection,
  cutoff: string,
  excluded: readonly string[] = [],
): Condition => {
  const { age, where } = selection;
  const old = `${quote(age.column)} < $1::timestamptz${where ? ` AND (${where}\n)` : ''}`;
  if (excluded.length === 0) return { sql: old, values: [cutoff] };
  return {
    sql: `${old} AND NOT (${keyTextSql(selection)} = ANY($2::text[]))`,
    values: [cutoff, excluded],
  };
};

/** The same rows, found the slow way: the condition is asked of no row that waits for a person, since it may fail on it. */
export const selectedSafely = (
  selection: Selection,
  cutoff: string,
  excluded: readonly string[],
): Condition => {
  const { where = 'true', age } = selection;
  const waits = `${keyTextSql(selection)} = ANY($2::text[])`;
  return {
    sql: `${quote(age.column)} < $1::timestamptz AND CASE WHEN ${waits} THEN false ELSE (${where}\n) END`,
    values: [cutoff, excluded],
  };
};

export interface Window {
  readonly after: Cursor | undefined;
  readonly upTo?: Cursor | undefined;
}

/** What every statement of a run has in common. */
export interface Scope {
  readonly selection: Selection;
  readonly cutoff: string;
  /** Names of rows that wait for a person. */
  readonly excluded: readonly string[];
  readonly columnTypes: ReadonlyMap<string, string>;
}

/** `selected`, narrowed to the window between two cursors by row-value comparison on the order columns. */
export const selectedIn = (
  { selection, cutoff, excluded, columnTypes }: Scope,
  window: Window,
): Condition => {
  const { sql, values } = selected(selection, cutoff, excluded);
  const parts = [sql];
  const parameters = [...values];
  const compare = (operator: '>' | '<=', cursor: Cursor | undefined): void => {
    if (!cursor) return;
    const operands = selection.orderBy.map((column, place) => {
      parameters.push(cursor[place] ?? '');
      return `$${parameters.length}::${columnTypes.get(column)}`;
    });
    parts.push(`(${columnsSql(selection.orderBy)}) ${operator} (${operands.join(', ')})`);
  };
  compare('>', window.after);
  compare('<=', window.upTo);
  return { sql: parts.join(' AND '), values: parameters };
};

/** `selectedIn`, narrowed to the row of this name. */
export const selectedNamed = (scope: Scope, window: Window, name: string): Condition => {
  const { where, ...selection } = scope.selection;
  const { sql, values } = selectedIn({ ...scope, selection }, window);
  const named = `${keyTextSql(selection)} = $${values.length + 1}`;
  // In this order, whatever the planner makes of it: asked of another row, the condition may fail.
  const wanted = where ? `CASE WHEN ${named} THEN (${where}\n) ELSE false END` : named;
  return { sql: `${sql} AND ${wanted}`, values: [...values, name] };
};
