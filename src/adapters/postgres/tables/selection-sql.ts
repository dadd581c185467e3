// SQL text of a selection: identifiers quoted, values as parameters. The one place where a pack's predicate
// meets the engine's statements.
import type { Selection } from '../../../domain/jobs/step.ts';
import type { Cursor } from '../runs/ledger.ts';
import { boundsSql, placesSql, underParentsSql } from './parents-sql.ts';
import { columnsSql, orderedByText, quote } from './sql-names.ts';

export { columnsSql, quote, type TableName, tableSql } from './sql-names.ts';

/** Order columns as text: what a cursor is made of. */
export const orderAsTextSql = ({ orderBy }: Selection): string => orderedByText(orderBy.map(quote));

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
  const { rows, values } = onRows(selection, excluded);
  return { sql: `${oldSql(selection)}${rows}`, values: [cutoff, ...values] };
};

/** Old enough: by itself, or by the row that it refers to. */
const oldSql = (selection: Selection): string => {
  const { column, of } = selection.age;
  return of ? underParentsSql(selection, of) : `${quote(column)} < $1::timestamptz`;
};

/** What is asked of the rows beside their age, with its parameters from `$2`. */
export const onRows = (
  selection: Selection,
  excluded: readonly string[],
): { readonly rows: string; readonly values: readonly (readonly string[])[] } => {
  const further = selection.where ? ` AND (${selection.where}\n)` : '';
  if (excluded.length === 0) return { rows: further, values: [] };
  return { rows: `${further} AND NOT (${keyTextSql(selection)} = ANY($2::text[]))`, values: [excluded] };
};

/** The same rows, found the slow way: the condition is asked of no row that waits for a person, since it may fail on it. */
export const selectedSafely = (
  selection: Selection,
  cutoff: string,
  excluded: readonly string[],
): Condition => {
  const { where = 'true' } = selection;
  const waits = `${keyTextSql(selection)} = ANY($2::text[])`;
  return {
    sql: `${oldSql(selection)} AND CASE WHEN ${waits} THEN false ELSE (${where}\n) END`,
    values: [cutoff, excluded],
  };
};

/** A stretch of the table: between two cursors along the age index, or a range of its pages. */
export interface Window {
  /** A cursor of the age alone, where more columns order the rows, lies before all rows of that age. */
  readonly after?: Cursor | undefined;
  readonly upTo?: Cursor | undefined;
  /** The first page, and the first one after it. */
  readonly pages?: readonly [from: number, to: number];
}

/** What every statement of a run has in common. */
export interface Scope {
  readonly selection: Selection;
  readonly cutoff: string;
  /** Names of rows that wait for a person. */
  readonly excluded: readonly string[];
  readonly columnTypes: ReadonlyMap<string, string>;
}

/** `selected`, narrowed to the window: by row-value comparison on the order columns, or by the rows' place. */
export const selectedIn = (
  { selection, cutoff, excluded, columnTypes }: Scope,
  window: Window,
): Condition => {
  const { of } = selection.age;
  if (of) {
    const { rows, values } = onRows(selection, excluded);
    const { sql: bounds, parameters } = boundsSql(selection, of, { ...window, first: values.length + 2 });
    const places = placesSql(selection, of, { rows, bounds });
    return { sql: `${places} AND ${oldSql(selection)}${rows}`, values: [cutoff, ...values, ...parameters] };
  }
  const { sql, values } = selected(selection, cutoff, excluded);
  const parts = [sql];
  const parameters = [...values];
  const compare = (operator: '>' | '<=', cursor: Cursor | undefined): void => {
    if (!cursor) return;
    if (cursor.length < selection.orderBy.length) {
      parameters.push(cursor[0] ?? '');
      const [age = ''] = selection.orderBy;
      const side = operator === '>' ? '>=' : '<';
      parts.push(`${quote(age)} ${side} $${parameters.length}::${columnTypes.get(age)}`);
      return;
    }
    const operands = selection.orderBy.map((column, place) => {
      parameters.push(cursor[place] ?? '');
      return `$${parameters.length}::${columnTypes.get(column)}`;
    });
    parts.push(`(${columnsSql(selection.orderBy)}) ${operator} (${operands.join(', ')})`);
  };
  compare('>', window.after);
  compare('<=', window.upTo);
  if (window.pages) {
    const [from, to] = window.pages.map((page) => `(${page},0)`);
    parameters.push(from ?? '', to ?? '');
    parts.push(`ctid >= $${parameters.length - 1}::tid AND ctid < $${parameters.length}::tid`);
  }
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
