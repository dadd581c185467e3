// Migrations in SQL: forward only, by the clock that tests can move.

/** \`public.sessions\` → \`sessions\`, for names of indexes. */
const bare = (table: string): string => table.replace(/^.*\./, '');

const indexSql = (table: string, column: string): string =>
  `CREATE INDEX ${`idx_${bare(table)}_${column}`.slice(0, 63)} ON ${table} (${column});`;

/** A table with an age, and the index that serves it. */
export const tableMigration = ({
  table,
  column,
  why,
}: {
  readonly table: string;
  readonly column: string;
  readonly why: string;
}): string => `-- Up Migration
-- ${why}, and the index that serves its age.
CREATE TABLE ${table} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ${column} timestamptz NOT NULL DEFAULT sexton.now()
);
${indexSql(table, column)}
`;

export const indexMigration = ({
  job,
  table,
  column,
}: {
  readonly job: string;
  readonly table: string;
  readonly column: string;
}): string => `-- Up Migration
-- Serves the age that ${job} goes by: without it each of its batches would read the whole table.
${indexSql(table, column)}
`;
