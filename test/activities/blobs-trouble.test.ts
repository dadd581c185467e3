// A blob store that is busy, broken, shut or obstinate, and workers that die: every object that was to go is gone in the
// end and counted once, or waits for a person, and the others never wait with it.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCleanupActivities, createJobActivities } from '../../src/activities/index.ts';
import type { SliceResult } from '../../src/activities/slice/slice.ts';
import { type BlobStore, createBlobStore } from '../../src/adapters/blob-store.ts';
import { useBlobApi } from '../../src/config/blob.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import type { FakeBlobOptions } from '../../src/local/fakes/blob.ts';
import { aBlobsJob } from '../support/builders.ts';
import { dyingAt } from '../support/crashes.ts';
import {
  type BlobEngine,
  createBlobEngine,
  deletesSince,
  emptyPlans,
  insertPlans,
  standing,
} from '../support/plans.ts';
import { queueOf, resolveAll } from '../support/protected-rows.ts';
import { aRun, type BegunRun, beginRun, finishRun } from '../support/run-job.ts';
import { redisUrl } from '../support/stack.ts';

let engine: BlobEngine;
let redis: Redis;
let calls = 0;
beforeAll(async () => {
  engine = await createBlobEngine();
  redis = new Redis(redisUrl());
});
afterAll(async () => {
  redis.disconnect();
  await engine.close();
});
beforeEach(async () => {
  // A test that had a store of its own has turned the process to it.
  useBlobApi({ apiUrl: engine.fake.url });
  await emptyPlans(engine);
  const left = engine.fake.paths();
  if (left.length > 0) await engine.dependencies.blobs?.remove(left);
  calls = engine.fake.calls().length;
});

const begin = (job = aBlobsJob()): Promise<BegunRun> => beginRun(engine, aRun(job));

const slice = (
  { job, plan }: BegunRun,
  number = 1,
  blobs = engine.dependencies.blobs,
): Promise<SliceResult> => {
  const { blobs: _, ...others } = engine.dependencies;
  const activities = createCleanupActivities({ ...others, ...(blobs && { blobs }) });
  return engine.run(activities.slice, { job, plan, slice: number, waitIfFailedSeconds: 10 });
};

const storeWith = (change: Partial<BlobStore>): BlobStore => ({ ...engine.dependencies.blobs!, ...change });

/** What a store was once told to refuse it refuses for good, and some stores are slow: not the others' business. */
const withOwnStore = async (options: FakeBlobOptions, work: () => Promise<void>): Promise<void> => {
  const shared = engine;
  engine = await createBlobEngine(options);
  try {
    await work();
  } finally {
    await engine.close();
    engine = shared;
  }
};

describe('a worker that dies on the way of objects', () => {
  it('SLA-17, SLA-18: at any step, leaves none behind and counts none twice: the next attempt finishes', {
    timeout: 180_000,
  }, async () => {
    const deaths: string[] = [];
    for (;;) {
      await emptyPlans(engine);
      await insertPlans(engine, 2);
      const begun = await begin(aBlobsJob({ batchRows: 2 }));
      const { job, plan } = begun;
      const { dependencies, died } = dyingAt(engine.dependencies, deaths.length + 1);
      const dying = createCleanupActivities(dependencies);
      const first = await engine.run(dying.slice, { job, plan, slice: 1 }).catch((error: unknown) => error);
      const death = died();
      if (death === undefined) {
        expect(first).toMatchObject({ done: true });
        break;
      }
      deaths.push(death);
      const next = await engine.run(engine.activities.slice, { job, plan, slice: 1 }, 2);
      const stands = await standing(engine);
      const result = await finishRun(engine, begun);
      expect({ deaths, next, stands, result }).toMatchObject({
        next: { done: true, deleted: 2, objects: 2, setAside: 0 },
        stands: { named: [], cleared: 2, tombstones: [], objects: [] },
        result: { state: 'completed', deleted: 2, objects: 2 },
      });
    }
    const told = deaths.join('\n');
    for (const step of [
      'WITH old',
      'before objects are removed',
      'after objects are removed',
      'DELETE FROM sexton.tombstone',
    ])
      expect(told).toContain(step);
  });
});

