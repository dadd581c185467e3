// Whether a database answers at all: a connection and a trivial statement.
import type pg from 'pg';

/** Milliseconds until the answer. Rejects as soon as the signal aborts, whatever the server does. */
export const pingDatabase = async (pool: pg.Pool, signal: AbortSignal): Promise<number> => {
  const start = performance.now();
  const client = await pool.connect();
  let over = false;
  const release = (broken: boolean): void => {
    if (over) return;
    over = true;
    client.off('error', ignore);
    signal.removeEventListener('abort', giveUp);
    client.release(broken);
  };
  // Ends the socket, so that the statement does not stay pending.
  const giveUp = (): void => release(true);
  client.on('error', ignore);
  signal.addEventListener('abort', giveUp, { once: true });
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

/** An error event may follow a failed query (server gone); the query's own rejection tells it. */
const ignore = (): void => {};
