// Objects that no row names: found by listing the whole store, judged together, and deleted only after that.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../src/activities/index.ts';
import type { SliceResult } from '../../src/activities/slice/slice.ts';
import type { BlobStore } from '../../src/adapters/blob-store.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { anOrphansJob } from '../support/builders.ts';
import { emptyPlans, holdNow, standing } from '../support/plans.ts';
import { queueOf } from '../support/protected-rows.ts';
import { aRun, auditOf, type BegunRun, beginRun, finishRun } from '../support/run-job.ts';
import { createShiftedEngine, DAY, type ShiftedEngine } from '../support/shifted-store.ts';

let shifted: ShiftedEngine;
beforeAll(async () => {
  shifted = await createShiftedEngine();
});
afterAll(() => shifted.engine.close());
beforeEach(async () => {
  const { engine } = shifted;
  await emptyPlans(engine);
  await engine.db.query('TRUNCATE sexton.orphan');
  const left = engine.fake.paths();
  if (left.length > 0) await engine.dependencies.blobs?.remove(left);
});

const begin = (job = anOrphansJob()): Promise<BegunRun> => beginRun(shifted.engine, aRun(job));

const storeWith = (change: Partial<BlobStore>): BlobStore => ({
  ...shifted.engine.dependencies.blobs!,
  ...change,
});

const slice = (
  { job, plan }: BegunRun,
  number = 1,
  blobs: BlobStore = storeWith({}),
): Promise<SliceResult> => {
  const activities = createCleanupActivities({ ...shifted.engine.dependencies, blobs });
  return shifted.engine.run(activities.slice, { job, plan, slice: number });
};

const numbered = (count: number, prefix = 'pdf/'): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(4, '0')}.pdf`);

/** Rows that name objects so. */
const name = async (names: readonly string[]): Promise<void> => {
  await shifted.engine.db.query(
    'INSERT INTO public.plan (made_at, pdf) SELECT sexton.now(), name FROM unnest($1::text[]) name',
    [names],
  );
};

const addressOf = (path: string, access = 'public'): string =>
  `https://${shifted.engine.fake.storeId}.${access}.blob.vercel-storage.com/${path}`;

const candidates = async (): Promise<readonly string[]> =>
  (await shifted.engine.db.query('SELECT path FROM sexton.orphan ORDER BY path')).rows.map(
    ({ path }) => path,
  );

