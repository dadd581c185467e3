// Objects that no row names are judged together before any is deleted: what is too much for a run, stops it on its way or
// keeps it from beginning, and what a dry run says of it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BlobStore } from '../../../src/adapters/blob-store.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { hastyStore, sliceBlobs, startAfresh, storeWith } from '../../support/jobs/blob-runs.ts';
import { anOrphansJob } from '../../support/jobs/builders.ts';
import { beginOrphans, candidatesIn, nameInRows, numbered } from '../../support/jobs/orphans.ts';
import { holdNow, standing } from '../../support/jobs/plans.ts';
import { queueOf } from '../../support/jobs/protected-rows.ts';
import { aRun, finishRun } from '../../support/jobs/run-job.ts';
import { createShiftedEngine, DAY, type ShiftedEngine } from '../../support/jobs/shifted-store.ts';

let shifted: ShiftedEngine;
beforeAll(async () => {
  shifted = await createShiftedEngine();
});
afterAll(() => shifted.engine.close());
beforeEach(async () => {
  await startAfresh(shifted.engine);
});

describe('the guard of a run over a store', () => {
  it('fails it once the whole store is listed and too much of it seems to be nobody’s, and deletes nothing', async () => {
    const { engine, upload } = shifted;
    const paths = numbered(40);
    upload(paths, 2 * DAY);
    await nameInRows(
      engine,
      paths.slice(0, 28).map((path) => `https://cdn.example.com/${path}`),
    );
    await nameInRows(engine, paths.slice(28));
    const begun = await beginOrphans(engine, anOrphansJob({ orphans: { maxShare: 0.5 } }));
    const failure = await sliceBlobs(engine, begun).catch((error: unknown) => error);
    expect(failure).toMatchObject({ type: 'TOO_MANY_ORPHANS', nonRetryable: true });
    expect(failure).toMatchObject({
      message: expect.stringMatching(
        /^28 of the 40 objects below "pdf\/" are named by no row of public\.plan\.pdf: more than 50 %, so nothing was deleted\..*raise maxShare$/,
      ),
    });
    expect(await standing(engine)).toMatchObject({ tombstones: [], objects: paths });
    expect(await candidatesIn(engine)).toEqual(paths.slice(0, 28));
    const error = { code: 'TOO_MANY_ORPHANS', message: 'too many' };
    await finishRun(engine, begun, { state: 'failed', error });
    await nameInRows(engine, paths.slice(0, 28));
    expect(await sliceBlobs(engine, await beginOrphans(engine, begun.job))).toMatchObject({
      done: true,
      objects: 0,
    });
    expect(await candidatesIn(engine)).toEqual([]);
  });

  it('counts those of earlier runs that still wait, and does not let them go either', async () => {
    const { engine, upload } = shifted;
    const paths = numbered(40);
    upload(paths, 2 * DAY);
    await nameInRows(engine, paths.slice(0, 30));
    const job = anOrphansJob({ orphans: { maxShare: 0.3, graceSeconds: 3_600 } });
    const first = await beginOrphans(engine, job);
    expect(await sliceBlobs(engine, first)).toMatchObject({ done: true, objects: 0 });
    await finishRun(engine, first);
    await engine.db.query("UPDATE sexton.tombstone SET not_before = sexton.now() - interval '1 s'");
    await engine.db.query('DELETE FROM public.plan WHERE pdf = ANY($1)', [paths.slice(0, 5)]);
    await expect(sliceBlobs(engine, await beginOrphans(engine, job))).rejects.toMatchObject({
      type: 'TOO_MANY_ORPHANS',
    });
    expect(engine.fake.paths()).toEqual(paths);
  });

  it('lets ten go whatever their share', async () => {
    const { engine, upload } = shifted;
    upload(numbered(10), 2 * DAY);
    expect(
      await sliceBlobs(engine, await beginOrphans(engine, anOrphansJob({ orphans: { maxShare: 0.1 } }))),
    ).toMatchObject({
      objects: 10,
    });
    upload(numbered(11), 2 * DAY);
    const begun = await beginOrphans(engine, anOrphansJob({ orphans: { maxShare: 0.1 } }));
    await expect(sliceBlobs(engine, begun)).rejects.toMatchObject({ type: 'TOO_MANY_ORPHANS' });
    expect(engine.fake.paths()).toHaveLength(11);
  });
});

