// What everything is measured on: the embedded stack with its own settings, one database that is made anew before each
// measurement, and the product's worker.
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import pg from 'pg';
import { connectClient, temporalAddress } from '../../src/adapters/temporal/connect.ts';
import { loadConfigFile } from '../../src/catalog/load.ts';
import { migrateAll } from '../../src/client/sync/migrations.ts';
import type { Env } from '../../src/config/env.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import { SEARCH_ATTRIBUTES } from '../../src/domain/search-attributes.ts';
import { startStack } from '../../src/local/stack.ts';
import { type Connected, databasesOf, plainEnv } from '../shared/databases.ts';
import { type Program, sextonProgram } from '../shared/program.ts';
import { startWorker, type WorkerProcess } from '../shared/worker-process.ts';
import type { Layout } from './layouts.ts';
import { fillTemplate } from './template.ts';
import { MEASURED } from './terms.ts';

export interface Ground {
  readonly env: Env;
  readonly client: Client;
  readonly program: Program;
  /** Makes the layout's template, once; `rows` in its table. */
  readonly prepare: (layout: Layout, rows: number) => Promise<void>;
  /** Puts a fresh copy of the layout in place and writes everything out; resolves with the copy's size in bytes. */
  readonly restore: (layout: Layout) => Promise<number>;
  /** Forgets a template, for the space that it takes. */
  readonly drop: (layout: Layout) => Promise<void>;
  readonly connected: Connected;
  readonly urlOf: (database: string) => string;
  readonly startWorker: () => Promise<WorkerProcess>;
  readonly close: () => Promise<void>;
}

export interface GroundOptions {
  readonly env: Env;
  readonly batchRows: number;
  readonly fromSources: boolean;
  readonly say: (line: string) => void;
}

const HOME = 'sexton';
const FOLDER = fileURLToPath(new URL('.', import.meta.url));

const templateOf = ({ name }: Layout): string => `template ${name}`;

/** Brings the stack up. Schedules are not applied: nothing runs but what is measured. */
export const openGround = async (options: GroundOptions): Promise<Ground> => {
  const stack = await startStack({
    env: plainEnv(options.env),
    say: options.say,
    searchAttributes: SEARCH_ATTRIBUTES,
  });
  const { connected, command, drop } = databasesOf(stack);
  const env: Env = {
    ...plainEnv(options.env),
    SEXTON_DATABASE_URL: stack.postgres.urlOf(HOME),
    BENCH_DATABASE_URL: stack.postgres.urlOf(MEASURED),
    BENCH_BATCH_ROWS: String(options.batchRows),
    REDIS_URL: stack.redis.url,
    TEMPORAL_ADDRESS: stack.temporal.address,
    TEMPORAL_NAMESPACE: stack.temporal.namespace,
  };
  const config = await loadConfigFile(`${FOLDER}sexton.config.ts`);
  const program = sextonProgram({ ...options, folder: FOLDER });
  const { client, close } = await connectClient(temporalAddress(env));
  await stack.postgres.createDatabase(HOME);
  await command('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  const workers = new Set<WorkerProcess>();

  return {
    env,
    client,
    program,
    connected,
    urlOf: stack.postgres.urlOf,
    prepare: async (layout, rows) => {
      const name = templateOf(layout);
      await drop(name);
      await stack.postgres.createDatabase(name);
      const catalog = assembleCatalog(config, { ...env, BENCH_DATABASE_URL: stack.postgres.urlOf(name) });
      await migrateAll(catalog);
      await connected(name, (db) => fillTemplate(db, layout, rows));
    },
    restore: async (layout) => {
      await drop(MEASURED);
      await command(
        `CREATE DATABASE ${pg.escapeIdentifier(MEASURED)}
         TEMPLATE ${pg.escapeIdentifier(templateOf(layout))} STRATEGY FILE_COPY`,
      );
      await command('CHECKPOINT');
      return connected('postgres', async (db) => {
        const { rows } = await db.query('SELECT pg_database_size($1)::float8 AS bytes', [MEASURED]);
        return rows[0].bytes;
      });
    },
    drop: async (layout) => {
      await drop(templateOf(layout));
    },
    startWorker: async () => {
      const worker = await startWorker(program, env);
      workers.add(worker);
      return worker;
    },
    close: async () => {
      await Promise.all([...workers].map((worker) => worker.stop()));
      await close();
      await stack.stop();
    },
  };
};
