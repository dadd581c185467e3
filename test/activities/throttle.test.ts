// A slice under its throttle: what holds it, how a hold is written down, told once and survives crashes, and how it makes
// way for others. On real Postgres and Redis; only Temporal is left out.
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCleanupActivities, createJobActivities } from '../../src/activities/index.ts';
import { endLostRun } from '../../src/activities/reconcile/end-lost-run.ts';
import type { SliceResult } from '../../src/activities/slice/slice.ts';
import { createPool } from '../../src/adapters/postgres/pool.ts';
import { openHold, readThrottledMs } from '../../src/adapters/postgres/runs/holds.ts';
import type { RunRow } from '../../src/adapters/postgres/runs/unfinished-runs.ts';
import { readFigures } from '../../src/adapters/postgres/tables/throttle-probes.ts';
import type { JobSnapshot } from '../../src/domain/jobs/job.ts';
import type { ThrottleSnapshot } from '../../src/domain/jobs/throttle.ts';
import { aJob } from '../support/builders.ts';
import { countLinks, createEngine, type Engine, insertLinks } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { aRun, auditOf, type BegunRun, beginRun, finishRun } from '../support/run-job.ts';
import { redisUrl, unique } from '../support/stack.ts';

let engine: Engine;
let redis: Redis;
let others: pg.Client[] = [];
beforeAll(async () => {
  engine = await createEngine();
  redis = new Redis(redisUrl());
  await engine.db.query('CREATE TABLE public.stock (id int); INSERT INTO public.stock VALUES (1)');
});
afterAll(async () => {
  redis.disconnect();
  await engine.close();
});
beforeEach(async () => {
  await engine.db.query('TRUNCATE public.link');
  await insertLinks(engine.db, 12, 25);
});
afterEach(() => leave());

const throttled = (change: Partial<ThrottleSnapshot>): JobSnapshot =>
  aJob({ throttle: { limitSeconds: 150, ...change } });

/** Opens in two hours and a bit. */
const closedWindow = (): Partial<ThrottleSnapshot> => {
  const minutes = new Date().getUTCHours() * 60 + new Date().getUTCMinutes();
  const [fromMinutes, toMinutes] = [(minutes + 130) % 1440, (minutes + 190) % 1440] as const;
  return { windows: [{ fromMinutes, toMinutes, zone: 'UTC' }] };
};

const begin = (change: Partial<ThrottleSnapshot>): Promise<BegunRun> =>
  beginRun(engine, aRun(throttled(change)));

const slice = (
  { job, plan }: BegunRun,
  { number = 1, attempt = 1, wait }: { number?: number; attempt?: number; wait?: number } = {},
): Promise<SliceResult> => {
  const given = { job, plan, slice: number, ...(wait && { waitIfThrottledSeconds: wait }) };
  return engine.run(engine.activities.slice, given, attempt);
};

/** The same run with nothing left to hold it. */
const freed = (begun: BegunRun): BegunRun => ({
  ...begun,
  job: { ...begun.job, throttle: { limitSeconds: 150 } },
});

interface HoldRow {
  readonly probe: string;
  readonly reason: string;
  readonly slice: number;
  readonly attempt: number;
  readonly open: boolean;
  readonly ms: number | null;
}

const holdsOf = async ({ plan }: BegunRun): Promise<HoldRow[]> =>
  (
    await engine.db.query(
      `SELECT probe, reason, slice, attempt, ended_at IS NULL AS open, rested_ms AS ms FROM sexton.hold
       WHERE run_id = $1 ORDER BY seq`,
      [plan.runId],
    )
  ).rows;

const toldOf = async (begun: BegunRun): Promise<Readonly<Record<string, unknown>>[]> =>
  (await auditOf(engine, begun))
    .filter(({ action }) => action === 'CLEANUP_THROTTLED')
    .map(({ metadata }) => metadata);

const other = async (): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: engine.url, application_name: 'shop' });
  client.on('error', () => {});
  await client.connect();
  others.push(client);
  return client;
};

/** Everybody who came in a test goes. */
const leave = async (): Promise<void> => {
  const pids = others.map((client) => (client as unknown as { processID: number }).processID);
  await engine.db.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) pid', [pids]);
  await Promise.all(others.map((client) => client.end().catch(() => {})));
  others = [];
};

