// Objects that rows have let go of and that are still there: named again, in their time of grace, overdue, or held back
// while a run is paused.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BlobStore } from '../../../src/adapters/blob-store.ts';
import { setBatchLimit } from '../../../src/adapters/postgres/runs/control.ts';
import { readOldestDueSeconds } from '../../../src/adapters/postgres/runs/tombstones.ts';
import { beginBlobs, dyingStore, sliceBlobs, startAfresh, storeWith } from '../../support/jobs/blob-runs.ts';
import { aBlobsJob } from '../../support/jobs/builders.ts';
import {
  type BlobEngine,
  createBlobEngine,
  holdNow,
  insertPlans,
  standing,
} from '../../support/jobs/plans.ts';
import { auditOf, controlled, finishRun } from '../../support/jobs/run-job.ts';
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

const moveClock = (seconds: number) =>
  engine.db.query('UPDATE sexton.clock SET adjustable = true, "offset" = make_interval(secs => $1)', [
    seconds,
  ]);

describe('a row that names an object again', () => {
  it('keeps it: the tombstone is withdrawn, and nothing is counted or warned of', async () => {
    const [again = '', ...others] = await insertPlans(engine, 3);
    const begun = await beginBlobs(engine);
    const failing = dyingStore(engine);
    await expect(sliceBlobs(engine, begun, 1, failing)).rejects.toThrow(/the worker dies/);
    expect(await standing(engine)).toMatchObject({ cleared: 3, tombstones: [again, ...others] });
    await engine.db.query('INSERT INTO public.plan (made_at, pdf) VALUES (sexton.now(), $1)', [again]);
    expect(await sliceBlobs(engine, begun, 2)).toMatchObject({ done: true, deleted: 3, objects: 2 });
    expect(await standing(engine)).toEqual({ named: [again], cleared: 3, tombstones: [], objects: [again] });
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed' });
  });
});

describe('a time of grace', () => {
  const job = () => aBlobsJob({ blobs: { graceSeconds: 3_600 } });

  it('leaves the objects there and says how many wait; the first run after it deletes them', async () => {
    const paths = await insertPlans(engine, 7);
    const first = await beginBlobs(engine, job());
    expect(await sliceBlobs(engine, first)).toMatchObject({ done: true, deleted: 7, objects: 0 });
    expect(await finishRun(engine, first)).toMatchObject({
      state: 'completed',
      objects: 0,
      objectsWaiting: 7,
    });
    expect((await auditOf(engine, first)).at(-1)).toMatchObject({ metadata: { objects_waiting: 7 } });
    expect(await standing(engine)).toMatchObject({ cleared: 7, tombstones: paths, objects: paths });
    try {
      await moveClock(3_599);
      const early = await beginBlobs(engine, first.job);
      expect(await sliceBlobs(engine, early)).toMatchObject({ done: true, deleted: 0, objects: 0 });
      expect(await finishRun(engine, early)).toMatchObject({ state: 'completed', objectsWaiting: 7 });
      await moveClock(3_700);
      const late = await beginBlobs(engine, first.job);
      expect(await sliceBlobs(engine, late)).toMatchObject({ done: true, deleted: 0, objects: 7 });
      expect(await finishRun(engine, late)).toMatchObject({
        state: 'completed',
        objects: 7,
        objectsWaiting: 0,
      });
      expect(await standing(engine)).toMatchObject({ cleared: 7, tombstones: [], objects: [] });
    } finally {
      await moveClock(0);
    }
  });

  it('that ends while the run tells its own end is nothing to warn of: those objects go with the next run', async () => {
    await insertPlans(engine, 3);
    const begun = await beginBlobs(engine, job());
    expect(await sliceBlobs(engine, begun)).toMatchObject({ done: true, deleted: 3 });
    try {
      await moveClock(4_000);
      const result = await finishRun(engine, begun);
      expect(result).toMatchObject({ state: 'completed', objectsWaiting: 3 });
    } finally {
      await moveClock(0);
    }
  });
});

