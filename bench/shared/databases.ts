// The databases of a benchmark's own Postgres, and an environment that holds nothing of the shell's.
import pg from 'pg';
import type { Env } from '../../src/config/env.ts';
import type { Stack } from '../../src/local/stack.ts';

/** Runs `work` with a new connection to a database. */
export type Connected = <T>(database: string, work: (db: pg.Client) => Promise<T>) => Promise<T>;

/** Own servers always, and nothing of a shell's that would change what is measured. */
export const plainEnv = (env: Env): Env =>
  Object.fromEntries(
    ['PATH', 'HOME', 'SEXTON_CACHE_DIR', 'XDG_CACHE_HOME', 'TMPDIR'].flatMap((name) =>
      env[name] === undefined ? [] : [[name, env[name]]],
    ),
  );

export const databasesOf = (stack: Stack) => {
  const connected: Connected = async (database, work) => {
    const db = new pg.Client({ connectionString: stack.postgres.urlOf(database) });
    db.on('error', () => {});
    await db.connect();
    try {
      return await work(db);
    } finally {
      await db.end();
    }
  };
  const command = (sql: string): Promise<unknown> => connected('postgres', (db) => db.query(sql));
  const drop = (name: string) => command(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
  return { connected, command, drop };
};
