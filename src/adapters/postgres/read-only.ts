// A look at a database that can change nothing and ends in time: by Postgres, and where that does not answer, by
// giving up the connection.
import type pg from 'pg';
import { borrow } from './borrow.ts';
import { isoSql } from './iso.ts';

export interface LookOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** All of its statements see the same rows. */
  readonly oneSnapshot?: boolean;
}

/** The connection, and the database's clock as the look began. */
export type Looking<T> = (tx: pg.PoolClient, asOf: string) => Promise<T>;

/** Runs `look` in one read-only transaction. Rejects as soon as the signal aborts, whatever the server does. */
export const lookReadOnly = async <T>(
  pool: pg.Pool,
  { timeoutMs, signal, oneSnapshot = false }: LookOptions,
  look: Looking<T>,
): Promise<T> => {
  const { client, isOver, release } = await borrow(pool, signal);
  try {
    await client.query(`BEGIN ${oneSnapshot ? 'ISOLATION LEVEL REPEATABLE READ ' : ''}READ ONLY`);
    const { rows } = await client.query(
      `SELECT set_config('statement_timeout', $1, true), ${isoSql('sexton.now()', 'microseconds')} AS "asOf"`,
      [String(Math.max(1, Math.floor(timeoutMs)))],
    );
    return await look(client, rows[0].asOf);
  } finally {
    // Nothing is to be kept, so nothing is committed.
    const clean =
      isOver() ||
      (await client.query('ROLLBACK').then(
        () => true,
        () => false,
      ));
    release(!clean);
  }
};