/** One session of another program waits for a lock of a second one. */
const waitForLock = async (): Promise<void> => {
  const [holder, waiter] = [await other(), await other()];
  await holder.query('BEGIN');
  await holder.query('LOCK public.stock');
  void waiter.query('SELECT * FROM public.stock').catch(() => {});
  await eventually('it waits', async () => {
    const { rows } = await engine.db.query(
      "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
    );
    return rows.length === 1;
  });
};

/** So many sessions of others are at work; the test's own questions of a moment ago are over. */
const untilAtWork = (sessions: number) =>
  eventually(`${sessions} are at work`, async () => {
    const pool = engine.databases.of('test-pack', 'app');
    return pool && (await readFigures(pool, ['yield'])).figures.yield === sessions;
  });

describe('a slice under its throttle', () => {
  it('that nothing holds works on, and writes nothing down', async () => {
    const begun = await begin({ replicaLagSeconds: 10, lockWaiters: 5, yield: { rest: 1 } });
    await untilAtWork(0);
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 12, throttledMs: 0 });
    expect([await holdsOf(begun), await toldOf(begun)]).toEqual([[], []]);
  });

  it('that others’ waits for locks hold begins no batch, and is given back when that lasts', async () => {
    const begun = await begin({ lockWaiters: 0 });
    await waitForLock();
    const result = await slice(begun, { wait: 20 });
    const reason = '1 session waits for locks (limit 0)';
    expect(result).toMatchObject({ done: false, deleted: 0, batches: 0 });
    expect(result.throttle).toMatchObject({ probe: 'lockWaiters', reason, waitSeconds: 20 });
    expect(Date.now() - Date.parse(result.throttle?.since ?? '')).toBeLessThan(30_000);
    // It had the patience to look again before it gave up.
    expect(result.throttledMs).toBeGreaterThan(2_500);
    expect(await countLinks(engine.db)).toBe(12);
    const open = { probe: 'lockWaiters', reason, slice: 1, attempt: 1, open: true, ms: null };
    expect(await holdsOf(begun)).toEqual([open]);
    expect(await toldOf(begun)).toEqual([]);
    // What has lasted so long is only looked at by the next slice.
    const from = performance.now();
    expect((await slice(begun, { number: 2 })).throttle?.since).toBe(result.throttle?.since);
    expect(performance.now() - from).toBeLessThan(1_500);
  });

  it('keeps its lock until a minute after the wait that follows (design §6.3)', async () => {
    const begun = await begin(closedWindow());
    await slice(begun, { wait: 20 });
    // A window knows better than the chain of waits how long it takes: at most a quarter of an hour at a time.
    expect(await redis.pttl(begun.job.lockKey)).toBeGreaterThan(950_000);
    expect(await redis.pttl(begun.job.lockKey)).toBeLessThanOrEqual(960_000);
    await finishRun(engine, begun, { state: 'stopped' });
  });

  it('goes on by itself where what held it is over within three seconds, and tells of it', async () => {
    const begun = await begin({ lockWaiters: 0 });
    await waitForLock();
    const running = slice(begun);
    await eventually('it is held', async () => (await holdsOf(begun)).length === 1);
    await leave();
    const result = await running;
    expect(result).toMatchObject({ done: true, deleted: 12 });
    expect(result.throttle).toBeUndefined();
    expect(result.throttledMs).toBeGreaterThan(0);
    expect((await holdsOf(begun)).map(({ open }) => open)).toEqual([false]);
    expect(await toldOf(begun)).toMatchObject([{ probe: 'lockWaiters' }]);
  });

  it('does not look at all for a snapshot of before there were throttles', async () => {
    const begun = await beginRun(engine, aRun(aJob()));
    await waitForLock();
    const result = await slice(begun);
    expect(result).toMatchObject({ done: true, deleted: 12 });
    expect(result).not.toHaveProperty('throttledMs');
  });
});