describe('a run over a store', () => {
  it('deletes what is old and named by no row, and nothing else: not what is young, nor what is elsewhere', async () => {
    const { engine, upload } = shifted;
    const paths = numbered(12);
    upload(paths, 2 * DAY);
    upload(['pdf/young.pdf'], DAY / 2);
    upload(['elsewhere/1.pdf'], 9 * DAY);
    await name(paths.slice(0, 9));
    const begun = await begin();
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 0, objects: 3, setAside: 0 });
    expect(engine.fake.paths()).toEqual(['elsewhere/1.pdf', ...paths.slice(0, 9), 'pdf/young.pdf']);
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed', objects: 3, remaining: 0 });
    expect((await auditOf(engine, begun)).at(-1)).toMatchObject({ metadata: { objects_deleted: 3 } });
    expect(await candidates()).toEqual([]);
  });

  it('takes an object for named whichever of its names a row holds', async () => {
    const { engine, upload } = shifted;
    const paths = ['pdf/a.pdf', 'pdf/b ü.pdf', 'pdf/c.pdf', 'pdf/d#1.pdf', 'pdf/e.pdf', 'pdf/f.pdf'];
    upload([...paths, 'pdf/orphan.pdf'], 2 * DAY);
    await name([
      'pdf/a.pdf',
      addressOf(encodeURI('pdf/b ü.pdf')),
      `${addressOf('pdf/c.pdf')}?download=1`,
      addressOf('pdf/d%231.pdf'),
      '/pdf/e.pdf',
      addressOf('pdf/f.pdf', 'private'),
    ]);
    const begun = await begin(anOrphansJob({ orphans: { graceSeconds: 3_600 } }));
    expect(await slice(begun)).toMatchObject({ done: true, objects: 0 });
    expect(await standing(engine)).toMatchObject({ tombstones: ['pdf/orphan.pdf'] });
    await finishRun(engine, begun);
    await engine.db.query("UPDATE sexton.tombstone SET not_before = sexton.now() - interval '1 s'");
    expect(await slice(await begin(begun.job))).toMatchObject({ done: true, objects: 1 });
    expect(engine.fake.paths()).toEqual(paths);
  });

  it('asks every column that is declared to name objects', async () => {
    const { engine, upload } = shifted;
    await engine.db.query('CREATE TABLE IF NOT EXISTS public.copy (file varchar(200))');
    await engine.db.query("INSERT INTO public.copy VALUES ('pdf/0001.pdf')");
    upload(numbered(3), 2 * DAY);
    await name(['pdf/0000.pdf']);
    const referencedBy = [
      { schema: 'public', table: 'plan', column: 'pdf' },
      { schema: 'public', table: 'copy', column: 'file' },
    ] as const;
    expect(await slice(await begin(anOrphansJob({ orphans: { referencedBy } })))).toMatchObject({
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
    expect(await slice(await begin())).toMatchObject({ done: true, objects: 1 });
    expect(engine.fake.paths()).toEqual(['pdf/0000.pdf']);
  });

  it('goes on where it was killed, from the cursor in the ledger, without listing a page twice', async () => {
    const { engine, upload } = shifted;
    upload(numbered(30), 2 * DAY);
    const begun = await begin();
    const listed: number[] = [];
    const list: BlobStore['list'] = async (page) => {
      const found = await engine.dependencies.blobs!.list(page);
      if (listed.length === 3) throw new Error('the worker dies');
      listed.push(found.objects.length);
      return found;
    };
    await expect(slice(begun, 1, storeWith({ list }))).rejects.toThrow(/the worker dies/);
    expect(await candidates()).toHaveLength(15);
    const calls = engine.fake.calls().length;
    expect(await slice(begun, 2)).toMatchObject({ done: true, objects: 30 });
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
      expect(await slice(await begin(anOrphansJob({ orphans: { paths } })))).toMatchObject({ objects: 8 });
      expect(deletes() - before).toBe(calls);
    }
  });
});

describe('a deletion of orphans that is done in part', () => {
  it('fails the slice and counts nothing; the next one deletes and counts each of them once', async () => {
    const { engine, upload } = shifted;
    upload(numbered(4), 2 * DAY);
    const begun = await begin(anOrphansJob({ orphans: { paths: 'immutable' } }));
    engine.fake.fail({ next: 1, with: 'partial-then-500' });
    await expect(slice(begun)).rejects.toMatchObject({ details: [{ code: 'BLOB_UNAVAILABLE' }] });
    expect(await standing(engine)).toMatchObject({ tombstones: numbered(4), objects: numbered(4).slice(2) });
    expect(await slice(begun, 2)).toMatchObject({ done: true, objects: 4 });
  });
});