describe('a worker that was taken for dead while it deleted objects, and wakes up', () => {
  it('counts none of them: the attempt in its place has', async () => {
    await insertPlans(engine, 5);
    const begun = await begin();
    const { job, plan } = begun;
    const remove: BlobStore['remove'] = async (paths) => {
      const next = await engine.run(engine.activities.slice, { job, plan, slice: 1 }, 2);
      expect(next).toMatchObject({ done: true, deleted: 5, objects: 5 });
      await engine.dependencies.blobs!.remove(paths);
    };
    await expect(slice(begun, 1, storeWith({ remove }))).rejects.toMatchObject({ type: 'SUPERSEDED' });
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed', deleted: 5, objects: 5 });
  });
});

describe('a store that is busy', () => {
  it('for a moment, is asked again by the same slice, which neither fails nor counts twice', async () => {
    await insertPlans(engine, 8);
    engine.fake.fail({ next: 2, with: 'rate_limited', retryAfter: '1' });
    engine.fake.fail({ on: 'head', next: 1, with: 'rate_limited', retryAfter: '1' });
    expect(await slice(await begin())).toMatchObject({ done: true, deleted: 8, objects: 8 });
    expect(deletesSince(engine, calls).map(({ length }) => length)).toEqual([5, 5, 5, 3]);
  });

  it('at every call, fails the slice in the end, well before its time is up, and not only the run', async () => {
    await insertPlans(engine, 4);
    const settings = { ...DEFAULT_SETTINGS, sliceSeconds: 4 };
    const begun = await begin(aBlobsJob({ settings }));
    engine.fake.fail({ next: 3, with: 'rate_limited', retryAfter: '1' });
    await expect(slice(begun)).rejects.toMatchObject({
      type: 'BATCH_FAILED',
      message: expect.stringMatching(/too busy to delete .* it has said so for 2 s/),
      details: [{ code: 'BLOB_THROTTLED', retryAfterSeconds: 1 }],
    });
    expect(deletesSince(engine, calls)).toHaveLength(3);
    expect((await standing(engine)).tombstones).toHaveLength(4);
    expect(await slice(begun, 2)).toMatchObject({ done: true, deleted: 4, objects: 4 });
  });

  it('for longer than a slice should wait, fails it and says for how long; the lock is kept beyond that', async () => {
    await insertPlans(engine, 4);
    const begun = await begin();
    engine.fake.fail({ next: 1, with: 'rate_limited', retryAfter: '300' });
    await expect(slice(begun)).rejects.toMatchObject({
      type: 'BATCH_FAILED',
      details: [{ code: 'BLOB_THROTTLED', retryAfterSeconds: 300 }],
    });
    expect(await redis.pttl(begun.job.lockKey)).toBeGreaterThan(300_000);
    expect(await slice(begun, 2)).toMatchObject({ done: true, deleted: 4, objects: 4 });
  });

  it('at every third call, does not keep a refused object from being found', () =>
    withOwnStore({ throttleEvery: 3 }, async () => {
      const paths = await insertPlans(engine, 16);
      engine.fake.poison([paths[11] ?? '']);
      const begun = await begin(aBlobsJob({ batchRows: 16 }));
      expect(await slice(begun)).toMatchObject({ done: true, objects: 15, setAside: 1 });
    }));
});

