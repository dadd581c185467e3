// A blob store that refuses an object, keeps it against its word or lets nobody in, and a worker that has none: what cannot
// go waits for a person or for the next run, and the others never wait with it.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCleanupActivities, createJobActivities } from '../../../src/activities/index.ts';
import { type BlobStore, createBlobStore } from '../../../src/adapters/blob-store.ts';
import {
  beginBlobs,
  sliceBlobs,
  startAfresh,
  storeWith,
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
import { queueOf, resolveAll } from '../../support/jobs/protected-rows.ts';
import { aRun, finishRun } from '../../support/jobs/run-job.ts';
import { redisUrl } from '../../support/stack.ts';

let engine: BlobEngine;
let redis: Redis;
beforeAll(async () => {
  engine = await createBlobEngine();
  redis = new Redis(redisUrl());
});
afterAll(async () => {
  redis.disconnect();
  await engine.close();
});
beforeEach(async () => {
  await startAfresh(engine);
});

describe('an object that the store refuses to delete', () => {
  it('SLA-22: is found among the others, which go, and waits for a person under its path, once', () =>
    withOwnStore({}, async (own) => {
      const paths = await insertPlans(own, 20);
      const bad = [paths[3] ?? '', paths[17] ?? ''];
      own.fake.poison(bad);
      const begun = await beginBlobs(own, aBlobsJob({ batchRows: 20 }));
      expect(await sliceBlobs(own, begun)).toMatchObject({
        done: true,
        deleted: 20,
        objects: 18,
        setAside: 2,
      });
      expect(await standing(own)).toMatchObject({ cleared: 20, tombstones: bad, objects: bad });
      const queue = await queueOf(own, begun.job);
      expect(queue.map(({ resource_id }) => resource_id)).toEqual(bad);
      for (const item of queue)
        expect(item).toMatchObject({ failure_mode: 'blob_refused', status: 'pending' });
      const reason = '2 items failed by themselves and wait in the manual resolution queue';
      expect(await finishRun(own, begun)).toMatchObject({ state: 'completedWithWarnings', reason });

      const next = await beginBlobs(own, begun.job);
      const calls = own.fake.calls().length;
      expect(await sliceBlobs(own, next)).toMatchObject({ done: true, objects: 0, setAside: 0 });
      expect(deletesSince(own, calls)).toEqual([]);
      expect(await finishRun(own, next)).toMatchObject({ state: 'completed', objectsWaiting: 0 });

      await resolveAll(own, begun.job);
      expect(await sliceBlobs(own, await beginBlobs(own, begun.job))).toMatchObject({
        done: true,
        objects: 0,
        setAside: 2,
      });
    }));

  it('fails the run once there are more than 100 of them, with nothing counted and without asking on and on', () =>
    withOwnStore({}, async (own) => {
      const paths = await insertPlans(own, 400);
      own.fake.poison(paths);
      const begun = await beginBlobs(own, aBlobsJob({ batchRows: 400 }));
      await expect(sliceBlobs(own, begun)).rejects.toMatchObject({
        type: 'TOO_MANY_SET_ASIDE',
        nonRetryable: true,
      });
      expect(await queueOf(own, begun.job)).toEqual([]);
      expect((await standing(own)).tombstones).toEqual(paths);
      expect(deletesSince(own, 0).length).toBeLessThan(300);
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
    const begun = await beginBlobs(engine);
    const result = await sliceBlobs(engine, begun, 1, storeWith(engine, { remove }));
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
      const begun = await beginBlobs(engine);
      engine.fake.fail({ next: 1, with: kind });
      await expect(sliceBlobs(engine, begun)).rejects.toMatchObject({
        type: 'BLOB_STORE_DENIED',
        nonRetryable: true,
      });
      const error = { code: 'BLOB_STORE_DENIED', message: 'denied' };
      expect(await finishRun(engine, begun, { state: 'failed', error })).toMatchObject({
        deleted: 4,
        objects: 0,
      });
      expect(await standing(engine)).toMatchObject({ cleared: 4, tombstones: paths, objects: paths });
      const next = await beginBlobs(engine, begun.job);
      expect(await sliceBlobs(engine, next)).toMatchObject({ done: true, deleted: 0, objects: 4 });
    },
  );

  it('is not told together with its secret', async () => {
    await insertPlans(engine, 1);
    const token = 'vercel_blob_rw_0123456789abcdef_secretsecretsecret';
    const stranger = createBlobStore({ token, timeoutMs: 500 });
    const failure = await sliceBlobs(engine, await beginBlobs(engine), 1, stranger).catch(
      (error: unknown) => error,
    );
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
    const { job, plan } = await beginBlobs(engine);
    const activities = createCleanupActivities(without);
    await expect(engine.run(activities.slice, { job, plan, slice: 1 })).rejects.toMatchObject({
      type: 'BLOB_STORE_DENIED',
    });
    expect(await standing(engine)).toMatchObject({ named: paths, tombstones: [] });
  });
});
