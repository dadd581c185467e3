// What reports are measured on: Postgres and Redis of the benchmark's own, one database a pack, filled with its seed.
import { fileURLToPath } from 'node:url';
import type { RunReport } from '../../src/activities/reports/run-report.ts';
import type { CatalogReport } from '../../src/catalog/catalog.ts';
import { type LoadedConfig, loadConfigFile } from '../../src/catalog/load.ts';
import { withReports } from '../../src/client/reports/open-reports.ts';
import { chooseScenarios, seedPack } from '../../src/client/seed/seed.ts';
import { migrateAll } from '../../src/client/sync/migrations.ts';
import type { Env } from '../../src/config/env.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import { startStack } from '../../src/local/stack.ts';
import { databasesOf, plainEnv } from '../shared/databases.ts';
import { describeMachine, type Machine } from '../shared/machine.ts';
import type { Subject } from './subjects.ts';

export interface Seeded {
  readonly reports: readonly CatalogReport[];
  /** Of the tables that were filled. */
  readonly rows: number;
  /** Runs reports as the command line does. */
  readonly withRun: <T>(work: (run: RunReport) => Promise<T>) => Promise<T>;
}

export interface Ground {
  readonly machine: Machine;
  /** Migrates a database of the pack's own, fills it, and shows it to the planner. */
  readonly seed: (subject: Subject, now: Date) => Promise<Seeded>;
  readonly close: () => Promise<void>;
}

const CONFIG = fileURLToPath(new URL('../../sexton.config.ts', import.meta.url));

const onlyPack = (config: LoadedConfig, name: string): LoadedConfig => ({
  ...config,
  packs: config.packs.filter((pack) => pack.name === name),
});

/** No Temporal is brought up: of schedules reports say that they could not be found out. */
const context = { open: () => Promise.reject(new Error('there is none here')) };

export const openGround = async (env: Env, say: (line: string) => void): Promise<Ground> => {
  const stack = await startStack({ env: plainEnv(env), say, only: ['postgres', 'redis'] });
  const { connected } = databasesOf(stack);
  return {
    machine: await describeMachine(connected),
    seed: async (subject, now) => {
      const database = subject.pack.replaceAll('-', '_');
      await stack.postgres.createDatabase(database);
      const catalog = assembleCatalog(onlyPack(await loadConfigFile(CONFIG), subject.pack), {
        ...plainEnv(env),
        DATABASE_URL: stack.postgres.urlOf(database),
        REDIS_URL: stack.redis.url,
      });
      await migrateAll(catalog);
      const [chosen] = chooseScenarios(catalog, subject);
      if (!chosen) throw new Error(`${subject.pack} has no seed ${subject.scenario}`);
      const filled = await seedPack({ ...chosen, catalog, now });
      await connected(database, (db) => db.query('VACUUM ANALYZE'));
      const { reports } = catalog;
      return {
        reports,
        rows: filled.reduce((sum, { rows }) => sum + rows, 0),
        withRun: (work) => withReports({ context, catalog, reports, tellSlow: () => {} }, work),
      };
    },
    close: () => stack.stop(),
  };
};