describe('a call to the store that breaks', () => {
  it.each([
    'service_unavailable',
    'html-500',
    'reset',
    'reset-after',
    'partial-then-500',
    'silence',
  ] as const)(
    'with %s, fails the slice and counts nothing; the next slice deletes and counts every object once',
    async (kind) => {
      const paths = await insertPlans(engine, 5);
      const begun = await begin();
      engine.fake.fail({ next: 1, with: kind });
      await expect(slice(begun)).rejects.toMatchObject({
        type: 'BATCH_FAILED',
        details: [{ code: 'BLOB_UNAVAILABLE' }],
        message: expect.stringMatching(/the blob store failed slice 1.*objects keep their tombstones/),
      });
      expect(await standing(engine)).toMatchObject({ cleared: 5, tombstones: paths });
      expect(await slice(begun, 2)).toMatchObject({ done: true, deleted: 5, objects: 5 });
      expect(await standing(engine)).toEqual({ named: [], cleared: 5, tombstones: [], objects: [] });
      expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed', objects: 5 });
    },
  );

  it('while objects are looked for, fails the slice before any of them is counted', async () => {
    const paths = await insertPlans(engine, 5);
    const begun = await begin();
    engine.fake.fail({ on: 'head', next: 1, with: 'reset' });
    await expect(slice(begun)).rejects.toMatchObject({ type: 'BATCH_FAILED' });
    expect(await standing(engine)).toMatchObject({ tombstones: paths, objects: [] });
    expect(await slice(begun, 2)).toMatchObject({ done: true, objects: 5 });
  });
});

describe('an object that the store refuses to delete', () => {
  it('SLA-22: is found among the others, which go, and waits for a person under its path, once', () =>
    withOwnStore({}, async () => {
      const paths = await insertPlans(engine, 20);
      const bad = [paths[3] ?? '', paths[17] ?? ''];
      engine.fake.poison(bad);
      const begun = await begin(aBlobsJob({ batchRows: 20 }));
      expect(await slice(begun)).toMatchObject({ done: true, deleted: 20, objects: 18, setAside: 2 });
      expect(await standing(engine)).toMatchObject({ cleared: 20, tombstones: bad, objects: bad });
      const queue = await queueOf(engine, begun.job);
      expect(queue.map(({ resource_id }) => resource_id)).toEqual(bad);
      for (const item of queue)
        expect(item).toMatchObject({ failure_mode: 'blob_refused', status: 'pending' });
      const reason = '2 items failed by themselves and wait in the manual resolution queue';
      expect(await finishRun(engine, begun)).toMatchObject({ state: 'completedWithWarnings', reason });

      const next = await begin(begun.job);
      calls = engine.fake.calls().length;
      expect(await slice(next)).toMatchObject({ done: true, objects: 0, setAside: 0 });
      expect(deletesSince(engine, calls)).toEqual([]);
      expect(await finishRun(engine, next)).toMatchObject({ state: 'completed', objectsWaiting: 0 });

      await resolveAll(engine, begun.job);
      expect(await slice(await begin(begun.job))).toMatchObject({ done: true, objects: 0, setAside: 2 });
    }));

  it('fails the run once there are more than 100 of them, with nothing counted and without asking on and on', () =>
    withOwnStore({}, async () => {
      const paths = await insertPlans(engine, 400);
      engine.fake.poison(paths);
      const begun = await begin(aBlobsJob({ batchRows: 400 }));
      await expect(slice(begun)).rejects.toMatchObject({ type: 'TOO_MANY_SET_ASIDE', nonRetryable: true });
      expect(await queueOf(engine, begun.job)).toEqual([]);
      expect((await standing(engine)).tombstones).toEqual(paths);
      expect(deletesSince(engine, 0).length).toBeLessThan(300);
    }));
});

describe('a store that is slow to refuse', () => {
  it('takes no slice longer than its time: what was found out by then is kept, and the next slices find the rest', () =>
    withOwnStore({}, async () => {
      const paths = await insertPlans(engine, 120);
      const bad = paths.filter((_, place) => place % 3 === 0);
      engine.fake.poison(bad);
      engine.fake.slow(20);
      const settings = { ...DEFAULT_SETTINGS, sliceSeconds: 1 };
      const begun = await begin(aBlobsJob({ batchRows: 120, settings }));
      let result: SliceResult | undefined;
      let slices = 0;
      while (!result?.done) {
        slices += 1;
        const startedAt = Date.now();
        result = await slice(begun, slices);
        expect(Date.now() - startedAt).toBeLessThan(4_000);
      }
      expect(slices).toBeGreaterThan(1);
      expect(result).toMatchObject({ deleted: 120, objects: 80, setAside: 40 });
      expect(await standing(engine)).toMatchObject({ tombstones: bad, objects: bad });
    }));
});