describe('between finding an orphan and deleting it', () => {
  const job = () => anOrphansJob({ orphans: { graceSeconds: 3_600 } });
  const comeDue = () =>
    shifted.engine.db.query("UPDATE sexton.tombstone SET not_before = sexton.now() - interval '1 s'");

  it('a time of grace passes: the run that found it deletes nothing, the first one after the grace does', async () => {
    const { engine, upload } = shifted;
    upload(numbered(3), 2 * DAY);
    const first = await begin(job());
    expect(await slice(first)).toMatchObject({ done: true, objects: 0 });
    expect(await finishRun(engine, first)).toMatchObject({ state: 'completed', objectsWaiting: 3 });
    const early = await begin(first.job);
    expect(await slice(early)).toMatchObject({ done: true, objects: 0 });
    expect(await finishRun(engine, early)).toMatchObject({ state: 'completed', objectsWaiting: 3 });
    await comeDue();
    const late = await begin(first.job);
    expect(await slice(late)).toMatchObject({ done: true, objects: 3 });
    expect(await standing(engine)).toMatchObject({ tombstones: [], objects: [] });
  });

  it('a row that names it after all keeps it, and so does another upload to its path, even of the same content', async () => {
    const { engine, upload } = shifted;
    const [named = '', changed = '', same = '', orphan = ''] = numbered(4);
    upload([named, changed, same, orphan], 2 * DAY);
    const first = await begin(job());
    await slice(first);
    await finishRun(engine, first);
    await comeDue();
    await name([addressOf(named)]);
    upload([changed], DAY, 'another');
    upload([same], 0);
    expect(await slice(await begin(first.job))).toMatchObject({ done: true, objects: 1 });
    expect(await standing(engine)).toMatchObject({ tombstones: [], objects: [named, changed, same] });
  });

  it('a list that is stale does no harm: what has gone or come since is looked at before it is deleted', async () => {
    const { engine, upload } = shifted;
    const [gone = '', anew = '', orphan = ''] = numbered(3);
    upload([gone, anew, orphan], 2 * DAY);
    engine.fake.fail({ on: 'list', next: 1, with: 'stale' });
    await engine.dependencies.blobs!.remove([gone]);
    upload([anew], 0, 'another');
    expect(await slice(await begin())).toMatchObject({ done: true, objects: 2 });
    expect(await standing(engine)).toMatchObject({ tombstones: [], objects: [anew] });
  });
});

describe('the guard of a run over a store', () => {
  it('fails it once the whole store is listed and too much of it seems to be nobody’s, and deletes nothing', async () => {
    const { engine, upload } = shifted;
    const paths = numbered(40);
    upload(paths, 2 * DAY);
    await name(paths.slice(0, 28).map((path) => `https://cdn.example.com/${path}`));
    await name(paths.slice(28));
    const begun = await begin(anOrphansJob({ orphans: { maxShare: 0.5 } }));
    const failure = await slice(begun).catch((error: unknown) => error);
    expect(failure).toMatchObject({ type: 'TOO_MANY_ORPHANS', nonRetryable: true });
    expect(failure).toMatchObject({
      message: expect.stringMatching(
        /^28 of the 40 objects below "pdf\/" are named by no row of public\.plan\.pdf: more than 50 %, so nothing was deleted\..*raise maxShare$/,
      ),
    });
    expect(await standing(engine)).toMatchObject({ tombstones: [], objects: paths });
    expect(await candidates()).toEqual(paths.slice(0, 28));
    const error = { code: 'TOO_MANY_ORPHANS', message: 'too many' };
    await finishRun(engine, begun, { state: 'failed', error });
    await name(paths.slice(0, 28));
    expect(await slice(await begin(begun.job))).toMatchObject({ done: true, objects: 0 });
    expect(await candidates()).toEqual([]);
  });

  it('counts those of earlier runs that still wait, and does not let them go either', async () => {
    const { engine, upload } = shifted;
    const paths = numbered(40);
    upload(paths, 2 * DAY);
    await name(paths.slice(0, 30));
    const job = anOrphansJob({ orphans: { maxShare: 0.3, graceSeconds: 3_600 } });
    const first = await begin(job);
    expect(await slice(first)).toMatchObject({ done: true, objects: 0 });
    await finishRun(engine, first);
    await engine.db.query("UPDATE sexton.tombstone SET not_before = sexton.now() - interval '1 s'");
    await engine.db.query('DELETE FROM public.plan WHERE pdf = ANY($1)', [paths.slice(0, 5)]);
    await expect(slice(await begin(job))).rejects.toMatchObject({ type: 'TOO_MANY_ORPHANS' });
    expect(engine.fake.paths()).toEqual(paths);
  });

  it('lets ten go whatever their share', async () => {
    const { engine, upload } = shifted;
    upload(numbered(10), 2 * DAY);
    expect(await slice(await begin(anOrphansJob({ orphans: { maxShare: 0.1 } })))).toMatchObject({
      objects: 10,
    });
    upload(numbered(11), 2 * DAY);
    const begun = await begin(anOrphansJob({ orphans: { maxShare: 0.1 } }));
    await expect(slice(begun)).rejects.toMatchObject({ type: 'TOO_MANY_ORPHANS' });
    expect(engine.fake.paths()).toHaveLength(11);
  });
});