describe('a hold', () => {
  it('is one from the slice that met it to the one that finds it over, told once with its reason and length', async () => {
    const begun = await begin(closedWindow());
    const first = await slice(begun);
    const second = await slice(begun, { number: 2 });
    expect(second.throttle?.since).toBe(first.throttle?.since);
    expect(await slice(freed(begun), { number: 3 })).toMatchObject({ done: true, deleted: 12 });
    const [hold, ...more] = await holdsOf(begun);
    expect([hold, more]).toMatchObject([{ probe: 'windows', slice: 1, open: false }, []]);
    const [told, ...rest] = await toldOf(begun);
    expect(rest).toEqual([]);
    expect(told).toMatchObject({
      job: begun.job.name,
      run_id: begun.plan.runId,
      probe: 'windows',
      reason: hold?.reason,
      from: first.throttle?.since,
    });
    const { from, until, seconds } = told as { from: string; until: string; seconds: number };
    expect(Math.abs((Date.parse(until) - Date.parse(from)) / 1000 - seconds)).toBeLessThanOrEqual(0.06);
    await finishRun(engine, begun);
    expect(await toldOf(begun)).toHaveLength(1);
  });

  it('that a killed slice left open is found by the next attempt, which goes on or ends it', async () => {
    const begun = await begin(closedWindow());
    await slice(begun, { attempt: 1 });
    await slice(begun, { attempt: 2 });
    expect(await holdsOf(begun)).toMatchObject([{ attempt: 1, open: true }]);
    await slice(freed(begun), { attempt: 3 });
    expect(await holdsOf(begun)).toMatchObject([{ attempt: 1, open: false }]);
    expect(await toldOf(begun)).toHaveLength(1);
  });

  it('that lasts to the run’s end ends with it, told before the ending and once however often that is tried', async () => {
    const begun = await begin(closedWindow());
    await slice(begun);
    for (const attempt of [1, 2]) await finishRun(engine, begun, { state: 'stopped' }, attempt);
    expect((await auditOf(engine, begun)).map(({ action }) => action)).toEqual([
      'CLEANUP_STARTED',
      'CLEANUP_THROTTLED',
      'CLEANUP_STOPPED',
    ]);
    const before = await readThrottledMs(engine.db, begun.plan.runId);
    expect(await readThrottledMs(engine.db, begun.plan.runId)).toBe(before);
  });

  it('of a run that was lost is ended and told by reconcile', async () => {
    const begun = await begin(closedWindow());
    await slice(begun);
    const { pack, name: job, lockKey, resourceType } = begun.job;
    const row = {
      ...begun.run,
      pack,
      job,
      database: 'app',
      resourceType,
      lockKey,
      budgetSeconds: 1,
      ageSeconds: 2,
    };
    await engine.run((lost: RunRow) => endLostRun(engine.dependencies, lost), row as RunRow);
    expect((await holdsOf(begun)).map(({ open }) => open)).toEqual([false]);
    expect(await toldOf(begun)).toHaveLength(1);
  });

  it('is opened by no attempt that was replaced, and by none after the run’s end', async () => {
    const begun = await begin({});
    await slice(begun, { attempt: 2 });
    const verdict = { probe: 'lockWaiters', reason: 'late' } as const;
    const { runId } = begun.plan;
    expect(await openHold(engine.db, { runId, slice: 1, attempt: 1 }, verdict)).toBe(false);
    await finishRun(engine, begun);
    expect(await openHold(engine.db, { runId, slice: 1, attempt: 2 }, verdict)).toBe(false);
    expect(await holdsOf(begun)).toEqual([]);
  });

  it('by another probe is another hold, so that each has its own sum', async () => {
    const begun = await begin(closedWindow());
    await slice(begun);
    await waitForLock();
    const next = { ...begun, job: { ...begun.job, throttle: { lockWaiters: 0, limitSeconds: 150 } } };
    await slice(next, { number: 2 });
    expect(await holdsOf(begun)).toMatchObject([
      { probe: 'windows', open: false },
      { probe: 'lockWaiters', open: true },
    ]);
    expect(await toldOf(begun)).toHaveLength(1);
  });

  it('ends where a person pauses the run, whose time is counted as theirs', async () => {
    const begun = await begin(closedWindow());
    await slice(begun);
    const { pack, name: job, lockKey, resourceType } = begun.job;
    const run = { pack, job, database: 'app', resourceType, lockKey, runId: begun.plan.runId };
    await engine.run(engine.activities.holdRun, { run, hold: { kind: 'pause', by: 'ana' } });
    const before = await readThrottledMs(engine.db, begun.plan.runId);
    // A slice that was on its way meanwhile does not count on.
    await slice(begun, { number: 2 });
    expect(await readThrottledMs(engine.db, begun.plan.runId)).toBe(before);
    expect(await toldOf(begun)).toHaveLength(1);
  });
});

