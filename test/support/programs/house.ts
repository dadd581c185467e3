// A whole house of its own for a journey: embedded stack, databases, schedules, seed, and workers as processes
// that can be killed. Nothing here is faked.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { Redis } from 'ioredis';
import pg from 'pg';
import { connectClient, temporalAddress } from '../../../src/adapters/temporal/connect.ts';
import { startRun } from '../../../src/adapters/temporal/start-run.ts';
import type { Catalog, CatalogJob } from '../../../src/catalog/catalog.ts';
import { findJob } from '../../../src/catalog/catalog.ts';
import { type LoadedConfig, loadConfigFile } from '../../../src/catalog/load.ts';
import { applyDifferences } from '../../../src/client/sync/sync.ts';
import type { Env } from '../../../src/config/env.ts';
import { assembleCatalog } from '../../../src/config/load-catalog.ts';
import { SEARCH_ATTRIBUTES } from '../../../src/domain/search-attributes.ts';
import type { EngineSettings } from '../../../src/domain/settings.ts';
import { embeddedEnv } from '../../../src/local/embedded-env.ts';
import { type FakeBlob, startFakeBlob } from '../../../src/local/fakes/blob.ts';
import { type Stack, type StackOptions, startStack } from '../../../src/local/stack.ts';
import { seedAgain, seedPacks } from '../../../src/local/story/seed.ts';
import { eventually } from '../eventually.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Own servers always: a journey kills, empties and stops what it uses. */
const plainEnv = (): Env => ({
  ...process.env,
  TEMPORAL_ADDRESS: undefined,
  DATABASE_URL: undefined,
  SEXTON_DATABASE_URL: undefined,
  REDIS_URL: undefined,
  BLOB_READ_WRITE_TOKEN: undefined,
  VERCEL_BLOB_API_URL: undefined,
});

/** Short enough that a death is noticed within a test, long enough that a busy machine is not taken for dead. */
const QUICK: Partial<EngineSettings> = { heartbeatSeconds: 4, sliceSeconds: 3, leaseSeconds: 15 };

export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
}

export interface House {
  readonly stack: Stack;
  readonly env: Env;
  readonly catalog: Catalog;
  readonly client: Client;
  readonly home: pg.Pool;
  readonly target: pg.Pool;
  readonly redis: Redis;
  /** The store whose files the workers delete. */
  readonly blob: FakeBlob;
  readonly job: (name: string) => CatalogJob;
  /** Starts a run of a job at `rowsPerSecond`, with quick settings. */
  readonly start: (job: CatalogJob, rowsPerSecond?: number) => ReturnType<typeof startRun>;
  /** The login links alone, as most journeys need no more. */
  readonly seed: () => Promise<void>;
  /** Every table, and the files that its rows name. */
  readonly seedAll: () => Promise<void>;
  /** `more` stands beside or instead of the house's own variables; `folder` is a checkout that it is started from. */
  readonly worker: (more?: Env, folder?: string) => WorkerProcess;
  readonly close: () => Promise<void>;
}

/** How its servers differ from those of `npm start`. */
type GroundOptions = Pick<StackOptions, 'temporalDbFile'>;

/** Only the stack and its databases, for journeys that run `npm start` on them. */
export const openGround = async (
  options: GroundOptions = {},
): Promise<{ stack: Stack; env: Env; config: LoadedConfig }> => {
  const stack = await startStack({
    env: plainEnv(),
    say: () => {},
    searchAttributes: SEARCH_ATTRIBUTES,
    ...options,
  });
  const config = await loadConfigFile(`${ROOT}sexton.config.ts`);
  return { stack, config, env: await embeddedEnv(config, plainEnv(), stack) };
};

/** `more` is added to the environment of everything in the house. */
export const openHouse = async (more: Env = {}, options: GroundOptions = {}): Promise<House> => {
  const { stack, config, env: ground } = await openGround(options);
  const blob = await startFakeBlob();
  const store = { BLOB_READ_WRITE_TOKEN: blob.token, VERCEL_BLOB_API_URL: blob.url };
  const env = { ...ground, ...store, ...more };
  const catalog = assembleCatalog(config, env);
  const { client, close } = await connectClient(temporalAddress(env));
  await applyDifferences({ catalog, client, only: ['migration', 'search attribute'] });
  const home = new pg.Pool({ connectionString: catalog.home.url });
  const target = new pg.Pool({ connectionString: catalog.databases[0]?.url });
  for (const pool of [home, target]) pool.on('error', () => {});
  const redis = new Redis(catalog.redisUrl);
  redis.on('error', () => {});
  const workers: WorkerProcess[] = [];

  return {
    stack,
    env,
    catalog,
    client,
    home,
    target,
    redis,
    blob,
    job: (name) => findJob(catalog, name),
    start: ({ snapshot }, rowsPerSecond) => {
      const settings = { ...snapshot.settings, ...QUICK };
      return startRun(
        client,
        { ...snapshot, settings },
        { by: 'test', ...(rowsPerSecond && { rowsPerSecond }) },
      );
    },
    seed: async () => seedAgain(catalog, 'magic-links')!(),
    seedAll: () => seedPacks(catalog, { put: async (paths) => blob.put(paths) }),
    worker: (own = {}, folder = ROOT) => {
      const started = spawnWorker({ ...env, ...own }, folder);
      workers.push(started);
      return started;
    },
    close: async () => {
      for (const { child } of workers) child.kill('SIGKILL');
      redis.disconnect();
      await Promise.allSettled([home.end(), target.end(), close(), blob.close()]);
      await stack.stop();
    },
  };
};

const spawnWorker = (env: Env, cwd: string): WorkerProcess => {
  const child = spawn(process.execPath, ['bin/sexton.mjs', 'worker'], {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return { child, stderr: () => stderr, kill: (signal) => child.kill(signal) };
};

/** Rows that the ledger of a run accounts for. */
export const ledgerSum = async (db: pg.Pool, runId: string): Promise<number> => {
  const { rows } = await db.query(
    'SELECT coalesce(sum(deleted), 0)::int AS n FROM sexton.ledger WHERE run_id = $1',
    [runId],
  );
  return rows[0].n;
};

/** Waits until the run has deleted at least so many rows. */
export const untilDeleted = (db: pg.Pool, runId: string, rows: number): Promise<number> =>
  eventually(
    `run ${runId} deleted ${rows} rows`,
    async () => {
      const sum = await ledgerSum(db, runId);
      return sum >= rows && sum;
    },
    { withinMs: 60_000 },
  );
