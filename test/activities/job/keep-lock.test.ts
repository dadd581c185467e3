// How a run keeps its job's lock: for as long as it waits after a failure, and not while it is paused; then it finds the
// lock again, or finds that another had it.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import { countLinks, createEngine, type Engine, insertLinks } from '../../support/engine.ts';
import { aJob } from '../../support/jobs/builders.ts';
import { tryBegin } from '../../support/jobs/lock-owners.ts';
import {
  aRun,
  type BegunRun,
  beginRun,
  controlled,
  finishRun,
  runSlice,
} from '../../support/jobs/run-job.ts';
import { redisUrl } from '../../support/stack.ts';

let engine: Engine;
let redis: Redis;
beforeAll(async () => {
  engine = await createEngine();
  redis = new Redis(redisUrl());
});
afterAll(async () => {
  redis.disconnect();
  await engine.close();
});
beforeEach(async () => {
  await engine.db.query('TRUNCATE public.link');
  await insertLinks(engine.db, 12, 25);
});

describe('a slice that fails', () => {
  const failing = async (more: { waitIfFailedSeconds?: number }): Promise<number> => {
    const begun = await beginRun(engine, aRun());
    await engine.db.query('ALTER TABLE public.link RENAME TO away');
    try {
      const { job, plan } = begun;
      const failed = engine.run(engine.activities.slice, { job, plan, slice: 1, ...more });
      await expect(failed).rejects.toMatchObject({ type: 'BATCH_FAILED' });
    } finally {
      await engine.db.query('ALTER TABLE public.away RENAME TO link');
    }
    const left = await redis.pttl(begun.job.lockKey);
    expect(await runSlice(engine, begun, 2)).toMatchObject({ done: true, epoch: begun.plan.epoch });
    return left / 1000;
  };

  it('keeps the lock for a minute longer than the run waits, and the next slice finds it', async () => {
    const left = await failing({ waitIfFailedSeconds: 80 });
    expect(left).toBeGreaterThan(130);
    expect(left).toBeLessThanOrEqual(140);
  });

  it('keeps it for its lease only where the run does not wait', async () => {
    expect(await failing({})).toBeLessThanOrEqual(30);
  });

  it.each(['Connection is closed.', 'read ECONNRESET', 'Command timed out'])(
    'because Redis failed with %j says so, and deletes nothing (SLA-126)',
    async (words) => {
      const begun = await beginRun(engine, aRun());
      const fail = () =>
        Promise.reject(Object.assign(new Error(words), words.startsWith('read') && { code: 'ECONNRESET' }));
      const lock = { ...engine.dependencies.lock, extend: fail, acquire: fail };
      const activities = createCleanupActivities({ ...engine.dependencies, lock });
      const { job, plan } = begun;
      await expect(engine.run(activities.slice, { job, plan, slice: 1 })).rejects.toMatchObject({
        type: 'LOCK_BACKEND_UNAVAILABLE',
      });
      await expect(tryBegin(engine, aJob(), { lock })).rejects.toMatchObject({
        type: 'LOCK_BACKEND_UNAVAILABLE',
        nonRetryable: false,
      });
      expect(await countLinks(engine.db)).toBe(12);
    },
  );
});

describe('a run that is paused', () => {
  const paused = async (): Promise<BegunRun> => {
    const begun = await beginRun(engine, aRun());
    const run = controlled(begun);
    expect(await engine.run(engine.activities.letGoOfLock, run)).toBe(true);
    expect(await redis.exists(run.lockKey)).toBe(0);
    expect(await engine.run(engine.activities.letGoOfLock, run)).toBe(false);
    return begun;
  };

  it('takes its lock anew when it goes on, under a higher epoch, and counts every row once', async () => {
    const begun = await paused();
    const result = await runSlice(engine, begun);
    expect(result).toMatchObject({ done: true, deleted: 12, epoch: begun.plan.epoch + 1 });
    expect(await redis.get(begun.job.lockKey)).toBe(result.lockValue);
    expect(result.lockValue).not.toBe(begun.plan.lockValue);
  });

  it('lets go of no lock that another has taken meanwhile', async () => {
    const begun = await paused();
    const other = await beginRun(engine, aRun(begun.job));
    const run = controlled(begun);
    expect(await engine.run(engine.activities.letGoOfLock, run)).toBe(false);
    expect(await redis.get(run.lockKey)).toBe(other.plan.lockValue);
  });

  it.each([true, false])(
    'is over with LOCK_TAKEN where another run was in between, which has ended: %s',
    async (ended) => {
      const begun = await paused();
      const other = await beginRun(engine, aRun(begun.job));
      if (ended) {
        await runSlice(engine, other);
        await finishRun(engine, other);
        await insertLinks(engine.db, 12, 25);
      }
      await expect(runSlice(engine, begun)).rejects.toMatchObject({ type: 'LOCK_TAKEN', nonRetryable: true });
      expect(await countLinks(engine.db)).toBe(12);
      expect(await redis.get(begun.job.lockKey)).toBe(ended ? null : other.plan.lockValue);
      if (!ended) expect(await runSlice(engine, other)).toMatchObject({ done: true, deleted: 12 });
    },
  );
});
