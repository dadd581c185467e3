// What the story counts for itself, with SQL of its own, so that the engine's figures are held against the
// tables and not against the engine.
import pg from 'pg';
import type { Selection } from '../../domain/job.ts';

export const withClient = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

export const tableName = ({ schema, table }: Selection): string =>
  `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`;

export interface TableCount {
  readonly rows: number;
  /** Rows before the cutoff; of those, the run should leave none. */
  readonly old: number;
}

/** Counts the whole table and the part before `cutoff`, in one snapshot. */
export const countTable = async (
  client: pg.Client,
  selection: Selection,
  cutoff: string,
): Promise<TableCount> => {
  const { age, where } = selection;
  const { rows } = await client.query(
    `SELECT count(*)::float8 AS rows,
       count(*) FILTER (WHERE ${pg.escapeIdentifier(age.column)} < $1::timestamptz AND (${where ?? 'true'}))::float8 AS old
     FROM ${tableName(selection)}`,
    [cutoff],
  );
  return rows[0];
};
