// Paths that are used again: an object goes only if it is the one whose row let go of it, whatever came to stand there since.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import type { SliceResult } from '../../../src/activities/slice/slice.ts';
import { type BlobStore, BlobStoreError } from '../../../src/adapters/blob-store.ts';
import { aBlobsJob } from '../../support/jobs/builders.ts';
import { emptyPlans, holdNow, insertPlans, standing } from '../../support/jobs/plans.ts';
import { queueOf } from '../../support/jobs/protected-rows.ts';
import { aRun, type BegunRun, beginRun, finishRun } from '../../support/jobs/run-job.ts';
import { createShiftedEngine, DAY, type ShiftedEngine } from '../../support/jobs/shifted-store.ts';

let shifted: ShiftedEngine;
let calls = 0;
beforeAll(async () => {
  shifted = await createShiftedEngine();
});
afterAll(() => shifted.engine.close());
beforeEach(async () => {
  const { engine } = shifted;
  await emptyPlans(engine);
  const left = engine.fake.paths();
  if (left.length > 0) await engine.dependencies.blobs?.remove(left);
  calls = engine.fake.calls().length;
});

const job = (change: Parameters<typeof aBlobsJob>[0] = {}) =>
  aBlobsJob({ batchRows: 10, ...change, blobs: { paths: 'reused', ...change.blobs } });

const begin = (given = job()): Promise<BegunRun> => beginRun(shifted.engine, aRun(given));

const storeWith = (change: Partial<BlobStore>): BlobStore => ({
  ...shifted.engine.dependencies.blobs!,
  ...change,
});

const slice = (
  { job: snapshot, plan }: BegunRun,
  number = 1,
  blobs: BlobStore = storeWith({}),
): Promise<SliceResult> => {
  const activities = createCleanupActivities({ ...shifted.engine.dependencies, blobs });
  return shifted.engine.run(activities.slice, { job: snapshot, plan, slice: number });
};

/** Plans of three days ago, with objects as old. */
const oldPlans = (count: number): Promise<string[]> =>
  shifted.at(-3 * DAY, () => insertPlans(shifted.engine, count));

