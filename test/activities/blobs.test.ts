// Rows let go of their objects first, the objects follow: what leaves together, what waits, and what stays.
import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../src/activities/index.ts';
import type { SliceResult } from '../../src/activities/slice/slice.ts';
import type { BlobStore } from '../../src/adapters/blob-store.ts';
import { setBatchLimit } from '../../src/adapters/postgres/runs/control.ts';
import { readOldestDueSeconds } from '../../src/adapters/postgres/runs/tombstones.ts';
import { aBlobsJob } from '../support/builders.ts';
import { eventually } from '../support/eventually.ts';
import {
  type BlobEngine,
  createBlobEngine,
  deletesSince,
  emptyPlans,
  holdNow,
  insertPlans,
  standing,
} from '../support/plans.ts';
import { queueOf } from '../support/protected-rows.ts';
import { aRun, auditOf, type BegunRun, beginRun, finishRun, homeRowOf } from '../support/run-job.ts';
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
  return engine.run(activities.slice, { job, plan, slice: number });
};

const storeWith = (change: Partial<BlobStore>): BlobStore => ({ ...engine.dependencies.blobs!, ...change });

const moveClock = (seconds: number) =>
  engine.db.query('UPDATE sexton.clock SET adjustable = true, "offset" = make_interval(secs => $1)', [
    seconds,
  ]);