describe('an object that is still there though the store accepted its deletion', () => {
  it('is tried three times, then waits for a person; those that are gone are counted at once', async () => {
    const paths = await insertPlans(engine, 5);
    const stays = paths[2] ?? '';
    const asked: number[] = [];
    const remove: BlobStore['remove'] = async (all) => {
      asked.push(all.length);
      await engine.dependencies.blobs!.remove(all.filter((path) => path !== stays));
    };
    const begun = await begin();
    const result = await slice(begun, 1, storeWith({ remove }));
    expect(result).toMatchObject({ done: true, deleted: 5, objects: 4, setAside: 1 });
    expect(asked).toEqual([5, 1, 1]);
    expect(await queueOf(engine, begun.job)).toMatchObject([
      {
        resource_id: stays,
        failure_mode: 'blob_still_there',
        error: expect.stringMatching(/accepted the deletion 3 times/),
      },
    ]);
    expect(await standing(engine)).toMatchObject({ tombstones: [stays], objects: [stays] });
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completedWithWarnings' });
  });
});

describe('a store that lets nobody in', () => {
  it.each(['forbidden', 'store_suspended', 'store_not_found'] as const)(
    '(%s) ends the run with BLOB_STORE_DENIED; the objects keep their tombstones and go with the next run',
    async (kind) => {
      const paths = await insertPlans(engine, 4);
      const begun = await begin();
      engine.fake.fail({ next: 1, with: kind });
      await expect(slice(begun)).rejects.toMatchObject({ type: 'BLOB_STORE_DENIED', nonRetryable: true });
      const error = { code: 'BLOB_STORE_DENIED', message: 'denied' };
      expect(await finishRun(engine, begun, { state: 'failed', error })).toMatchObject({
        deleted: 4,
        objects: 0,
      });
      expect(await standing(engine)).toMatchObject({ cleared: 4, tombstones: paths, objects: paths });
      const next = await begin(begun.job);
      expect(await slice(next)).toMatchObject({ done: true, deleted: 0, objects: 4 });
    },
  );

  it('is not told together with its secret', async () => {
    await insertPlans(engine, 1);
    const token = 'vercel_blob_rw_0123456789abcdef_secretsecretsecret';
    const stranger = createBlobStore({ token, timeoutMs: 500 });
    const failure = await slice(await begin(), 1, stranger).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      type: 'BLOB_STORE_DENIED',
      message: expect.stringMatching(/BLOB_READ_WRITE_TOKEN/),
    });
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('secretsecret');
  });
});

describe('a worker without a blob store', () => {
  it('refuses a job of objects before anything is deleted, marked or locked', async () => {
    const paths = await insertPlans(engine, 3);
    const { blobs: _, ...without } = engine.dependencies;
    const input = aRun(aBlobsJob());
    await expect(engine.run(createJobActivities(without).begin, input)).rejects.toMatchObject({
      type: 'BLOB_STORE_DENIED',
      nonRetryable: true,
      message: expect.stringMatching(/set BLOB_READ_WRITE_TOKEN.*Nothing was deleted/),
    });
    expect(await redis.exists(input.job.lockKey)).toBe(0);
    expect(await standing(engine)).toEqual({ named: paths, cleared: 0, tombstones: [], objects: paths });
  });

  it('that takes up a slice marks no row either', async () => {
    const paths = await insertPlans(engine, 3);
    const { blobs: _, ...without } = engine.dependencies;
    const { job, plan } = await begin();
    const activities = createCleanupActivities(without);
    await expect(engine.run(activities.slice, { job, plan, slice: 1 })).rejects.toMatchObject({
      type: 'BLOB_STORE_DENIED',
    });
    expect(await standing(engine)).toMatchObject({ named: paths, tombstones: [] });
  });
});