describe('a probe that cannot be read', () => {
  /** A role that works on the tables and may not see what others do, and the activities with it. */
  const asPlainRole = async () => {
    const role = unique('plain');
    await engine.db.query(`CREATE ROLE ${role} LOGIN PASSWORD 'plain';
      GRANT ALL ON SCHEMA sexton, public TO ${role};
      GRANT ALL ON ALL TABLES IN SCHEMA sexton, public TO ${role}`);
    const address = new URL(engine.url);
    address.username = role;
    address.password = 'plain';
    const pool = createPool({ url: address.href });
    const dependencies = { ...engine.dependencies, databases: { ...engine.databases, of: () => pool } };
    return {
      role,
      begin: createJobActivities(dependencies).begin,
      slice: createCleanupActivities(dependencies).slice,
      leave: async () => {
        await pool.end();
        await engine.db.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      },
    };
  };
  let plain: Awaited<ReturnType<typeof asPlainRole>>;
  beforeEach(async () => {
    plain = await asPlainRole();
  });
  afterEach(() => plain.leave());

  it('is refused before the run begins, with the statement that grants it and the words that do without', async () => {
    const { role } = plain;
    const run = aRun(throttled({ replicaLagSeconds: 10, lockWaiters: 5, yield: { rest: 1 } }));
    await expect(engine.run(plain.begin, run)).rejects.toMatchObject({
      type: 'PREFLIGHT_REFUSED',
      message:
        `role ${role} may not see what other roles' sessions do, so the throttle cannot watch replicaLag, lockWaiters, ` +
        `yield. Run: GRANT pg_read_all_stats TO "${role}"; or declare in the job ` +
        `throttle: { replicaLag: 'none', lockWaiters: 'none', yield: 'none' }; nothing was deleted`,
    });
    expect(await engine.run(plain.begin, aRun(throttled({})))).toMatchObject({ begun: true });
    await engine.db.query(`GRANT pg_read_all_stats TO ${role}`);
    expect(await engine.run(plain.begin, run)).toMatchObject({ begun: true });
  });

  it('any more holds the run, with the reason, until it can be read again', async () => {
    const { role } = plain;
    await engine.db.query(`GRANT pg_read_all_stats TO ${role}`);
    const { job, plan } = await begin({ lockWaiters: 5 });
    await engine.db.query(`REVOKE pg_read_all_stats FROM ${role}`);
    expect(await engine.run(plain.slice, { job, plan, slice: 1 })).toMatchObject({
      deleted: 0,
      throttle: {
        probe: 'lockWaiters',
        reason: `probe lockWaiters failed: role ${role} may not see what other roles' sessions do`,
      },
    });
    await engine.db.query(`GRANT pg_read_all_stats TO ${role}`);
    expect(await engine.run(plain.slice, { job, plan, slice: 2 })).toMatchObject({ deleted: 12 });
  });
});

describe('a run that meets others at work', () => {
  it('rests as long as each batch took, summed in one row and told once at its end', async () => {
    const begun = await begin({ yield: { rest: 1 } });
    void (await other()).query('SELECT pg_sleep(60)').catch(() => {});
    await untilAtWork(1);
    const result = await slice(begun);
    expect(result).toMatchObject({ done: true, deleted: 12 });
    const { rows } = await engine.db.query('SELECT ms FROM sexton.ledger WHERE run_id = $1 ORDER BY seq', [
      begun.plan.runId,
    ]);
    const worked = rows.slice(0, -1).reduce((sum: number, { ms }: { ms: number }) => sum + Math.floor(ms), 0);
    const [rests, ...more] = await holdsOf(begun);
    expect(more).toEqual([]);
    expect(rests).toMatchObject({ probe: 'yield', reason: 'yields to 1 active session', open: true });
    expect(rests?.ms).toBeGreaterThanOrEqual(worked);
    expect(result.throttledMs).toBe(Math.round(rests?.ms ?? 0));
    expect(await toldOf(begun)).toEqual([]);
    await finishRun(engine, begun);
    const seconds = Math.round((rests?.ms ?? 0) / 100) / 10;
    expect(await toldOf(begun)).toMatchObject([
      { probe: 'yield', reason: 'yields to 1 active session', seconds },
    ]);
    expect(Math.round(await readThrottledMs(engine.db, begun.plan.runId))).toBe(result.throttledMs);
  });
});
