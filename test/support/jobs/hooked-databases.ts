// The engine's databases with a test's hand on every transaction of the target: it may act, fail or cut the
// connection right before and right after any statement.
import type pg from 'pg';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import type { SliceResult } from '../../../src/activities/slice/slice.ts';
import type { Databases } from '../../../src/adapters/postgres/databases.ts';
import type { Engine } from '../engine.ts';
import type { BegunRun } from './run-job.ts';

export interface Hooks {
  readonly before: (sql: string, cut: () => void) => Promise<void>;
  readonly after: (sql: string, cut: () => void) => Promise<void>;
}

/** A stand-in for `subject` that answers one property itself. */
const replacing = <T extends object>(subject: T, name: keyof T, stand: unknown): T =>
  new Proxy(subject, {
    get: (_, property) => {
      if (property === name) return stand;
      const value: unknown = Reflect.get(subject, property);
      return typeof value === 'function' ? value.bind(subject) : value;
    },
  });

const hookedClient = (client: pg.PoolClient, { before, after }: Hooks): pg.PoolClient => {
  const cut = (): void => {
    const { connection } = client as unknown as { connection: { stream: { destroy: () => void } } };
    connection.stream.destroy();
  };
  return replacing(client, 'query', async (query: string | pg.QueryConfig, values?: unknown[]) => {
    const sql = typeof query === 'string' ? query : query.text;
    await before(sql, cut);
    const result = await client.query(query as string, values);
    await after(sql, cut);
    return result;
  });
};

export const hookedDatabases = (databases: Databases, hooks: Hooks): Databases => ({
  ...databases,
  of: (pack, name) => {
    const pool = databases.of(pack, name);
    return pool && replacing(pool, 'connect', async () => hookedClient(await pool.connect(), hooks));
  },
});

/** Runs a slice and does something once its n-th delete is under way. */
export const sliceDoing = (
  engine: Engine,
  { job, plan }: BegunRun,
  place: number,
  act: () => Promise<unknown>,
): Promise<SliceResult> => {
  let deletes = 0;
  const databases = hookedDatabases(engine.databases, {
    before: async (sql) => {
      if (!sql.startsWith('DELETE FROM "public"')) return;
      deletes += 1;
      if (deletes === place) await act();
    },
    after: async () => {},
  });
  const activities = createCleanupActivities({ ...engine.dependencies, databases });
  return engine.run(activities.slice, { job, plan, slice: 1 });
};
