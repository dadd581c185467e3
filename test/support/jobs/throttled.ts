// Runs under a throttle: what is declared, a slice and the holds that it writes down, and the others for whom it makes way,
// each a session of its own.
import pg from 'pg';
import type { SliceResult } from '../../../src/activities/slice/slice.ts';
import { readFigures } from '../../../src/adapters/postgres/tables/throttle-probes.ts';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import type { ThrottleSnapshot } from '../../../src/domain/jobs/throttle.ts';
import type { Engine } from '../engine.ts';
import { eventually } from '../eventually.ts';
import { aJob } from './builders.ts';
import { aRun, type BegunRun, beginRun, toldOf } from './run-job.ts';

export const throttled = (change: Partial<ThrottleSnapshot>): JobSnapshot =>
  aJob({ throttle: { limitSeconds: 150, ...change } });

/** Opens in two hours and a bit. */
export const closedWindow = (): Partial<ThrottleSnapshot> => {
  const minutes = new Date().getUTCHours() * 60 + new Date().getUTCMinutes();
  const [fromMinutes, toMinutes] = [(minutes + 130) % 1440, (minutes + 190) % 1440] as const;
  return { windows: [{ fromMinutes, toMinutes, zone: 'UTC' }] };
};

export const beginThrottled = (engine: Engine, change: Partial<ThrottleSnapshot>): Promise<BegunRun> =>
  beginRun(engine, aRun(throttled(change)));

export const sliceThrottled = (
  engine: Engine,
  { job, plan }: BegunRun,
  { number = 1, attempt = 1, wait }: { number?: number; attempt?: number; wait?: number } = {},
): Promise<SliceResult> => {
  const given = { job, plan, slice: number, ...(wait && { waitIfThrottledSeconds: wait }) };
  return engine.run(engine.activities.slice, given, attempt);
};

interface HoldRow {
  readonly probe: string;
  readonly reason: string;
  readonly slice: number;
  readonly attempt: number;
  readonly open: boolean;
  readonly ms: number | null;
}

export const holdsOf = async ({ db }: Engine, { plan }: BegunRun): Promise<HoldRow[]> =>
  (
    await db.query(
      `SELECT probe, reason, slice, attempt, ended_at IS NULL AS open, rested_ms AS ms FROM sexton.hold
       WHERE run_id = $1 ORDER BY seq`,
      [plan.runId],
    )
  ).rows;

/** What was told of the run's holds, each at its end. */
export const holdsTold = (engine: Engine, begun: BegunRun) => toldOf(engine, begun, 'CLEANUP_THROTTLED');

/** Sessions of other programs on the engine's database. */
export interface Others {
  readonly come: () => Promise<pg.Client>;
  /** One session waits for a lock of a second one. */
  readonly waitForLock: () => Promise<void>;
  /** So many sessions are at work; the test's own questions of a moment ago are over. */
  readonly untilAtWork: (sessions: number) => Promise<void>;
  /** Everybody who came goes. */
  readonly leave: () => Promise<void>;
}

export const createOthers = async ({ url, db, databases }: Engine): Promise<Others> => {
  await db.query('CREATE TABLE public.stock (id int); INSERT INTO public.stock VALUES (1)');
  let others: pg.Client[] = [];
  const come = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url, application_name: 'shop' });
    client.on('error', () => {});
    await client.connect();
    others.push(client);
    return client;
  };
  return {
    come,
    waitForLock: async () => {
      const [holder, waiter] = [await come(), await come()];
      await holder.query('BEGIN');
      await holder.query('LOCK public.stock');
      void waiter.query('SELECT * FROM public.stock').catch(() => {});
      await eventually('it waits', async () => {
        const { rows } = await db.query(
          "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
        );
        return rows.length === 1;
      });
    },
    untilAtWork: async (sessions) => {
      await eventually(`${sessions} are at work`, async () => {
        const pool = databases.of('test-pack', 'app');
        return pool && (await readFigures(pool, ['yield'])).figures.yield === sessions;
      });
    },
    leave: async () => {
      const pids = others.map((client) => (client as unknown as { processID: number }).processID);
      await db.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) pid', [pids]);
      await Promise.all(others.map((client) => client.end().catch(() => {})));
      others = [];
    },
  };
};
