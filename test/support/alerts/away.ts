// Postgres taken away from one pool, as if its server were gone: no connection, no answer, until it is put back.
import type pg from 'pg';

export interface Away {
  readonly take: () => void;
  readonly putBack: () => void;
}

const refused = (): Error =>
  Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });

type Connected = (
  error: Error | undefined,
  client?: pg.PoolClient,
  done?: (release?: unknown) => void,
) => void;

/** Works on the pool's next connections; a query that is under way ends as it would have. */
export const awayFor = (pool: pg.Pool): Away => {
  const connect = pool.connect.bind(pool);
  let gone = false;
  // pg's own `query` takes its connection with a callback, a transaction with a promise.
  const maybe = (callback?: Connected): unknown => {
    if (!gone) return callback ? connect(callback as never) : connect();
    if (!callback) return Promise.reject(refused());
    callback(refused());
    return undefined;
  };
  Object.assign(pool, { connect: maybe });
  return {
    take: () => {
      gone = true;
    },
    putBack: () => {
      gone = false;
    },
  };
};
