// Objects that no row names: found by listing the whole store, and deleted only where that is still so.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BlobStore } from '../../../src/adapters/blob-store.ts';
import { sliceBlobs, startAfresh, storeWith } from '../../support/jobs/blob-runs.ts';
import { anOrphansJob } from '../../support/jobs/builders.ts';
import { addressOf, beginOrphans, candidatesIn, nameInRows, numbered } from '../../support/jobs/orphans.ts';
import { standing } from '../../support/jobs/plans.ts';
import { auditOf, finishRun } from '../../support/jobs/run-job.ts';
import { createShiftedEngine, DAY, type ShiftedEngine } from '../../support/jobs/shifted-store.ts';

let shifted: ShiftedEngine;
beforeAll(async () => {
  shifted = await createShiftedEngine();
});
afterAll(() => shifted.engine.close());
beforeEach(async () => {
  await startAfresh(shifted.engine);
});

describe('a run over a store', () => {
  it('deletes what is old and named by no row, and nothing else: not what is young, nor what is elsewhere', async () => {
    const { engine, upload } = shifted;
    const paths = numbered(12);
    upload(paths, 2 * DAY);
    upload(['pdf/young.pdf'], DAY / 2);
    upload(['elsewhere/1.pdf'], 9 * DAY);
    await nameInRows(engine, paths.slice(0, 9));
    const begun = await beginOrphans(engine);
    expect(await sliceBlobs(engine, begun)).toMatchObject({
      done: true,
      deleted: 0,
      objects: 3,
      setAside: 0,
    });
    expect(engine.fake.paths()).toEqual(['elsewhere/1.pdf', ...paths.slice(0, 9), 'pdf/young.pdf']);
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed', objects: 3, remaining: 0 });
    expect((await auditOf(engine, begun)).at(-1)).toMatchObject({ metadata: { objects_deleted: 3 } });
    expect(await candidatesIn(engine)).toEqual([]);
  });

  it('takes an object for named whichever of its names a row holds', async () => {
    const { engine, upload } = shifted;
    const paths = ['pdf/a.pdf', 'pdf/b ü.pdf', 'pdf/c.pdf', 'pdf/d#1.pdf', 'pdf/e.pdf', 'pdf/f.pdf'];
    upload([...paths, 'pdf/orphan.pdf'], 2 * DAY);
    await nameInRows(engine, [
      'pdf/a.pdf',
      addressOf(engine, encodeURI('pdf/b ü.pdf')),
      `${addressOf(engine, 'pdf/c.pdf')}?download=1`,
      addressOf(engine, 'pdf/d%231.pdf'),
      '/pdf/e.pdf',
      addressOf(engine, 'pdf/f.pdf', 'private'),
    ]);
    const begun = await beginOrphans(engine, anOrphansJob({ orphans: { graceSeconds: 3_600 } }));
    expect(await sliceBlobs(engine, begun)).toMatchObject({ done: true, objects: 0 });
    expect(await standing(engine)).toMatchObject({ tombstones: ['pdf/orphan.pdf'] });
    await finishRun(engine, begun);
    await engine.db.query("UPDATE sexton.tombstone SET not_before = sexton.now() - interval '1 s'");
    expect(await sliceBlobs(engine, await beginOrphans(engine, begun.job))).toMatchObject({
      done: true,
      objects: 1,
    });
    expect(engine.fake.paths()).toEqual(paths);
  });

  it('asks every column that is declared to name objects', async () => {
    const { engine, upload } = shifted;
    await engine.db.query('CREATE TABLE IF NOT EXISTS public.copy (file varchar(200))');
    await engine.db.query("INSERT INTO public.copy VALUES ('pdf/0001.pdf')");
    upload(numbered(3), 2 * DAY);
    await nameInRows(engine, ['pdf/0000.pdf']);
    const referencedBy = [
      { schema: 'public', table: 'plan', column: 'pdf' },
      { schema: 'public', table: 'copy', column: 'file' },
    ] as const;
    expect(
      await sliceBlobs(engine, await beginOrphans(engine, anOrphansJob({ orphans: { referencedBy } }))),
    ).toMatchObject({
      objects: 1,
    });
    expect(engine.fake.paths()).toEqual(['pdf/0000.pdf', 'pdf/0001.pdf']);
  });

  it('leaves objects to the step whose tombstones they are', async () => {
    const { engine, upload } = shifted;
    upload(numbered(2), 2 * DAY);
    await engine.db.query(
      `INSERT INTO sexton.tombstone (path, pack, job, step, run_id, not_before)
       VALUES ('pdf/0000.pdf', 'test-pack', 'another', 'plans', 'r', sexton.now() + interval '1 day')`,
    );
    expect(await sliceBlobs(engine, await beginOrphans(engine))).toMatchObject({ done: true, objects: 1 });
    expect(engine.fake.paths()).toEqual(['pdf/0000.pdf']);
  });

  it('goes on where it was killed, from the cursor in the ledger, without listing a page twice', async () => {
    const { engine, upload } = shifted;
    upload(numbered(30), 2 * DAY);
    const begun = await beginOrphans(engine);
    const listed: number[] = [];
    const list: BlobStore['list'] = async (page) => {
      const found = await engine.dependencies.blobs!.list(page);
      if (listed.length === 3) throw new Error('the worker dies');
      listed.push(found.objects.length);
      return found;
    };
    await expect(sliceBlobs(engine, begun, 1, storeWith(engine, { list }))).rejects.toThrow(
      /the worker dies/,
    );
    expect(await candidatesIn(engine)).toHaveLength(15);
    const calls = engine.fake.calls().length;
    expect(await sliceBlobs(engine, begun, 2)).toMatchObject({ done: true, objects: 30 });
    const pages = engine.fake
      .calls()
      .slice(calls)
      .filter(({ operation }) => operation === 'list');
    expect(pages).toHaveLength(3);
  });

  it('deletes many at once where paths are never used again, and one by one, under their etags, where they are', async () => {
    const { engine, upload } = shifted;
    const deletes = () => engine.fake.calls().filter(({ operation }) => operation === 'delete').length;
    for (const [paths, calls] of [
      ['immutable', 2],
      ['reused', 8],
    ] as const) {
      upload(numbered(8), 2 * DAY);
      const before = deletes();
      expect(
        await sliceBlobs(engine, await beginOrphans(engine, anOrphansJob({ orphans: { paths } }))),
      ).toMatchObject({ objects: 8 });
      expect(deletes() - before).toBe(calls);
    }
  });
});

