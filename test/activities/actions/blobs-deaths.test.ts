// Workers that die on the way of objects, or are taken for dead and wake up: no object is left behind, none is counted
// twice.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import type { BlobStore } from '../../../src/adapters/blob-store.ts';
import { dyingAt } from '../../support/alerts/crashes.ts';
import { beginBlobs, sliceBlobs, startAfresh, storeWith } from '../../support/jobs/blob-runs.ts';
import { aBlobsJob } from '../../support/jobs/builders.ts';
import {
  type BlobEngine,
  createBlobEngine,
  emptyPlans,
  insertPlans,
  standing,
} from '../../support/jobs/plans.ts';
import { finishRun } from '../../support/jobs/run-job.ts';

let engine: BlobEngine;
beforeAll(async () => {
  engine = await createBlobEngine();
});
afterAll(() => engine.close());
beforeEach(async () => {
  await startAfresh(engine);
});

describe('a worker that dies on the way of objects', () => {
  it('SLA-17, SLA-18: at any step, leaves none behind and counts none twice: the next attempt finishes', {
    timeout: 180_000,
  }, async () => {
    const deaths: string[] = [];
    for (;;) {
      await emptyPlans(engine);
      await insertPlans(engine, 2);
      const begun = await beginBlobs(engine, aBlobsJob({ batchRows: 2 }));
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
    const begun = await beginBlobs(engine);
    const { job, plan } = begun;
    const remove: BlobStore['remove'] = async (paths) => {
      const next = await engine.run(engine.activities.slice, { job, plan, slice: 1 }, 2);
      expect(next).toMatchObject({ done: true, deleted: 5, objects: 5 });
      await engine.dependencies.blobs!.remove(paths);
    };
    await expect(sliceBlobs(engine, begun, 1, storeWith(engine, { remove }))).rejects.toMatchObject({
      type: 'SUPERSEDED',
    });
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed', deleted: 5, objects: 5 });
  });
});