describe('a run over rows whose paths are used again', () => {
  it('deletes each object by itself, under the etag that it was seen with, and counts it', async () => {
    const { engine } = shifted;
    await oldPlans(12);
    const begun = await begin();
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 12, objects: 12 });
    expect(await standing(engine)).toEqual({ named: [], cleared: 12, tombstones: [], objects: [] });
    const deletes = engine.fake
      .calls()
      .slice(calls)
      .filter(({ operation }) => operation === 'delete');
    expect(deletes.map(({ paths }) => paths.length)).toEqual(Array.from({ length: 12 }, () => 1));
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed', objects: 12 });
  });

  it('keeps what was uploaded after its row let go of the path: the tombstone is withdrawn and nothing counted', async () => {
    const { engine, upload } = shifted;
    const [again = '', ...others] = await oldPlans(3);
    const begun = await begin();
    const dies = storeWith({ look: () => Promise.reject(new Error('the worker dies')) });
    await expect(slice(begun, 1, dies)).rejects.toThrow(/the worker dies/);
    upload([again], 0, 'another');
    expect(await slice(begun, 2)).toMatchObject({ done: true, deleted: 3, objects: 2 });
    expect(await standing(engine)).toMatchObject({ tombstones: [], objects: [again] });
    expect(others.some((path) => engine.fake.has(path))).toBe(false);
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed' });
  });

  it.each([
    ['is behind by four minutes', -240],
    ['is ahead by four minutes', 240],
  ])('keeps such an upload also where the clock of the store %s', async (_, seconds) => {
    const { engine, at } = shifted;
    const [again = ''] = await oldPlans(1);
    const begun = await begin();
    const dies = storeWith({ look: () => Promise.reject(new Error('the worker dies')) });
    await expect(slice(begun, 1, dies)).rejects.toThrow(/the worker dies/);
    await at(seconds, () => engine.fake.put([again], 'another'));
    expect(await slice(begun, 2)).toMatchObject({ done: true, objects: 0 });
    expect(await standing(engine)).toMatchObject({ tombstones: [], objects: [again] });
  });

  it('keeps what is uploaded between the look and the deletion: the store refuses the old etag', async () => {
    const { engine, upload } = shifted;
    const [first = '', second = ''] = await oldPlans(2);
    const begun = await begin();
    const removeUpload: BlobStore['removeUpload'] = async (object) => {
      if (object.path === first) upload([first], 0, 'another');
      if (object.path === second) await engine.dependencies.blobs!.remove([second]);
      return engine.dependencies.blobs!.removeUpload(object);
    };
    expect(await slice(begun, 1, storeWith({ removeUpload }))).toMatchObject({ done: true, objects: 1 });
    const results = engine.fake.calls().map(({ result }) => result);
    expect(results).toContain('precondition_failed');
    expect(await standing(engine)).toMatchObject({ tombstones: [], objects: [first] });
  });

  it('takes whatever differs from what it saw for another upload, after a crash and by whatever clock', async () => {
    const { engine, upload } = shifted;
    const [again = ''] = await oldPlans(1);
    const begun = await begin();
    const dies = storeWith({ removeUpload: () => Promise.reject(new Error('the worker dies')) });
    await expect(slice(begun, 1, dies)).rejects.toThrow(/the worker dies/);
    upload([again], 2 * DAY, 'another');
    expect(await slice(begun, 2)).toMatchObject({ done: true, objects: 0 });
    expect(await standing(engine)).toMatchObject({ tombstones: [], objects: [again] });
  });

  it('means the latest upload once a second row lets go of the same path', async () => {
    const { engine, upload } = shifted;
    const [path = ''] = await oldPlans(1);
    const waiting = job({ blobs: { graceSeconds: 3_600 } });
    const first = await begin(waiting);
    expect(await slice(first)).toMatchObject({ done: true, deleted: 1, objects: 0 });
    await finishRun(engine, first);
    await engine.db.query(
      `UPDATE sexton.tombstone SET marked_at = marked_at - interval '5 days', etag = 'seen'`,
    );
    upload([path], DAY, 'another');
    await engine.db.query(
      "INSERT INTO public.plan (made_at, pdf) VALUES (sexton.now() - interval '2 days', $1)",
      [path],
    );
    const [step] = waiting.steps;
    const atOnce = {
      ...step,
      blobs: { column: 'pdf', deletedAt: 'pdf_deleted_at', paths: 'reused', graceSeconds: 0 },
    };
    const next = await begin({ ...waiting, steps: [atOnce as typeof step] });
    expect(await slice(next)).toMatchObject({ done: true, deleted: 1, objects: 1 });
    expect(await standing(engine)).toMatchObject({ tombstones: [], objects: [] });
  });

  it('finds a refused object and one that stays by itself, and lets the others go', async () => {
    const { engine } = shifted;
    const [bad = '', stays = '', ...others] = await oldPlans(5);
    const removeUpload: BlobStore['removeUpload'] = async (object) => {
      if (object.path === bad) throw new BlobStoreError('no', { fault: 'refused' });
      return object.path === stays || engine.dependencies.blobs!.removeUpload(object);
    };
    const begun = await begin();
    expect(await slice(begun, 1, storeWith({ removeUpload }))).toMatchObject({ objects: 3, setAside: 2 });
    expect(others.some((path) => engine.fake.has(path))).toBe(false);
    const queue = await queueOf(engine, begun.job);
    expect(queue.map(({ resource_id, failure_mode }) => [resource_id, failure_mode])).toEqual([
      [bad, 'blob_refused'],
      [stays, 'blob_still_there'],
    ]);
  });

  it('is stopped between the look and the deletion: nothing more goes', async () => {
    const { engine } = shifted;
    const paths = await oldPlans(3);
    const begun = await begin();
    const stop = { kind: 'stop', by: 'ana' } as const;
    const look: BlobStore['look'] = async (some) => {
      const found = await engine.dependencies.blobs!.look(some);
      await holdNow(engine, { job: begun.job, runId: begun.plan.runId }, stop);
      return found;
    };
    expect(await slice(begun, 1, storeWith({ look }))).toMatchObject({ done: false, objects: 0, hold: stop });
    expect(await standing(engine)).toMatchObject({ tombstones: paths, objects: paths });
  });
});
