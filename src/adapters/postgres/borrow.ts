// A connection of a pool for one look, which is given up when its signal aborts, whatever the server does.
import type pg from 'pg';

/** While it is borrowed. */
interface Borrowed {
  readonly client: pg.PoolClient;
  /** It was given up already. */
  readonly isOver: () => boolean;
  /** Back to the pool, once; a broken one is closed instead. */
  readonly release: (broken: boolean) => void;
}

export const borrow = async (pool: pg.Pool, signal: AbortSignal): Promise<Borrowed> => {
  const client = await pool.connect();
  let over = false;
  const release = (broken: boolean): void => {
    if (over) return;
    over = true;
    client.off('error', ignore);
    signal.removeEventListener('abort', giveUp);
    client.release(broken);
  };
  // Ends the socket, so that no query of it stays pending.
  const giveUp = (): void => release(true);
  client.on('error', ignore);
  if (signal.aborted) giveUp();
  signal.throwIfAborted();
  signal.addEventListener('abort', giveUp, { once: true });
  return { client, isOver: () => over, release };
};

/** An error event may follow a failed query (server gone); the query's own rejection tells it. */
const ignore = (): void => {};
