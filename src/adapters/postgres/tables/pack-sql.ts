// How a pack's own statement is run: with the keys of its rows as arrays of text, one a key column, and with what it may
// want to know of the run as settings of its transaction. Always as one statement: Postgres refuses several.
import type { Queryable } from '../pool.ts';

/** What `current_setting('sexton.cutoff')` and `current_setting('sexton.run_id')` answer until the transaction ends. */
export interface PackSettings {
  readonly cutoff: string;
  readonly runId: string;
}

export const tellPackSql = async (tx: Queryable, { cutoff, runId }: PackSettings): Promise<void> => {
  await tx.query("SELECT set_config('sexton.cutoff', $1, true), set_config('sexton.run_id', $2, true)", [
    cutoff,
    runId,
  ]);
};

/** Values of one key column each, in the same order of rows. */
export type KeyArrays = readonly (readonly string[])[];

/** Runs the statement and returns how many rows it changed. */
export const runPackSql = async (tx: Queryable, sql: string, keys: KeyArrays = []): Promise<number> => {
  const query = { text: sql, values: keys.map((values) => [...values]), queryMode: 'extended' };
  const { rowCount } = await tx.query(query);
  return rowCount ?? 0;
};