describe('a run over rows with objects', () => {
  it('SLA-15: clears and stamps what is old enough, deletes its objects, and touches nothing else', async () => {
    await insertPlans(engine, 12);
    const young = await insertPlans(engine, 3, { prefix: 'young', daysAgo: 0 });
    engine.fake.put(['of/nobody.pdf']);
    const begun = await begin();
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 12, objects: 12, setAside: 0 });
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
    expect(await slice(await begin(), 1, storeWith({ remove }))).toMatchObject({ done: true, objects: 7 });
    expect(seen).toEqual([5, 2]);
  });

  it('SLA-18: counts an object that is already gone as done', async () => {
    const paths = await insertPlans(engine, 6);
    await engine.dependencies.blobs?.remove(paths.slice(0, 4));
    const begun = await begin();
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 6, objects: 6 });
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed' });
  });

  it('never asks the store for more than 1,000 objects at once, whatever batch size somebody set', async () => {
    await insertPlans(engine, 2_300);
    const begun = await begin();
    const { job } = begun;
    const subject = { pack: job.pack, job: job.name, resourceType: job.resourceType };
    await setBatchLimit(engine.db, subject, { resource: job.lockKey, rows: 10_000, declared: 5, by: 'ana' });
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 2_300, objects: 2_300 });
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
    const result = await slice(await begin(aBlobsJob({ batchRows: 1 })), 1, storeWith({ remove }));
    expect(result).toMatchObject({ done: true, deleted: 2, objects: 1 });
    expect(seen).toEqual([[]]);
    expect(engine.fake.has(shared)).toBe(false);
  });

  it('buries the path that a row had when it was taken, also where somebody changed it at that very moment', async () => {
    await insertPlans(engine, 1);
    engine.fake.put(['changed.pdf']);
    const begun = await begin();
    const other = await engine.db.connect();
    try {
      await other.query(`BEGIN; UPDATE public.plan SET pdf = 'changed.pdf'`);
      const running = slice(begun);
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
      const begun = await begin();
      expect(await slice(begun)).toMatchObject({ done: true, deleted: 0, objects: 0 });
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
    const result = await slice(await begin(aBlobsJob({ batchRows: 1 })), 1, storeWith({ remove }));
    expect(result).toMatchObject({ done: true, deleted: 4, objects: 1 });
    expect(seen).toEqual([[path]]);
    const others = `https://other1.public.blob.vercel-storage.com/${path}`;
    await engine.db.query(
      "INSERT INTO public.plan (made_at, pdf) VALUES (sexton.now() - interval '3 days', $1)",
      [others],
    );
    const dies = storeWith({ remove: () => Promise.reject(new Error('the worker dies')) });
    await expect(slice(await begin(), 1, dies)).rejects.toThrow(/the worker dies/);
    expect((await standing(engine)).tombstones).toEqual([others]);
  });

  it('SLA-22: sets a row aside whose path is too long for a tombstone, and clears the others', async () => {
    const [, long = ''] = await insertPlans(engine, 3);
    const name = Array.from({ length: 80 }, (_, n) => createHash('sha256').update(`${n}`).digest('hex')).join(
      '/',
    );
    await engine.db.query('UPDATE public.plan SET pdf = $1 WHERE pdf = $2', [name, long]);
    const begun = await begin();
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 2, objects: 2, setAside: 1 });
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
      const begun = await begin();
      const result = await slice(begun);
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

describe('a row that names an object again', () => {
  it('keeps it: the tombstone is withdrawn, and nothing is counted or warned of', async () => {
    const [again = '', ...others] = await insertPlans(engine, 3);
    const begun = await begin();
    const failing = storeWith({ remove: () => Promise.reject(new Error('the worker dies')) });
    await expect(slice(begun, 1, failing)).rejects.toThrow(/the worker dies/);
    expect(await standing(engine)).toMatchObject({ cleared: 3, tombstones: [again, ...others] });
    await engine.db.query('INSERT INTO public.plan (made_at, pdf) VALUES (sexton.now(), $1)', [again]);
    expect(await slice(begun, 2)).toMatchObject({ done: true, deleted: 3, objects: 2 });
    expect(await standing(engine)).toEqual({ named: [again], cleared: 3, tombstones: [], objects: [again] });
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed' });
  });
});

describe('a time of grace', () => {
  const job = () => aBlobsJob({ blobs: { graceSeconds: 3_600 } });

  it('leaves the objects there and says how many wait; the first run after it deletes them', async () => {
    const paths = await insertPlans(engine, 7);
    const first = await begin(job());
    expect(await slice(first)).toMatchObject({ done: true, deleted: 7, objects: 0 });
    expect(await finishRun(engine, first)).toMatchObject({
      state: 'completed',
      objects: 0,
      objectsWaiting: 7,
    });
    expect((await auditOf(engine, first)).at(-1)).toMatchObject({ metadata: { objects_waiting: 7 } });
    expect(await standing(engine)).toMatchObject({ cleared: 7, tombstones: paths, objects: paths });
    try {
      await moveClock(3_599);
      const early = await begin(first.job);
      expect(await slice(early)).toMatchObject({ done: true, deleted: 0, objects: 0 });
      expect(await finishRun(engine, early)).toMatchObject({ state: 'completed', objectsWaiting: 7 });
      await moveClock(3_700);
      const late = await begin(first.job);
      expect(await slice(late)).toMatchObject({ done: true, deleted: 0, objects: 7 });
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
    const begun = await begin(job());
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 3 });
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
    const begun = await begin();
    const { job } = begun;
    const dies = storeWith({ remove: () => Promise.reject(new Error('the worker dies')) });
    await expect(slice(begun, 1, dies)).rejects.toThrow(/the worker dies/);
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
    const failing = storeWith({ remove: () => Promise.reject(new Error('the worker dies')) });
    await expect(slice(await begin(job), 1, failing)).rejects.toThrow(/the worker dies/);
    expect(await standing(engine)).toMatchObject({ cleared: 8, tombstones: paths });

    const subject = { pack: job.pack, job: job.name, resourceType: job.resourceType };
    await setBatchLimit(engine.db, subject, { resource: job.lockKey, rows: 3, declared: 8, by: 'ana' });
    await redis.del(job.lockKey);
    const begun = await begin(job);
    const stop = { kind: 'stop', by: 'ana' } as const;
    const remove: BlobStore['remove'] = async (some) => {
      await engine.dependencies.blobs!.remove(some);
      await holdNow(engine, { job, runId: begun.plan.runId }, stop);
    };
    const held = await slice(begun, 1, storeWith({ remove }));
    expect(held).toMatchObject({ done: false, deleted: 0, objects: 3, hold: stop });
    const left = paths.slice(3);
    expect(await standing(engine)).toMatchObject({ tombstones: left, objects: left });
  });

  it('is found by the next one: nothing more leaves, and what is left goes after the resume', async () => {
    await insertPlans(engine, 10);
    const begun = await begin();
    const { job, plan } = begun;
    const pause = { kind: 'pause', by: 'ana', reason: 'the bucket moves' } as const;
    const remove: BlobStore['remove'] = async (paths) => {
      await engine.dependencies.blobs!.remove(paths);
      await holdNow(engine, { job, runId: plan.runId }, pause);
    };
    const held = await slice(begun, 1, storeWith({ remove }));
    expect(held).toMatchObject({ done: false, deleted: 5, objects: 5, hold: pause });
    expect(await standing(engine)).toMatchObject({ cleared: 5, tombstones: [] });
    expect(await slice(begun, 2)).toMatchObject({ done: false, deleted: 5, objects: 5, hold: pause });
    const { pack, name, resourceType, lockKey } = job;
    const run = { pack, job: name, database: 'app', resourceType, lockKey, runId: plan.runId };
    await engine.run(engine.activities.releaseRun, { run, by: 'ana' });
    expect(await slice(begun, 3)).toMatchObject({ done: true, deleted: 10, objects: 10 });
  });
});
