// The draft pack's own monitors on a database that its own seeds fill, by a clock that the test sets: what fires, and what each
// tick says and leaves. Temporal is scripted; the servers are real.
import { type Client, ScheduleNotFoundError } from '@temporalio/client';
import pg from 'pg';
import { openDatabases } from '../../../src/adapters/postgres/databases.ts';
import { type Catalog, findMonitor } from '../../../src/catalog/catalog.ts';
import type { SeedRedis } from '../../../src/catalog/define/pack.ts';
import { migrateAll } from '../../../src/client/sync/migrations.ts';
import type { Env } from '../../../src/config/env.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import type { Evaluation } from '../../../src/domain/monitors/evaluation.ts';
import { createEngine } from '../engine.ts';
import { freshDatabase, redisUrl } from '../stack.ts';

/** DRAFT-12's. */
export const NOW = '2026-02-10T14:30:00Z';

export const later = (minutes: number, from = NOW): string =>
  new Date(Date.parse(from) + minutes * 60_000).toISOString();

type MonitorName = 'draft-state' | 'draft-job' | 'draft-redis';

/** What Temporal has of the job's schedule; undefined where it has none. */
interface ScriptedSchedule {
  readonly paused: boolean;
  readonly nextAt?: string;
}

interface Incident {
  readonly number: number;
  readonly rule: string;
  readonly state: string;
  readonly severity: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface DraftWatch {
  readonly catalog: Catalog;
  readonly db: pg.Pool;
  /** The database's clock stands at this instant, so that ages are exact. */
  readonly at: (instant: string) => Promise<void>;
  readonly schedule: (schedule: ScriptedSchedule | undefined) => void;
  /** Fills the tables by a scenario, as of NOW, and forgets every alert. */
  readonly seed: (scenario: string, redis?: SeedRedis) => Promise<void>;
  /** One tick, at the instant that it is planned for. */
  readonly tick: (monitor: MonitorName, instant: string) => Promise<Evaluation>;
  /** Every tick of the three monitors in the quarter of an hour from NOW on. */
  readonly quarter: () => Promise<void>;
  /** Oldest first, whatever became of them. */
  readonly incidents: () => Promise<readonly Incident[]>;
  readonly close: () => Promise<void>;
}

const scripted = (schedule: () => ScriptedSchedule | undefined): Client => {
  const describe = async () => {
    const found = schedule();
    if (!found) throw new ScheduleNotFoundError('there is none', 'draft');
    return {
      state: { paused: found.paused },
      info: {
        createdAt: new Date(0),
        recentActions: [],
        nextActionTimes: found.nextAt === undefined ? [] : [new Date(found.nextAt)],
      },
    };
  };
  return { schedule: { getHandle: () => ({ describe }) } } as unknown as Client;
};

const FORGOTTEN = 'sexton.alert_state, sexton.alert_rule, sexton.incident, sexton.series, sexton.evaluation';

export const openDraftWatch = async ({
  env = {},
  redis = redisUrl(),
}: {
  readonly env?: Env;
  readonly redis?: string;
} = {}): Promise<DraftWatch> => {
  const url = await freshDatabase('draft_watch');
  const catalog = await loadCatalog({ env: { ...env, DATABASE_URL: url, REDIS_URL: redis } });
  const own = catalog.databases.filter(({ pack }) => pack === 'draft-cleanup');
  await migrateAll({ home: catalog.home, databases: own });
  const databases = openDatabases(catalog.home, own);
  const db = databases.home;
  let schedule: ScriptedSchedule | undefined = { paused: false, nextAt: later(30) };
  const engine = await createEngine(
    scripted(() => schedule),
    {
      databases,
      redisUrl: redis,
      declared: {
        jobs: catalog.jobs.map(
          ({ pack, name, schedule: cron, snapshot: { budgetSeconds, resourceType } }) => ({
            pack,
            name,
            schedule: cron,
            budgetSeconds,
            resourceType,
          }),
        ),
        monitors: [],
      },
    },
  );
  const pack = catalog.packs.find(({ name }) => name === 'draft-cleanup');

  const at = async (instant: string): Promise<void> => {
    await db.query(
      `CREATE OR REPLACE FUNCTION sexton.now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
       AS $$ SELECT timestamptz '${new Date(instant).toISOString()}' $$`,
    );
  };
  const tick = async (monitor: MonitorName, instant: string): Promise<Evaluation> => {
    await at(instant);
    const { snapshot } = findMonitor(catalog, `draft-cleanup/monitor/${monitor}`);
    const input = { monitor: snapshot, tick: instant, ringAfterSeconds: 60 };
    return engine.run(engine.activities.evaluate, input);
  };
  return {
    catalog,
    db,
    at,
    schedule: (next) => {
      schedule = next;
    },
    seed: async (name, seedRedis) => {
      await db.query(`TRUNCATE ${FORGOTTEN} CASCADE`);
      await at(NOW);
      const scenario = pack?.seed?.scenarios[name];
      if (!scenario) throw new Error(`no scenario ${name}`);
      // As `sexton seed` does it: without the engine's limits on statements.
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        await scenario({
          database: () => client,
          now: new Date(NOW),
          ...(seedRedis && { redis: seedRedis }),
        });
      } finally {
        await client.end();
      }
    },
    tick,
    quarter: async () => {
      for (const minutes of [0, 5, 10, 15]) {
        await tick('draft-redis', later(minutes));
        await tick('draft-state', later(minutes));
        await tick('draft-job', later(minutes));
        await tick('draft-redis', later(minutes + 1));
      }
    },
    incidents: async () => {
      const { rows } = await db.query(
        `SELECT number::int, rule, state, severity, firing -> 'payload' AS payload FROM sexton.incident ORDER BY number`,
      );
      return rows;
    },
    close: async () => {
      await Promise.all([engine.close(), databases.close()]);
    },
  };
};
