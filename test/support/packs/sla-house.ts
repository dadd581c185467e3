// The pack sla-monitoring on a database of its own, whose clock a test sets: what its monitors make of what is in it.
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import pg from 'pg';
import { createCheckHealth } from '../../../src/activities/checks/check-health.ts';
import type { Dependencies } from '../../../src/activities/dependencies.ts';
import { declaredIn } from '../../../src/activities/measures/declared.ts';
import { createEvaluate } from '../../../src/activities/monitor/evaluate.ts';
import { openDatabases } from '../../../src/adapters/postgres/databases.ts';
import { type Catalog, findMonitor } from '../../../src/catalog/catalog.ts';
import { migrateAll } from '../../../src/client/sync/migrations.ts';
import type { Env } from '../../../src/config/env.ts';
import type { Evaluation } from '../../../src/domain/monitors/evaluation.ts';
import { freshDatabase } from '../stack.ts';
import { slaCatalog } from './sla-pack.ts';

export interface SlaHouse {
  readonly url: string;
  readonly db: pg.Pool;
  readonly catalog: Catalog;
  /** What was logged. */
  readonly logged: LogEntry[];
  /** By the database's clock, it is then. */
  readonly setClock: (iso: string) => Promise<void>;
  readonly evaluate: (monitor: string, tick: string) => Promise<Evaluation>;
  /** Of the health check, those of its checks that need nothing but Postgres and Redis. */
  readonly checkHealth: (tick: string) => Promise<void>;
  /** `job alert_type` of what is open, in order. */
  readonly open: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

interface HouseOptions {
  readonly env?: Env;
  readonly dependencies?: Partial<Dependencies>;
  /** A database that is migrated already. */
  readonly url?: string;
}

const LOOKED_AT = ['postgres', 'index', 'table-shape', 'locks'];

export const slaHouse = async ({
  env = {},
  dependencies = {},
  url: given,
}: HouseOptions = {}): Promise<SlaHouse> => {
  const url = given ?? (await freshDatabase('sla_house'));
  const catalog = slaCatalog({ ...env, DATABASE_URL: url });
  if (given === undefined) await migrateAll(catalog);
  const named = ['app', 'home'].map((name) => ({ pack: 'sla-monitoring', name, url }));
  const databases = openDatabases({ url }, named);
  const db = new pg.Pool({ connectionString: url, max: 2 });
  const logged: LogEntry[] = [];
  const all = {
    databases,
    declared: declaredIn(catalog),
    ringAfterSeconds: 60,
    ...dependencies,
  } as Dependencies;
  const run = <In, Out>(activity: (input: In) => Promise<Out>, input: In): Promise<Out> =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger('INFO', (entry) => logged.push(entry)) }).run(
      activity,
      input,
    );
  return {
    url,
    db,
    catalog,
    logged,
    setClock: async (iso) => {
      await db.query(
        `UPDATE sexton.clock SET adjustable = true, "offset" = $1::timestamptz - clock_timestamp()`,
        [iso],
      );
    },
    evaluate: (monitor, tick) =>
      run(createEvaluate(all), {
        monitor: findMonitor(catalog, monitor).snapshot,
        tick,
        ringAfterSeconds: 60,
      }),
    checkHealth: async (tick) => {
      const [check] = catalog.checks.map(({ snapshot }) => snapshot);
      if (!check) throw new Error('the pack declares no health check');
      const checks = check.checks.filter(({ kind }) => LOOKED_AT.includes(kind));
      await run(createCheckHealth(all), {
        v: 1,
        check: { ...check, checks },
        tick,
        ringAfterSeconds: 60,
      } as never);
    },
    open: async () => {
      const { rows } = await db.query(
        `SELECT concat_ws(' ', (SELECT string_agg(value, ' ') FROM jsonb_each_text(labels)), firing ->> 'alertType') AS alert
         FROM sexton.incident WHERE state = 'open' ORDER BY 1`,
      );
      return rows.map(({ alert }): string => alert);
    },
    close: async () => {
      await Promise.all([databases.close(), db.end()]);
    },
  };
};
