// A slice under its throttle: what holds it, what it may not see, and how it makes way for others. On real Postgres and
// Redis; only Temporal is left out.
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCleanupActivities, createJobActivities } from '../../../src/activities/index.ts';
import { createPool } from '../../../src/adapters/postgres/pool.ts';
import { readThrottledMs } from '../../../src/adapters/postgres/runs/holds.ts';
import { countLinks, createEngine, type Engine, insertLinks } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { aJob } from '../../support/jobs/builders.ts';
import { aRun, beginRun, finishRun } from '../../support/jobs/run-job.ts';
import {
  beginThrottled,
  closedWindow,
  createOthers,
  holdsOf,
  holdsTold,
  type Others,
  sliceThrottled,
  throttled,
} from '../../support/jobs/throttled.ts';
import { redisUrl, unique } from '../../support/stack.ts';

let engine: Engine;
let others: Others;
let redis: Redis;
beforeAll(async () => {
  engine = await createEngine();
  redis = new Redis(redisUrl());
  others = await createOthers(engine);
});
afterAll(async () => {
  redis.disconnect();
  await engine.close();
});
beforeEach(async () => {
  await engine.db.query('TRUNCATE public.link');
  await insertLinks(engine.db, 12, 25);
});
afterEach(() => others.leave());

describe('a slice under its throttle', () => {
  it('that nothing holds works on, and writes nothing down', async () => {
    const begun = await beginThrottled(engine, { replicaLagSeconds: 10, lockWaiters: 5, yield: { rest: 1 } });
    await others.untilAtWork(0);
    expect(await sliceThrottled(engine, begun)).toMatchObject({ done: true, deleted: 12, throttledMs: 0 });
    expect([await holdsOf(engine, begun), await holdsTold(engine, begun)]).toEqual([[], []]);
  });

  it('that others’ waits for locks hold begins no batch, and is given back when that lasts', async () => {
    const begun = await beginThrottled(engine, { lockWaiters: 0 });
    await others.waitForLock();
    const result = await sliceThrottled(engine, begun, { wait: 20 });
    const reason = '1 session waits for locks (limit 0)';
    expect(result).toMatchObject({ done: false, deleted: 0, batches: 0 });
    expect(result.throttle).toMatchObject({ probe: 'lockWaiters', reason, waitSeconds: 20 });
    expect(Date.now() - Date.parse(result.throttle?.since ?? '')).toBeLessThan(30_000);
    // It had the patience to look again before it gave up.
    expect(result.throttledMs).toBeGreaterThan(2_500);
    expect(await countLinks(engine.db)).toBe(12);
    const open = { probe: 'lockWaiters', reason, slice: 1, attempt: 1, open: true, ms: null };
    expect(await holdsOf(engine, begun)).toEqual([open]);
    expect(await holdsTold(engine, begun)).toEqual([]);
    // What has lasted so long is only looked at by the next slice.
    const from = performance.now();
    expect((await sliceThrottled(engine, begun, { number: 2 })).throttle?.since).toBe(result.throttle?.since);
    expect(performance.now() - from).toBeLessThan(1_500);
  });

  it('keeps its lock until a minute after the wait that follows (design §6.3)', async () => {
    const begun = await beginThrottled(engine, closedWindow());
    await sliceThrottled(engine, begun, { wait: 20 });
    // A window knows better than the chain of waits how long it takes: at most a quarter of an hour at a time.
    expect(await redis.pttl(begun.job.lockKey)).toBeGreaterThan(950_000);
    expect(await redis.pttl(begun.job.lockKey)).toBeLessThanOrEqual(960_000);
    await finishRun(engine, begun, { state: 'stopped' });
  });

  it('goes on by itself where what held it is over within three seconds, and tells of it', async () => {
    const begun = await beginThrottled(engine, { lockWaiters: 0 });
    await others.waitForLock();
    const running = sliceThrottled(engine, begun);
    await eventually('it is held', async () => (await holdsOf(engine, begun)).length === 1);
    await others.leave();
    const result = await running;
    expect(result).toMatchObject({ done: true, deleted: 12 });
    expect(result.throttle).toBeUndefined();
    expect(result.throttledMs).toBeGreaterThan(0);
    expect((await holdsOf(engine, begun)).map(({ open }) => open)).toEqual([false]);
    expect(await holdsTold(engine, begun)).toMatchObject([{ probe: 'lockWaiters' }]);
  });

  it('does not look at all for a snapshot of before there were throttles', async () => {
    const begun = await beginRun(engine, aRun(aJob()));
    await others.waitForLock();
    const result = await sliceThrottled(engine, begun);
    expect(result).toMatchObject({ done: true, deleted: 12 });
    expect(result).not.toHaveProperty('throttledMs');
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
    const { job, plan } = await beginThrottled(engine, { lockWaiters: 5 });
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
    const begun = await beginThrottled(engine, { yield: { rest: 1 } });
    void (await others.come()).query('SELECT pg_sleep(60)').catch(() => {});
    await others.untilAtWork(1);
    const result = await sliceThrottled(engine, begun);
    expect(result).toMatchObject({ done: true, deleted: 12 });
    const { rows } = await engine.db.query('SELECT ms FROM sexton.ledger WHERE run_id = $1 ORDER BY seq', [
      begun.plan.runId,
    ]);
    const worked = rows.slice(0, -1).reduce((sum: number, { ms }: { ms: number }) => sum + Math.floor(ms), 0);
    const [rests, ...more] = await holdsOf(engine, begun);
    expect(more).toEqual([]);
    expect(rests).toMatchObject({ probe: 'yield', reason: 'yields to 1 active session', open: true });
    expect(rests?.ms).toBeGreaterThanOrEqual(worked);
    expect(result.throttledMs).toBe(Math.round(rests?.ms ?? 0));
    expect(await holdsTold(engine, begun)).toEqual([]);
    await finishRun(engine, begun);
    const seconds = Math.round((rests?.ms ?? 0) / 100) / 10;
    expect(await holdsTold(engine, begun)).toMatchObject([
      { probe: 'yield', reason: 'yields to 1 active session', seconds },
    ]);
    expect(Math.round(await readThrottledMs(engine.db, begun.plan.runId))).toBe(result.throttledMs);
  });
});
