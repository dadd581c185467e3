// Whether a database answers at all: a connection and a trivial statement.
import type pg from 'pg';
import { borrow } from '../borrow.ts';

/** Milliseconds until the answer. Rejects as soon as the signal aborts, whatever the server does. */
export const pingDatabase = async (pool: pg.Pool, signal: AbortSignal): Promise<number> => {
  const start = performance.now();
  const { client, release } = await borrow(pool, signal);
  try {
    await client.query('SELECT 1');
    return performance.now() - start;
  } catch (error) {
    release(true);
    throw error;
  } finally {
    release(false);
  }
};
