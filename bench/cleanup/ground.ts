// What everything is measured on: the embedded stack with its own settings, one database that is made anew before each
// measurement, and the product's worker.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import pg from 'pg';
import { connectClient, temporalAddress } from '../../src/adapters/temporal/connect.ts';
import { loadConfigFile } from '../../src/catalog/load.ts';
import { migrateAll } from '../../src/client/sync/migrations.ts';
import type { Env } from '../../src/config/env.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import { SEARCH_ATTRIBUTES } from '../../src/domain/search-attributes.ts';
import { type Stack, startStack } from '../../src/local/stack.ts';
import type { Layout } from './layouts.ts';
import { type Program, sextonProgram } from './program.ts';
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
  /** Runs `work` with a new connection to a database. */
  readonly connected: <T>(database: string, work: (db: pg.Client) => Promise<T>) => Promise<T>;
  readonly urlOf: (database: string) => string;
  readonly startWorker: () => Promise<WorkerProcess>;
  readonly close: () => Promise<void>;
}

export interface WorkerProcess {
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

export interface GroundOptions {
  readonly env: Env;
  readonly batchRows: number;
  readonly fromSources: boolean;
  readonly say: (line: string) => void;
}

const HOME = 'sexton';
const CONFIG = fileURLToPath(new URL('./sexton.config.ts', import.meta.url));

/** Own servers always, and nothing of a shell's that would change what is measured. */
const plainEnv = (env: Env): Env =>
  Object.fromEntries(
    ['PATH', 'HOME', 'SEXTON_CACHE_DIR', 'XDG_CACHE_HOME', 'TMPDIR'].flatMap((name) =>
      env[name] === undefined ? [] : [[name, env[name]]],
    ),
  );

const templateOf = ({ name }: Layout): string => `template ${name}`;

const databasesOf = (stack: Stack) => {
  const connected: Ground['connected'] = async (database, work) => {
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
  const config = await loadConfigFile(CONFIG);
  const program = sextonProgram(options);
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

/** Longest that a worker may take to be ready. */
const READY_WITHIN_MS = 60_000;

/** Resolves once every queue is polled. */
const startWorker = async (program: Program, env: Env): Promise<WorkerProcess> => {
  const child = program.start(['worker'], env);
  let said = '';
  child.stdout?.resume();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-20_000);
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const until = performance.now() + READY_WITHIN_MS;
  while (!said.includes('"state":"RUNNING"')) {
    if (child.exitCode !== null || performance.now() > until)
      throw new Error(`the worker did not start:\n${said}`);
    await sleep(100);
  }
  // Each queue says so for itself.
  await sleep(500);
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
};