describe('objects that are due and still there', () => {
  it('are told with the age of the oldest in the ending, its reason and the audit log, set-aside ones left out', async () => {
    const [first = '', second = ''] = await insertPlans(engine, 2);
    const begun = await beginBlobs(engine);
    const { job } = begun;
    const dies = dyingStore(engine);
    await expect(sliceBlobs(engine, begun, 1, dies)).rejects.toThrow(/the worker dies/);
    await engine.db.query(
      `UPDATE sexton.tombstone SET not_before = not_before - CASE path WHEN $1 THEN interval '9 h' ELSE interval '2 h' END`,
      [first],
    );
    expect(Math.round((await readOldestDueSeconds(engine.db, { pack: job.pack, job: job.name })) / 60)).toBe(
      540,
    );
    await engine.db.query(
      `INSERT INTO sexton.manual_resolution_queue (source_job, resource_type, resource_id, failure_mode)
       VALUES ($1, 'plan_pdf', $2, 'blob_refused')`,
      [job.name, first],
    );
    const result = await finishRun(engine, begun);
    expect(result).toMatchObject({
      state: 'completedWithWarnings',
      reason: expect.stringMatching(/^1 objects could not be deleted, the oldest due for 2h/),
    });
    expect(Math.round((result.oldestTombstoneSeconds ?? 0) / 60)).toBe(120);
    const { metadata } = (await auditOf(engine, begun)).at(-1) ?? {};
    expect(Number(metadata?.['oldest_tombstone_seconds'])).toBeCloseTo(7_200, -2);
    expect(engine.fake.has(second)).toBe(true);
  });
});

describe('a pause between two sweeps', () => {
  it('leaves the objects of the next one there, though their rows have let go of them', async () => {
    const paths = await insertPlans(engine, 8);
    const job = aBlobsJob({ batchRows: 8 });
    const failing = dyingStore(engine);
    await expect(sliceBlobs(engine, await beginBlobs(engine, job), 1, failing)).rejects.toThrow(
      /the worker dies/,
    );
    expect(await standing(engine)).toMatchObject({ cleared: 8, tombstones: paths });

    const subject = { pack: job.pack, job: job.name, resourceType: job.resourceType };
    await setBatchLimit(engine.db, subject, { resource: job.lockKey, rows: 3, declared: 8, by: 'ana' });
    await redis.del(job.lockKey);
    const begun = await beginBlobs(engine, job);
    const stop = { kind: 'stop', by: 'ana' } as const;
    const remove: BlobStore['remove'] = async (some) => {
      await engine.dependencies.blobs!.remove(some);
      await holdNow(engine, { job, runId: begun.plan.runId }, stop);
    };
    const held = await sliceBlobs(engine, begun, 1, storeWith(engine, { remove }));
    expect(held).toMatchObject({ done: false, deleted: 0, objects: 3, hold: stop });
    const left = paths.slice(3);
    expect(await standing(engine)).toMatchObject({ tombstones: left, objects: left });
  });

  it('is found by the next one: nothing more leaves, and what is left goes after the resume', async () => {
    await insertPlans(engine, 10);
    const begun = await beginBlobs(engine);
    const { job, plan } = begun;
    const pause = { kind: 'pause', by: 'ana', reason: 'the bucket moves' } as const;
    const remove: BlobStore['remove'] = async (paths) => {
      await engine.dependencies.blobs!.remove(paths);
      await holdNow(engine, { job, runId: plan.runId }, pause);
    };
    const held = await sliceBlobs(engine, begun, 1, storeWith(engine, { remove }));
    expect(held).toMatchObject({ done: false, deleted: 5, objects: 5, hold: pause });
    expect(await standing(engine)).toMatchObject({ cleared: 5, tombstones: [] });
    expect(await sliceBlobs(engine, begun, 2)).toMatchObject({
      done: false,
      deleted: 5,
      objects: 5,
      hold: pause,
    });
    await engine.run(engine.activities.releaseRun, { run: controlled(begun), by: 'ana' });
    expect(await sliceBlobs(engine, begun, 3)).toMatchObject({ done: true, deleted: 10, objects: 10 });
  });
});