describe('a deletion of orphans that is done in part', () => {
  it('fails the slice and counts nothing; the next one deletes and counts each of them once', async () => {
    const { engine, upload } = shifted;
    upload(numbered(4), 2 * DAY);
    const begun = await beginOrphans(engine, anOrphansJob({ orphans: { paths: 'immutable' } }));
    engine.fake.fail({ next: 1, with: 'partial-then-500' });
    await expect(sliceBlobs(engine, begun)).rejects.toMatchObject({
      details: [{ code: 'BLOB_UNAVAILABLE' }],
    });
    expect(await standing(engine)).toMatchObject({ tombstones: numbered(4), objects: numbered(4).slice(2) });
    expect(await sliceBlobs(engine, begun, 2)).toMatchObject({ done: true, objects: 4 });
  });
});

describe('between finding an orphan and deleting it', () => {
  const job = () => anOrphansJob({ orphans: { graceSeconds: 3_600 } });
  const comeDue = () =>
    shifted.engine.db.query("UPDATE sexton.tombstone SET not_before = sexton.now() - interval '1 s'");

  it('a time of grace passes: the run that found it deletes nothing, the first one after the grace does', async () => {
    const { engine, upload } = shifted;
    upload(numbered(3), 2 * DAY);
    const first = await beginOrphans(engine, job());
    expect(await sliceBlobs(engine, first)).toMatchObject({ done: true, objects: 0 });
    expect(await finishRun(engine, first)).toMatchObject({ state: 'completed', objectsWaiting: 3 });
    const early = await beginOrphans(engine, first.job);
    expect(await sliceBlobs(engine, early)).toMatchObject({ done: true, objects: 0 });
    expect(await finishRun(engine, early)).toMatchObject({ state: 'completed', objectsWaiting: 3 });
    await comeDue();
    const late = await beginOrphans(engine, first.job);
    expect(await sliceBlobs(engine, late)).toMatchObject({ done: true, objects: 3 });
    expect(await standing(engine)).toMatchObject({ tombstones: [], objects: [] });
  });

  it('a row that names it after all keeps it, and so does another upload to its path, even of the same content', async () => {
    const { engine, upload } = shifted;
    const [named = '', changed = '', same = '', orphan = ''] = numbered(4);
    upload([named, changed, same, orphan], 2 * DAY);
    const first = await beginOrphans(engine, job());
    await sliceBlobs(engine, first);
    await finishRun(engine, first);
    await comeDue();
    await nameInRows(engine, [addressOf(engine, named)]);
    upload([changed], DAY, 'another');
    upload([same], 0);
    expect(await sliceBlobs(engine, await beginOrphans(engine, first.job))).toMatchObject({
      done: true,
      objects: 1,
    });
    expect(await standing(engine)).toMatchObject({ tombstones: [], objects: [named, changed, same] });
  });

  it('a list that is stale does no harm: what has gone or come since is looked at before it is deleted', async () => {
    const { engine, upload } = shifted;
    const [gone = '', anew = '', orphan = ''] = numbered(3);
    upload([gone, anew, orphan], 2 * DAY);
    engine.fake.fail({ on: 'list', next: 1, with: 'stale' });
    await engine.dependencies.blobs!.remove([gone]);
    upload([anew], 0, 'another');
    expect(await sliceBlobs(engine, await beginOrphans(engine))).toMatchObject({ done: true, objects: 2 });
    expect(await standing(engine)).toMatchObject({ tombstones: [], objects: [anew] });
  });
});
