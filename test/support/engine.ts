// The engine's activities on the suite's real Postgres and Redis, without Temporal around them: one database that
// is home and target at once, with a table of links.
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import pg from 'pg';
import type { Dependencies } from '../../src/activities/dependencies.ts';
import {
  createCleanupActivities,
  createJobActivities,
  createNotifyActivities,
  createReconcileActivities,
  createWatchActivities,
} from '../../src/activities/index.ts';
import { type Databases, openDatabases } from '../../src/adapters/postgres/databases.ts';
import { createRedisLock } from '../../src/adapters/redis-lock.ts';
import { migrateAll } from '../../src/client/sync/migrations.ts';
import { freshDatabase, redisUrl } from './stack.ts';

export interface Engine {
  readonly url: string;
  readonly db: pg.Pool;
  readonly databases: Databases;
  readonly dependencies: Dependencies;
  readonly activities: ReturnType<typeof createJobActivities> &
    ReturnType<typeof createCleanupActivities> &
    ReturnType<typeof createWatchActivities> &
    ReturnType<typeof createNotifyActivities> &
    ReturnType<typeof createReconcileActivities>;
  /** Runs an activity as Temporal would, as the given attempt, after it has waited so long for a worker. */
  readonly run: <In, Out>(
    activity: (input: In) => Promise<Out>,
    input: In,
    attempt?: number,
    queuedMs?: number,
  ) => Promise<Out>;
  readonly close: () => Promise<void>;
}

/** Expected failures are asserted, not read. */
const QUIET = new DefaultLogger('ERROR', () => {});

const LINK_TABLE = `
  CREATE TABLE public.link (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, expires_at timestamptz, note text);
  CREATE INDEX ON public.link (expires_at);`;

export const createEngine = async (temporal?: Client, given: Partial<Dependencies> = {}): Promise<Engine> => {
  const url = await freshDatabase('engine');
  await migrateAll({ home: { url }, databases: [{ pack: 'test-pack', name: 'app', url }] });
  const databases = openDatabases({ url }, [{ pack: 'test-pack', name: 'app', url }]);
  const lock = createRedisLock(redisUrl());
  const dependencies: Dependencies = {
    databases,
    lock,
    temporal: temporal as Client,
    channels: { send: async () => ({}), sendInstead: async () => {} },
    directory: { roles: {}, people: {}, rotations: {} },
    ringAfterSeconds: 2,
    ...given,
  };
  const db = new pg.Pool({ connectionString: url, max: 5 });
  await db.query(LINK_TABLE);
  return {
    url,
    db,
    databases,
    dependencies,
    activities: {
      ...createJobActivities(dependencies),
      ...createCleanupActivities(dependencies),
      ...createWatchActivities(dependencies),
      ...createNotifyActivities(dependencies),
      ...createReconcileActivities(dependencies),
    },
    run: (activity, input, attempt = 1, queuedMs = 0) =>
      new MockActivityEnvironment(
        { attempt, currentAttemptScheduledTimestampMs: Date.now() - queuedMs },
        { logger: QUIET },
      ).run(activity, input),
    close: async () => {
      await Promise.all([databases.close(), lock.close(), db.end()]);
    },
  };
};

/** Inserts links that expired `hoursAgo` hours ago, each next one a second earlier. */
export const insertLinks = async (db: pg.Pool, count: number, hoursAgo: number): Promise<void> => {
  await db.query(
    `INSERT INTO public.link (expires_at)
     SELECT sexton.now() - make_interval(secs => $2 * 3600 + n) FROM generate_series(1, $1) n`,
    [count, hoursAgo],
  );
};

export const countLinks = async (db: pg.Pool): Promise<number> =>
  (await db.query('SELECT count(*)::int AS n FROM public.link')).rows[0].n;
