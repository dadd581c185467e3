// Rows let go of their objects first, the objects follow: what leaves together, in which order, and what stays.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BlobStore } from '../../../src/adapters/blob-store.ts';
import { setBatchLimit } from '../../../src/adapters/postgres/runs/control.ts';
import { eventually } from '../../support/eventually.ts';
import { beginBlobs, dyingStore, sliceBlobs, startAfresh, storeWith } from '../../support/jobs/blob-runs.ts';
import { aBlobsJob } from '../../support/jobs/builders.ts';
import {
  type BlobEngine,
  createBlobEngine,
  deletesSince,
  insertPlans,
  standing,
} from '../../support/jobs/plans.ts';
import { queueOf } from '../../support/jobs/protected-rows.ts';
import { auditOf, finishRun, homeRowOf } from '../../support/jobs/run-job.ts';

let engine: BlobEngine;
let calls = 0;
beforeAll(async () => {
  engine = await createBlobEngine();
});
afterAll(() => engine.close());
beforeEach(async () => {
  calls = await startAfresh(engine);
});

describe('a run over rows with objects', () => {
  it('SLA-15: clears and stamps what is old enough, deletes its objects, and touches nothing else', async () => {
    await insertPlans(engine, 12);
    const young = await insertPlans(engine, 3, { prefix: 'young', daysAgo: 0 });
    engine.fake.put(['of/nobody.pdf']);
    const begun = await beginBlobs(engine);
    expect(await sliceBlobs(engine, begun)).toMatchObject({
      done: true,
      deleted: 12,
      objects: 12,
      setAside: 0,
    });
    expect(await standing(engine)).toEqual({
      named: young,
      cleared: 12,
      tombstones: [],
      objects: ['of/nobody.pdf', ...young],
    });
    const result = await finishRun(engine, begun);
    expect(result).toMatchObject({
      state: 'completed',
      deleted: 12,
      objects: 12,
      remaining: 0,
      objectsWaiting: 0,
    });
    const ending = (await auditOf(engine, begun)).at(-1);
    expect(ending).toMatchObject({
      metadata: { records_processed: 12, objects_deleted: 12, objects_waiting: 0 },
    });
    expect(await homeRowOf(engine, begun)).toMatchObject({ deleted: '12', objects: '12', set_aside: '0' });
  });

  it('lets go of row and object in this order: no object goes whose row still names it, or has no tombstone', async () => {
    await insertPlans(engine, 7);
    const seen: number[] = [];
    const remove: BlobStore['remove'] = async (paths) => {
      const { named, tombstones } = await standing(engine);
      expect(named.filter((path) => paths.includes(path))).toEqual([]);
      expect(paths.filter((path) => !tombstones.includes(path))).toEqual([]);
      seen.push(paths.length);
      await engine.dependencies.blobs!.remove(paths);
    };
    expect(
      await sliceBlobs(engine, await beginBlobs(engine), 1, storeWith(engine, { remove })),
    ).toMatchObject({ done: true, objects: 7 });
    expect(seen).toEqual([5, 2]);
  });

  it('SLA-18: counts an object that is already gone as done', async () => {
    const paths = await insertPlans(engine, 6);
    await engine.dependencies.blobs?.remove(paths.slice(0, 4));
    const begun = await beginBlobs(engine);
    expect(await sliceBlobs(engine, begun)).toMatchObject({ done: true, deleted: 6, objects: 6 });
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed' });
  });

  it('never asks the store for more than 1,000 objects at once, whatever batch size somebody set', async () => {
    await insertPlans(engine, 2_300);
    const begun = await beginBlobs(engine);
    const { job } = begun;
    const subject = { pack: job.pack, job: job.name, resourceType: job.resourceType };
    await setBatchLimit(engine.db, subject, { resource: job.lockKey, rows: 10_000, declared: 5, by: 'ana' });
    expect(await sliceBlobs(engine, begun)).toMatchObject({ done: true, deleted: 2_300, objects: 2_300 });
    expect(deletesSince(engine, calls).map(({ length }) => length)).toEqual([1_000, 1_000, 300]);
    expect((await standing(engine)).objects).toEqual([]);
  });

  it('deletes an object that two rows named once, when the second one lets go of it, and keeps it until then', async () => {
    const [shared = ''] = await insertPlans(engine, 2);
    await engine.db.query('UPDATE public.plan SET pdf = $1', [shared]);
    const seen: (readonly string[])[] = [];
    const remove: BlobStore['remove'] = async (paths) => {
      seen.push((await standing(engine)).named);
      await engine.dependencies.blobs!.remove(paths);
    };
    const result = await sliceBlobs(
      engine,
      await beginBlobs(engine, aBlobsJob({ batchRows: 1 })),
      1,
      storeWith(engine, { remove }),
    );
    expect(result).toMatchObject({ done: true, deleted: 2, objects: 1 });
    expect(seen).toEqual([[]]);
    expect(engine.fake.has(shared)).toBe(false);
  });

  it('buries the path that a row had when it was taken, also where somebody changed it at that very moment', async () => {
    await insertPlans(engine, 1);
    engine.fake.put(['changed.pdf']);
    const begun = await beginBlobs(engine);
    const other = await engine.db.connect();
    try {
      await other.query(`BEGIN; UPDATE public.plan SET pdf = 'changed.pdf'`);
      const running = sliceBlobs(engine, begun);
      await eventually('the batch waits for the row', async () => {
        const waiting =
          "SELECT 1 FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE query LIKE 'WITH old%')";
        return (await engine.db.query(waiting)).rows.length > 0;
      });
      await other.query('COMMIT');
      expect(await running).toMatchObject({ done: true, deleted: 1, objects: 1 });
    } finally {
      other.release();
    }
    expect(engine.fake.has('changed.pdf')).toBe(false);
  });

  it('ends with a warning, not for ever, where a trigger gives each path back, and deletes no such object', async () => {
    const paths = await insertPlans(engine, 4);
    await engine.db.query(`
      CREATE FUNCTION public.give_back() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN NEW.pdf := OLD.pdf; NEW.pdf_deleted_at := NULL; RETURN NEW; END';
      CREATE TRIGGER give_back BEFORE UPDATE ON public.plan FOR EACH ROW EXECUTE FUNCTION public.give_back();`);
    try {
      const begun = await beginBlobs(engine);
      expect(await sliceBlobs(engine, begun)).toMatchObject({ done: true, deleted: 0, objects: 0 });
      expect(await standing(engine)).toMatchObject({ named: paths, tombstones: [], objects: paths });
      expect(await finishRun(engine, begun)).toMatchObject({ state: 'completedWithWarnings', remaining: 4 });
    } finally {
      await engine.db.query('DROP TRIGGER give_back ON public.plan; DROP FUNCTION public.give_back');
    }
  });

  it('takes an object that rows call by its path and by its addresses for one: deleted once, after the last row', async () => {
    const [path = ''] = await insertPlans(engine, 4);
    const address = `https://${engine.fake.storeId}.public.blob.vercel-storage.com/${path}`;
    const names = [address, path, `${address}?download=1`, `/${path}`];
    for (const [place, name] of names.entries())
      await engine.db.query(
        'UPDATE public.plan SET pdf = $1 WHERE id = (SELECT id FROM public.plan ORDER BY id OFFSET $2 LIMIT 1)',
        [name, place],
      );
    const seen: (readonly string[])[] = [];
    const remove: BlobStore['remove'] = async (paths) => {
      seen.push([...paths, ...(await standing(engine)).named]);
      await engine.dependencies.blobs!.remove(paths);
    };
    const result = await sliceBlobs(
      engine,
      await beginBlobs(engine, aBlobsJob({ batchRows: 1 })),
      1,
      storeWith(engine, { remove }),
    );
    expect(result).toMatchObject({ done: true, deleted: 4, objects: 1 });
    expect(seen).toEqual([[path]]);
    const others = `https://other1.public.blob.vercel-storage.com/${path}`;
    await engine.db.query(
      "INSERT INTO public.plan (made_at, pdf) VALUES (sexton.now() - interval '3 days', $1)",
      [others],
    );
    const dies = dyingStore(engine);
    await expect(sliceBlobs(engine, await beginBlobs(engine), 1, dies)).rejects.toThrow(/the worker dies/);
    expect((await standing(engine)).tombstones).toEqual([others]);
  });

  it('SLA-22: sets a row aside whose path is too long for a tombstone, and clears the others', async () => {
    const [, long = ''] = await insertPlans(engine, 3);
    const name = Array.from({ length: 80 }, (_, n) => createHash('sha256').update(`${n}`).digest('hex')).join(
      '/',
    );
    await engine.db.query('UPDATE public.plan SET pdf = $1 WHERE pdf = $2', [name, long]);
    const begun = await beginBlobs(engine);
    expect(await sliceBlobs(engine, begun)).toMatchObject({
      done: true,
      deleted: 2,
      objects: 2,
      setAside: 1,
    });
    expect((await standing(engine)).named).toEqual([name]);
    expect(await queueOf(engine, begun.job)).toMatchObject([
      { failure_mode: '23514', error: expect.stringMatching(/tombstone_path_of_at_most_2400_bytes/) },
    ]);
  });

  it('SLA-22: sets a row aside that cannot be cleared, with its object and without a tombstone', async () => {
    const paths = await insertPlans(engine, 6);
    await engine.db.query(
      `ALTER TABLE public.plan ADD CONSTRAINT kept CHECK (pdf IS NOT NULL OR id % 3 > 0) NOT VALID`,
    );
    try {
      const begun = await beginBlobs(engine);
      const result = await sliceBlobs(engine, begun);
      const { named, tombstones, objects } = await standing(engine);
      expect(result).toMatchObject({ done: true, deleted: 4, objects: 4, setAside: 2 });
      expect({ named, objects, tombstones }).toEqual({ named, objects: named, tombstones: [] });
      expect(paths).toEqual(expect.arrayContaining([...named]));
      expect(await queueOf(engine, begun.job)).toMatchObject([
        { failure_mode: '23514' },
        { failure_mode: '23514' },
      ]);
    } finally {
      await engine.db.query('ALTER TABLE public.plan DROP CONSTRAINT kept');
    }
  });
});
