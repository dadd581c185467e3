// Asks Postgres what is wrong with a statement of a pack, without running it.

import type pg from 'pg';
import { isPlanned } from '../../../domain/jobs/statement.ts';
import { inTransaction } from '../pool.ts';
import type { KeyArrays } from './pack-sql.ts';

/** In Postgres' words; undefined where nothing is wrong. Names, types, privileges and the number of parameters are checked. */
export const explainFault = async (
  db: pg.Pool,
  sql: string,
  keys: KeyArrays = [],
): Promise<string | undefined> => {
  const query = { text: `EXPLAIN ${sql}`, values: keys.map((values) => [...values]), queryMode: 'extended' };
  return faultOf(await db.query(query).catch((error: unknown) => error));
};

/**
 * The same for statements that cannot be explained: in a transaction that has failed already Postgres parses a statement,
 * refuses several at once, and executes none.
 */
const parseFault = (db: pg.Pool, sql: string): Promise<string | undefined> =>
  inTransaction(db, async (tx) => {
    await tx.query('SELECT 1 / 0').catch(() => {});
    return faultOf(
      await tx.query({ text: sql, queryMode: 'extended' } as pg.QueryConfig).catch((error: unknown) => error),
    );
  });

/** Where it can be explained it is, else it is parsed. */
export const statementFault = (db: pg.Pool, sql: string): Promise<string | undefined> =>
  isPlanned(sql) ? explainFault(db, sql) : parseFault(db, sql);

/** Of the transaction that has failed. */
const NOT_RUN = '25P02';

/** What the statement itself is to blame for; everything else is thrown on. */
const faultOf = (answer: unknown): string | undefined => {
  if (!(answer instanceof Error)) return undefined;
  const code = 'code' in answer && typeof answer.code === 'string' ? answer.code : '';
  if (code === NOT_RUN) return undefined;
  if (code === '08P01')
    return 'it must use each of its parameters, $1 and so on: one array for each key column';
  if (/^(42|22|0A|21|26)/.test(code)) return answer.message;
  throw answer;
};