describe('a slice of a run over a store', () => {
  it('is stopped between two pages, and nothing was deleted', async () => {
    const { engine, upload } = shifted;
    upload(numbered(12), 2 * DAY);
    const begun = await beginOrphans(engine);
    const stop = { kind: 'stop', by: 'ana' } as const;
    const list: BlobStore['list'] = async (page) => {
      if (page.cursor) await holdNow(engine, { job: begun.job, runId: begun.plan.runId }, stop);
      return engine.dependencies.blobs!.list(page);
    };
    expect(await sliceBlobs(engine, begun, 1, storeWith(engine, { list }))).toMatchObject({
      done: false,
      objects: 0,
      hold: stop,
    });
    expect(await candidatesIn(engine)).toHaveLength(5);
    expect(engine.fake.paths()).toHaveLength(12);
  });

  it('waits for a store that is busy for a moment, and fails in the end with one that stays so', async () => {
    const { engine, upload } = shifted;
    upload(numbered(2), 2 * DAY);
    engine.fake.fail({ on: 'list', next: 1, with: 'rate_limited', retryAfter: '1' });
    const result = await sliceBlobs(engine, await beginOrphans(engine), 1, hastyStore(engine));
    expect(result).toMatchObject({ done: true, objects: 2 });
    engine.fake.fail({ on: 'list', next: 2, with: 'rate_limited', retryAfter: '1' });
    const settings = { ...DEFAULT_SETTINGS, sliceSeconds: 2 };
    await expect(
      sliceBlobs(engine, await beginOrphans(engine, anOrphansJob({ settings }))),
    ).rejects.toMatchObject({
      type: 'BATCH_FAILED',
      details: [{ code: 'BLOB_THROTTLED' }],
    });
  });

  it('sets an object aside whose path is too long for a tombstone, once, and lets the others go', async () => {
    const { engine, upload } = shifted;
    const long = `pdf/${'文'.repeat(900)}`;
    upload(['pdf/1.pdf', long], 2 * DAY);
    const begun = await beginOrphans(engine);
    expect(await sliceBlobs(engine, begun)).toMatchObject({ done: true, objects: 1, setAside: 1 });
    const queue = await queueOf(engine, begun.job);
    expect(queue).toMatchObject([{ failure_mode: 'path_too_long', resource_id: `${long.slice(0, 300)}…` }]);
    await finishRun(engine, begun);
    expect(await sliceBlobs(engine, await beginOrphans(engine, begun.job))).toMatchObject({
      done: true,
      objects: 0,
      setAside: 0,
    });
    expect(engine.fake.paths()).toEqual([long]);
  });
});

describe('a dry run over a store', () => {
  it('counts and shows what it would delete, says when that is too much, and writes nothing down', async () => {
    const { engine, upload } = shifted;
    const paths = numbered(30);
    upload(paths, 2 * DAY);
    await nameInRows(engine, paths.slice(0, 8));
    const preview = (maxShare: number) =>
      engine.run(engine.activities.preview, aRun(anOrphansJob({ orphans: { maxShare } }), { dryRun: true }));
    const orphans = { step: 'nobodys', seen: 30, orphans: 22, sample: paths.slice(8, 28) };
    expect(await preview(1)).toMatchObject({ would_delete: 0, orphans: [orphans] });
    expect((await preview(1)).orphans).not.toMatchObject([{ too_many: true }]);
    expect(await preview(0.5)).toMatchObject({ orphans: [{ ...orphans, too_many: true }] });
    expect(await standing(engine)).toMatchObject({ tombstones: [], objects: paths });
    expect(await candidatesIn(engine)).toEqual([]);
  });
});

describe('preflight refuses a run over a store whose column', () => {
  const refused = async (place: { table: string; column: string }, words: RegExp): Promise<void> => {
    const job = anOrphansJob({ orphans: { referencedBy: [{ schema: 'public', ...place }] } });
    await expect(beginOrphans(shifted.engine, job)).rejects.toMatchObject({
      type: 'PREFLIGHT_REFUSED',
      message: expect.stringMatching(words),
    });
  };

  it('is not there, is no text, or is on something that is no table', async () => {
    const { engine } = shifted;
    await engine.db.query('CREATE VIEW public.plans AS SELECT pdf FROM public.plan');
    await refused({ table: 'nowhere', column: 'pdf' }, /"nowhere" is no table that can be asked/);
    await refused(
      { table: 'plan', column: 'file' },
      /step nobodys: .*has no column file; nothing was deleted/,
    );
    await refused({ table: 'plan', column: 'made_at' }, /is of type timestamp with time zone, not text/);
    await refused({ table: 'plans', column: 'pdf' }, /"plans" is no table that can be asked/);
  });

  it('is on a large table without an index, with the statement that makes one', async () => {
    const { engine } = shifted;
    await engine.db.query(`
      CREATE TABLE public.large AS SELECT n::text AS file FROM generate_series(1, 10000) n;
      ANALYZE public.large;`);
    const index = /CREATE INDEX CONCURRENTLY ON "public"\."large" \("file"\) WHERE "file" IS NOT NULL/;
    await refused({ table: 'large', column: 'file' }, index);
    await engine.db.query('CREATE INDEX ON public.large (file) WHERE file IS NOT NULL');
    const referencedBy = [{ schema: 'public', table: 'large', column: 'file' }] as const;
    expect(await beginOrphans(engine, anOrphansJob({ orphans: { referencedBy } }))).toMatchObject({
      plan: { eligible: 0 },
    });
  });
});
