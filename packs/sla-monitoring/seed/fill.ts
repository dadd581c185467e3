// How a table of the seed is filled: emptied, filled in one statement, and shown to the planner.
import type { SeedConnection, SeedResult } from '../../../src/index.ts';

/** What every part of the seed works with. */
export interface SeedInput {
  readonly client: SeedConnection;
  readonly now: Date;
}

interface Filling extends SeedResult {
  /** Takes `now` as its one parameter. */
  readonly insert: string;
  /** Columns that the job's statements go by. */
  readonly analyze: string;
}

/** Empties the table and fills it anew. The caller makes sure that this database may lose its rows. */
export const fill = async (
  { client, now }: SeedInput,
  { insert, analyze, ...result }: Filling,
): Promise<SeedResult> => {
  // Identities too: the same instant gives the same rows, their ids included.
  await client.query(`TRUNCATE ${result.table} RESTART IDENTITY`);
  await client.query(insert, [now.toISOString()]);
  // The planner chooses a job's strategy by statistics, which autovacuum would bring a minute late.
  await client.query(`ANALYZE ${result.table} (${analyze})`);
  return result;
};

/** Rows of a query, whatever driver is behind the connection: all that are in use answer with `rows`. */
export const rowsOf = async <Row>(
  client: SeedConnection,
  sql: string,
  values: unknown[] = [],
): Promise<readonly Row[]> => ((await client.query(sql, values)) as { readonly rows: readonly Row[] }).rows;
