// A job as its pack declares it, on databases of the test's own with the pack's migrations. The engine's activities and
// the servers are real; Temporal is left out.
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { openDatabases } from '../../../src/adapters/postgres/databases.ts';
import { findJob } from '../../../src/catalog/catalog.ts';
import { loadConfigFile } from '../../../src/catalog/load.ts';
import { migrateAll } from '../../../src/client/sync/migrations.ts';
import type { Env } from '../../../src/config/env.ts';
import { assembleCatalog, unstatedDatabases } from '../../../src/config/load-catalog.ts';
import type { DryRunResult, RunResult } from '../../../src/domain/jobs/run.ts';
import { databaseOf } from '../../../src/domain/jobs/step.ts';
import { createEngine } from '../engine.ts';
import { freshDatabase, redisUrl, unique } from '../stack.ts';
import { aRun, beginRun, finishRun, sliceRun } from './run-job.ts';

const CONFIG = fileURLToPath(new URL('../../../sexton.config.ts', import.meta.url));

export interface PackJob {
  /** The database that the job works on: migrated, and without rows. */
  readonly db: pg.Pool;
  /** What a run would take. */
  readonly dryRun: () => Promise<DryRunResult>;
  /** A whole run, with nobody else at the table. */
  readonly run: () => Promise<RunResult>;
  readonly close: () => Promise<void>;
}

/** `id` is `<pack>/job/<name>`; `env` holds what the pack needs to be told, databases apart. */
export const openPackJob = async (id: string, env: Env = {}): Promise<PackJob> => {
  const config = await loadConfigFile(CONFIG);
  const home = await freshDatabase('home');
  const [pack = ''] = id.split('/');
  const addresses: Record<string, string> = {};
  for (const each of unstatedDatabases(config, env)) {
    addresses[each.variable] = each.pack === pack ? await freshDatabase(each.name) : home;
  }
  const stated = { ...env, ...addresses, SEXTON_DATABASE_URL: home, REDIS_URL: redisUrl() };
  const catalog = assembleCatalog(config, stated);
  const { snapshot } = findJob(catalog, id);
  const own = catalog.databases.filter((database) => database.pack === pack);
  await migrateAll({ home: catalog.home, databases: own });

  const databases = openDatabases(catalog.home, own);
  const engine = await createEngine(undefined, { databases });
  const db = databases.of(pack, databaseOf(snapshot));
  if (!db) throw new Error(`pack ${pack} has no such database`);
  // Files of the suite run at the same time and share one Redis.
  const job = { ...snapshot, lockKey: unique(snapshot.lockKey) };
  return {
    db,
    dryRun: () => engine.run(engine.activities.preview, aRun(job, { dryRun: true })),
    run: async () => {
      const run = await beginRun(engine, aRun(job));
      await sliceRun(engine, run);
      return finishRun(engine, run);
    },
    close: async () => {
      await Promise.all([engine.close(), databases.close()]);
    },
  };
};
