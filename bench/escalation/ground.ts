// What a part is measured on: servers of its own, the home database, a fake provider, and worker processes. Each part
// has a new one, so that none is slowed by what another left.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { createObserve } from '../../src/activities/alerts/observe.ts';
import { type Databases, openDatabases } from '../../src/adapters/postgres/databases.ts';
import { connectClient, temporalAddress } from '../../src/adapters/temporal/connect.ts';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { loadConfigFile } from '../../src/catalog/load.ts';
import { applyDifferences } from '../../src/client/sync/sync.ts';
import type { Env } from '../../src/config/env.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import { SEARCH_ATTRIBUTES } from '../../src/domain/search-attributes.ts';
import { startStack } from '../../src/local/stack.ts';
import { type Connected, databasesOf, plainEnv } from '../shared/databases.ts';
import { type StartOptions, sextonProgram } from '../shared/program.ts';
import { startWorker, type WorkerProcess } from '../shared/worker-process.ts';
import { clearNamespace } from './clear-namespace.ts';
import { type Fake, startFake } from './fake/fake.ts';
import { type Floor, startFloor } from './floor/floor.ts';
import type { TemporalChoice } from './options.ts';
import { HOME, MAIN, NAMESPACE } from './terms.ts';

export interface Ground {
  readonly env: Env;
  readonly client: Client;
  readonly catalog: Catalog;
  readonly connected: Connected;
  readonly databases: Databases;
  /** The door, in this process. */
  readonly observe: ReturnType<typeof createObserve>;
  readonly fake: Fake;
  /** Pids of the servers that were started for this, by name. */
  readonly servers: Readonly<Record<string, number>>;
  readonly startWorkers: (
    count: number,
    options?: StartOptions & { readonly env?: Env },
  ) => Promise<readonly WorkerProcess[]>;
  readonly startFloor: () => Promise<Floor>;
  /** Schedules as `sexton apply` makes them: reconcile, and the monitors of the pack. */
  readonly applySchedules: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface GroundOptions {
  readonly env: Env;
  readonly fromSources: boolean;
  readonly temporal: TemporalChoice;
  /** The provider answers so long after it took a message. Default 0. */
  readonly answerAfterMs?: number;
  /** Variables of the pack. Default: it declares nothing. */
  readonly variables?: Env;
  readonly say: (line: string) => void;
}

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** A namespace that is there for this alone: what is left in it is ended. */
const foreign = (address: string): Env => ({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: NAMESPACE });

const stackFor = ({ env, temporal, say }: GroundOptions) =>
  startStack({
    env: { ...plainEnv(env), ...('address' in temporal && foreign(temporal.address)) },
    say,
    searchAttributes: SEARCH_ATTRIBUTES,
    temporalDbFile: 'file' in temporal,
  });

type Stack = Awaited<ReturnType<typeof stackFor>>;

const environment = (
  options: GroundOptions,
  { postgres, redis, temporal }: Stack,
  { url, secret }: Fake,
): Env => ({
  ...plainEnv(options.env),
  SEXTON_DATABASE_URL: postgres.urlOf(HOME),
  DRILL_DATABASE_URL: postgres.urlOf(MAIN),
  REDIS_URL: redis.url,
  TEMPORAL_ADDRESS: temporal.address,
  TEMPORAL_NAMESPACE: temporal.namespace,
  WEBHOOK_URL: url,
  WEBHOOK_SECRET: secret,
  ...options.variables,
});

/** What does not end in this time is left to end with this process. */
const END_WITHIN_MS = 40_000;

/** Everything that must end again, the last one first, whatever fails meanwhile. */
const createEnds = () => {
  const ends: (() => Promise<unknown>)[] = [];
  return {
    add: (end: () => Promise<unknown>): void => {
      ends.unshift(end);
    },
    all: async (): Promise<void> => {
      for (const end of ends.splice(0)) {
        const over = new AbortController();
        const late = sleep(END_WITHIN_MS, undefined, { signal: over.signal }).catch(() => {});
        await Promise.race([end().catch(() => {}), late]);
        over.abort();
      }
    },
  };
};

export const openGround = async (options: GroundOptions): Promise<Ground> => {
  const ends = createEnds();
  try {
    return await open(options, ends);
  } catch (error) {
    await ends.all();
    throw error;
  }
};

const open = async (options: GroundOptions, ends: ReturnType<typeof createEnds>): Promise<Ground> => {
  const { answerAfterMs = 0 } = options;
  const stack = await stackFor(options);
  ends.add(() => stack.stop());
  for (const name of [HOME, MAIN]) await stack.postgres.createDatabase(name);
  const { connected } = databasesOf(stack);
  await connected(HOME, (db) => db.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements'));
  const fake = await startFake(plainEnv(options.env), answerAfterMs);
  ends.add(fake.stop);
  const env = environment(options, stack, fake);
  const catalog: Catalog = assembleCatalog(await loadConfigFile(`${FOLDER}sexton.config.ts`), env);
  const { client, close } = await connectClient(temporalAddress(env));
  ends.add(close);
  if ('address' in options.temporal) ends.add(() => clearNamespace(client));
  await applyDifferences({ catalog, client, only: ['migration', 'search attribute'] });
  const databases = openDatabases(catalog.home, catalog.databases);
  ends.add(databases.close);
  const program = sextonProgram({ fromSources: options.fromSources, folder: FOLDER });

  return {
    env,
    client,
    catalog,
    connected,
    databases,
    observe: createObserve({ databases }),
    fake,
    servers: stack.pids,
    startWorkers: (count, { env: more = {}, ...start } = {}) =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const worker = await startWorker(program, { ...env, ...more }, start);
          ends.add(worker.stop);
          return worker;
        }),
      ),
    startFloor: async () => {
      const floor = await startFloor(env);
      ends.add(floor.stop);
      return floor;
    },
    applySchedules: async () => {
      await applyDifferences({ catalog, client, only: ['schedule'] });
    },
    close: ends.all,
  };
};
