// A blob store that is busy, broken or slow: every object that was to go is gone in the end and counted once, and no slice
// lasts longer than its time.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SliceResult } from '../../../src/activities/slice/slice.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import {
  beginBlobs,
  hastyStore,
  sliceBlobs,
  startAfresh,
  withOwnStore,
} from '../../support/jobs/blob-runs.ts';
import { aBlobsJob } from '../../support/jobs/builders.ts';
import {
  type BlobEngine,
  createBlobEngine,
  deletesSince,
  insertPlans,
  standing,
} from '../../support/jobs/plans.ts';
import { finishRun } from '../../support/jobs/run-job.ts';
import { redisUrl } from '../../support/stack.ts';

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
  calls = await startAfresh(engine);
});

describe('a store that is busy', () => {
  it('for a moment, is asked again by the same slice, which neither fails nor counts twice', async () => {
    await insertPlans(engine, 8);
    engine.fake.fail({ next: 2, with: 'rate_limited', retryAfter: '1' });
    engine.fake.fail({ on: 'head', next: 1, with: 'rate_limited', retryAfter: '1' });
    const result = await sliceBlobs(engine, await beginBlobs(engine), 1, hastyStore(engine));
    expect(result).toMatchObject({ done: true, deleted: 8, objects: 8 });
    expect(deletesSince(engine, calls).map(({ length }) => length)).toEqual([5, 5, 5, 3]);
  });

  it('at every call, fails the slice in the end, well before its time is up, and not only the run', async () => {
    await insertPlans(engine, 4);
    const settings = { ...DEFAULT_SETTINGS, sliceSeconds: 4 };
    const begun = await beginBlobs(engine, aBlobsJob({ settings }));
    engine.fake.fail({ next: 3, with: 'rate_limited', retryAfter: '1' });
    await expect(sliceBlobs(engine, begun)).rejects.toMatchObject({
      type: 'BATCH_FAILED',
      message: expect.stringMatching(/too busy to delete .* it has said so for 2 s/),
      details: [{ code: 'BLOB_THROTTLED', retryAfterSeconds: 1 }],
    });
    expect(deletesSince(engine, calls)).toHaveLength(3);
    expect((await standing(engine)).tombstones).toHaveLength(4);
    expect(await sliceBlobs(engine, begun, 2)).toMatchObject({ done: true, deleted: 4, objects: 4 });
  });

  it('for longer than a slice should wait, fails it and says for how long; the lock is kept beyond that', async () => {
    await insertPlans(engine, 4);
    const begun = await beginBlobs(engine);
    engine.fake.fail({ next: 1, with: 'rate_limited', retryAfter: '300' });
    await expect(sliceBlobs(engine, begun)).rejects.toMatchObject({
      type: 'BATCH_FAILED',
      details: [{ code: 'BLOB_THROTTLED', retryAfterSeconds: 300 }],
    });
    expect(await redis.pttl(begun.job.lockKey)).toBeGreaterThan(300_000);
    expect(await sliceBlobs(engine, begun, 2)).toMatchObject({ done: true, deleted: 4, objects: 4 });
  });

  it('at every third call, does not keep a refused object from being found', () =>
    withOwnStore({ throttleEvery: 3 }, async (own) => {
      const paths = await insertPlans(own, 16);
      own.fake.poison([paths[11] ?? '']);
      const begun = await beginBlobs(own, aBlobsJob({ batchRows: 16 }));
      expect(await sliceBlobs(own, begun, 1, hastyStore(own))).toMatchObject({
        done: true,
        objects: 15,
        setAside: 1,
      });
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
      const begun = await beginBlobs(engine);
      engine.fake.fail({ next: 1, with: kind });
      await expect(sliceBlobs(engine, begun)).rejects.toMatchObject({
        type: 'BATCH_FAILED',
        details: [{ code: 'BLOB_UNAVAILABLE' }],
        message: expect.stringMatching(/the blob store failed slice 1.*objects keep their tombstones/),
      });
      expect(await standing(engine)).toMatchObject({ cleared: 5, tombstones: paths });
      expect(await sliceBlobs(engine, begun, 2)).toMatchObject({ done: true, deleted: 5, objects: 5 });
      expect(await standing(engine)).toEqual({ named: [], cleared: 5, tombstones: [], objects: [] });
      expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed', objects: 5 });
    },
  );

  it('while objects are looked for, fails the slice before any of them is counted', async () => {
    const paths = await insertPlans(engine, 5);
    const begun = await beginBlobs(engine);
    engine.fake.fail({ on: 'head', next: 1, with: 'reset' });
    await expect(sliceBlobs(engine, begun)).rejects.toMatchObject({ type: 'BATCH_FAILED' });
    expect(await standing(engine)).toMatchObject({ tombstones: paths, objects: [] });
    expect(await sliceBlobs(engine, begun, 2)).toMatchObject({ done: true, objects: 5 });
  });
});

describe('a store that is slow to refuse', () => {
  it('takes no slice longer than its time: what was found out by then is kept, and the next slices find the rest', () =>
    withOwnStore({}, async (own) => {
      const paths = await insertPlans(own, 60);
      const bad = paths.filter((_, place) => place % 3 === 0);
      own.fake.poison(bad);
      own.fake.slow(20);
      const settings = { ...DEFAULT_SETTINGS, sliceSeconds: 1 };
      const begun = await beginBlobs(own, aBlobsJob({ batchRows: 60, settings }));
      let result: SliceResult | undefined;
      let slices = 0;
      while (!result?.done) {
        slices += 1;
        const startedAt = Date.now();
        result = await sliceBlobs(own, begun, slices);
        expect(Date.now() - startedAt).toBeLessThan(4_000);
      }
      expect(slices).toBeGreaterThan(1);
      expect(result).toMatchObject({ deleted: 60, objects: 40, setAside: 20 });
      expect(await standing(own)).toMatchObject({ tombstones: bad, objects: bad });
    }));
});