describe('a slice of a run over a store', () => {
  it('is stopped between two pages, and nothing was deleted', async () => {
    const { engine, upload } = shifted;
    upload(numbered(12), 2 * DAY);
    const begun = await begin();
    const stop = { kind: 'stop', by: 'ana' } as const;
    const list: BlobStore['list'] = async (page) => {
      if (page.cursor) await holdNow(engine, { job: begun.job, runId: begun.plan.runId }, stop);
      return engine.dependencies.blobs!.list(page);
    };
    expect(await slice(begun, 1, storeWith({ list }))).toMatchObject({ done: false, objects: 0, hold: stop });
    expect(await candidates()).toHaveLength(5);
    expect(engine.fake.paths()).toHaveLength(12);
  });

  it('waits for a store that is busy for a moment, and fails in the end with one that stays so', async () => {
    const { engine, upload } = shifted;
    upload(numbered(2), 2 * DAY);
    engine.fake.fail({ on: 'list', next: 1, with: 'rate_limited', retryAfter: '1' });
    expect(await slice(await begin())).toMatchObject({ done: true, objects: 2 });
    engine.fake.fail({ on: 'list', next: 2, with: 'rate_limited', retryAfter: '1' });
    const settings = { ...DEFAULT_SETTINGS, sliceSeconds: 2 };
    await expect(slice(await begin(anOrphansJob({ settings })))).rejects.toMatchObject({
      type: 'BATCH_FAILED',
      details: [{ code: 'BLOB_THROTTLED' }],
    });
  });

  it('sets an object aside whose path is too long for a tombstone, once, and lets the others go', async () => {
    const { engine, upload } = shifted;
    const long = `pdf/${'文'.repeat(900)}`;
    upload(['pdf/1.pdf', long], 2 * DAY);
    const begun = await begin();
    expect(await slice(begun)).toMatchObject({ done: true, objects: 1, setAside: 1 });
    const queue = await queueOf(engine, begun.job);
    expect(queue).toMatchObject([{ failure_mode: 'path_too_long', resource_id: `${long.slice(0, 300)}…` }]);
    await finishRun(engine, begun);
    expect(await slice(await begin(begun.job))).toMatchObject({ done: true, objects: 0, setAside: 0 });
    expect(engine.fake.paths()).toEqual([long]);
  });
});

describe('a dry run over a store', () => {
  it('counts and shows what it would delete, says when that is too much, and writes nothing down', async () => {
    const { engine, upload } = shifted;
    const paths = numbered(30);
    upload(paths, 2 * DAY);
    await name(paths.slice(0, 8));
    const preview = (maxShare: number) =>
      engine.run(engine.activities.preview, aRun(anOrphansJob({ orphans: { maxShare } }), { dryRun: true }));
    const orphans = { step: 'nobodys', seen: 30, orphans: 22, sample: paths.slice(8, 28) };
    expect(await preview(1)).toMatchObject({ would_delete: 0, orphans: [orphans] });
    expect((await preview(1)).orphans).not.toMatchObject([{ too_many: true }]);
    expect(await preview(0.5)).toMatchObject({ orphans: [{ ...orphans, too_many: true }] });
    expect(await standing(engine)).toMatchObject({ tombstones: [], objects: paths });
    expect(await candidates()).toEqual([]);
  });
});

describe('preflight refuses a run over a store whose column', () => {
  const refused = async (place: { table: string; column: string }, words: RegExp): Promise<void> => {
    const job = anOrphansJob({ orphans: { referencedBy: [{ schema: 'public', ...place }] } });
    await expect(begin(job)).rejects.toMatchObject({
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
    expect(await begin(anOrphansJob({ orphans: { referencedBy } }))).toMatchObject({ plan: { eligible: 0 } });
  });
});
