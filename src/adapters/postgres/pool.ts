// Connection pools and transactions. Every session runs in UTC with limits on statements, locks and idle
// transactions, so that a stalled worker cannot hold rows or the fence for long.
import pg from 'pg';

/** What statement files need of a connection: a pool, or a client inside a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

export interface PoolOptions {
  readonly url: string;
  readonly max?: number;
  readonly statementSeconds?: number;
  /** Longest wait for a connection of the pool. */
  readonly connectSeconds?: number;
}

/** Longest wait for a row lock. A batch that meets one fails and is tried again; it does not queue. */
const LOCK_TIMEOUT_MS = 2_000;
/** A worker stopped inside a transaction loses it after this, and the fence with it. */
const IDLE_IN_TRANSACTION_MS = 10_000;

/** An error event may follow a failed query (server gone); the query's own rejection tells it. */
const ignore = (): void => {};

export const createPool = ({
  url,
  max = 10,
  statementSeconds = 5,
  connectSeconds = 5,
}: PoolOptions): pg.Pool => {
  const limits = {
    statement_timeout: statementSeconds * 1000,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  };
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: 'sexton',
    connectionTimeoutMillis: connectSeconds * 1000,
    // Compiling a batch's plan costs more than it ever saves.
    options: '-c TimeZone=UTC -c DateStyle=ISO -c jit=off',
    ...limits,
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', ignore);
  return pool;
};

/** Runs `work` in one transaction; a connection that failed is thrown away, not reused. */
export const inTransaction = async <T>(
  pool: pg.Pool,
  work: (tx: pg.PoolClient) => Promise<T>,
): Promise<T> => {
  const client = await pool.connect();
  client.on('error', ignore);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.off('error', ignore);
    client.release();
    return result;
  } catch (error) {
    const clean = await client.query('ROLLBACK').then(
      () => true,
      () => false,
    );
    client.off('error', ignore);
    client.release(!clean);
    throw error;
  }
};
