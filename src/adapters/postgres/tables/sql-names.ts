// Names of tables and columns as SQL writes them.
import pg from 'pg';

export const quote = (identifier: string): string => pg.escapeIdentifier(identifier);

export interface TableName {
  readonly schema: string;
  readonly table: string;
}

export const tableSql = ({ schema, table }: TableName): string => `${quote(schema)}.${quote(table)}`;

export const columnsSql = (columns: readonly string[]): string => columns.map(quote).join(', ');

/** Expressions as text, named by their place: what a cursor is made of, exact where a JavaScript Date would round. */
export const orderedByText = (expressions: readonly string[]): string =>
  expressions.map((expression, place) => `${expression}::text AS "${place}"`).join(', ');
