// Each job of the pack on its own tables, run by the engine: exactly what its predicate says goes, and nothing at its
// edge. Boundary rows are written once the run has fixed its cutoff, which alone decides.
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBlobStore } from '../../../src/adapters/blob-store.ts';
import { openDatabases } from '../../../src/adapters/postgres/databases.ts';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { findJob } from '../../../src/catalog/catalog.ts';
import { migrateAll } from '../../../src/client/sync/migrations.ts';
import { useBlobApi } from '../../../src/config/blob.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import { type FakeBlob, startFakeBlob } from '../../../src/local/fakes/blob.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { aRun, auditOf, beginRun, finishRun, sliceRun } from '../../support/jobs/run-job.ts';
import { firstStep } from '../../support/jobs/steps.ts';
import { freshDatabase, unique } from '../../support/stack.ts';

let catalog: Catalog;
let engine: Engine;
let blob: FakeBlob;
let db: pg.Pool;
beforeAll(async () => {
  const url = await freshDatabase('sla_jobs');
  catalog = await loadCatalog({ env: { DATABASE_URL: url, REDIS_URL: 'redis://localhost:6379' } });
  await migrateAll(catalog);
  blob = await startFakeBlob();
  useBlobApi({ apiUrl: blob.url });
  const databases = openDatabases(catalog.home, catalog.databases);
  db = databases.home;
  const blobs = createBlobStore({ token: blob.token });
  engine = { ...(await createEngine(undefined, { databases, blobs })), db };
});
afterAll(async () => {
  await engine.close();
  await engine.dependencies.databases.close();
  await blob.close();
});
beforeEach(() => db.query('TRUNCATE quiz_responses, meal_plans, magic_link_tokens, email_blacklist'));

/** As declared, but for the lock, which other tests may want at the same time. */
const declared = (name: string): JobSnapshot => ({
  ...findJob(catalog, name).snapshot,
  lockKey: unique(name),
});

const ROW_JOBS = [
  ['cleanup_quiz_responses', 'quiz_responses', 'created_at', 30 * 86_400, 'email_hash'],
  ['cleanup_magic_links', 'magic_link_tokens', 'expires_at', 86_400, 'token_hash'],
  ['cleanup_blacklist', 'email_blacklist', 'expires_at', 0, 'email_hash'],
] as const;

/** What a row is called by these tests, at the distance of an interval from an instant. */
interface Edge {
  readonly name: string;
  readonly from: string;
  readonly by: string | null;
}

/** Rows with their names in one of their texts. */
const put = async (table: string, column: string, text: string, edges: readonly Edge[]): Promise<void> => {
  const reason = table === 'email_blacklist' ? ', reason' : '';
  for (const { name, from, by } of edges)
    await db.query(
      `INSERT INTO public.${table} (${text}, ${column}${reason})
       VALUES ($1, $2::timestamptz + $3::interval${reason && ", 'bounce'"})`,
      [name, from, by],
    );
};

const namesIn = async (table: string, text: string): Promise<string[]> =>
  (await db.query(`SELECT ${text} AS name FROM public.${table} ORDER BY 1`)).rows.map(({ name }) => name);

const ended = async (run: Awaited<ReturnType<typeof beginRun>>) => {
  await sliceRun(engine, run);
  return finishRun(engine, run);
};

describe.each(ROW_JOBS)('%s', (name, table, column, seconds, text) => {
  const agesFrom = async (): Promise<string> =>
    (await db.query('SELECT (sexton.now() - make_interval(secs => $1))::text AS at', [seconds])).rows[0].at;

  it('SLA-15: deletes what is older than its age and nothing at or after the cutoff', async () => {
    const from = await agesFrom();
    await put(table, column, text, [
      { name: 'old', from, by: '-1 year' },
      { name: 'just old', from, by: '-1 second' },
      { name: 'young', from, by: '1 minute' },
    ]);
    const run = await beginRun(engine, aRun(declared(name)));
    expect(run.plan.eligible).toBe(2);
    const { startedAt, cutoff } = run.plan;
    expect((Date.parse(startedAt) - Date.parse(cutoff)) / 1_000).toBeCloseTo(seconds, 0);
    await put(table, column, text, [
      { name: 'a microsecond before', from: cutoff, by: '-1 microsecond' },
      { name: 'at the cutoff', from: cutoff, by: '0' },
      { name: 'a microsecond after', from: cutoff, by: '1 microsecond' },
    ]);
    const result = await ended(run);
    expect(result).toMatchObject({ state: 'completed', deleted: 3, remaining: 0, objects: 0 });
    expect(await namesIn(table, text)).toEqual(['a microsecond after', 'at the cutoff', 'young']);
  });

  it('SLA-09, SLA-20, SLA-21: tells its start, its batches and its end under its resource type', async () => {
    await put(table, column, text, [{ name: 'old', from: await agesFrom(), by: '-1 hour' }]);
    const run = await beginRun(engine, aRun(declared(name)));
    await ended(run);
    const audit = await auditOf(engine, run);
    expect(audit.map(({ action }) => action)).toEqual([
      'CLEANUP_STARTED',
      'CLEANUP_BATCH_COMPLETED',
      'CLEANUP_COMPLETED',
    ]);
    const { resourceType, budgetSeconds } = run.job;
    expect(new Set(audit.map(({ resource_type }) => resource_type))).toEqual(new Set([resourceType]));
    expect(audit.at(-1)?.metadata).toMatchObject({
      job: name,
      run_id: run.run.runId,
      sla_budget_seconds: budgetSeconds,
      batch_size: firstStep(run.job).batchRows,
      records_processed: 1,
      batches: 1,
      cutoff: run.plan.cutoff,
      duration_seconds: expect.any(Number),
      max_batch_ms: expect.any(Number),
      avg_batch_ms: expect.any(Number),
      lock_wait_ms: expect.any(Number),
    });
  });

  it('SLA-19: a dry run finds the same rows and deletes none', async () => {
    const from = await agesFrom();
    await put(table, column, text, [
      { name: 'old', from, by: '-1 hour' },
      { name: 'young', from, by: '1 minute' },
    ]);
    const input = aRun(declared(name), { dryRun: true });
    const preview = await engine.run(engine.activities.preview, input);
    expect(preview).toMatchObject({ would_delete: 1, sample: [{ id: expect.any(String) }] });
    expect(await namesIn(table, text)).toEqual(['old', 'young']);
    expect((await auditOf(engine, input)).map(({ action }) => action)).toEqual(['CLEANUP_DRY_RUN']);
  });
});

describe('cleanup_blacklist', () => {
  it('SLA-15: an address that is blocked without an end stays, whatever its age', async () => {
    await put('email_blacklist', 'expires_at', 'email_hash', [
      { name: 'forever', from: '2000-01-01', by: null },
      { name: 'over', from: '2000-01-01', by: '0' },
    ]);
    await db.query(`UPDATE email_blacklist SET created_at = '1999-01-01'`);
    const result = await ended(await beginRun(engine, aRun(declared('cleanup_blacklist'))));
    expect(result).toMatchObject({ deleted: 1, remaining: 0 });
    expect(await namesIn('email_blacklist', 'email_hash')).toEqual(['forever']);
  });
});

describe('cleanup_pdfs', () => {
  const OLD = '2020-01-01T00:00:00Z';

  /** A plan whose PDF was made at an instant; in the store unless it says otherwise. */
  const plan = async (path: string | null, madeAt: string | null, by = '0'): Promise<void> => {
    await db.query(
      'INSERT INTO meal_plans (pdf_blob_path, pdf_generated_at) VALUES ($1, $2::timestamptz + $3::interval)',
      [path, madeAt, by],
    );
  };

  const plans = async (): Promise<{ path: string | null; stamped: boolean }[]> =>
    (
      await db.query(
        `SELECT pdf_blob_path AS path, pdf_deleted_at IS NOT NULL AS stamped FROM meal_plans
         ORDER BY pdf_generated_at, pdf_blob_path`,
      )
    ).rows;

  const tombstones = async (): Promise<number> =>
    (await db.query('SELECT count(*)::int AS n FROM sexton.tombstone')).rows[0].n;

  beforeEach(() => blob.put(['other/file.pdf']));

  it('SLA-15: deletes the file, clears the path and stamps the row of what is over 90 days old, and no other', async () => {
    const run = await beginRun(engine, aRun(declared('cleanup_pdfs')));
    const { startedAt, cutoff } = run.plan;
    expect((Date.parse(startedAt) - Date.parse(cutoff)) / 86_400_000).toBeCloseTo(90, 5);
    blob.put(['before.pdf', 'at.pdf', 'after.pdf', 'undated.pdf']);
    await plan('before.pdf', cutoff, '-1 microsecond');
    await plan('at.pdf', cutoff);
    await plan('after.pdf', cutoff, '1 microsecond');
    await plan('undated.pdf', null);
    await plan(null, OLD);
    const result = await ended(run);
    expect(result).toMatchObject({
      state: 'completed',
      deleted: 1,
      objects: 1,
      remaining: 0,
      objectsWaiting: 0,
    });
    expect(await plans()).toEqual([
      { path: null, stamped: false },
      { path: null, stamped: true },
      { path: 'at.pdf', stamped: false },
      { path: 'after.pdf', stamped: false },
      { path: 'undated.pdf', stamped: false },
    ]);
    expect(blob.paths()).toEqual(['after.pdf', 'at.pdf', 'other/file.pdf', 'undated.pdf']);
    expect(await tombstones()).toBe(0);
  });

  it('SLA-15, SLA-21: goes in batches of 100, waits when the store asks, and tells files in its ending', async () => {
    const paths = Array.from({ length: 250 }, (_, n) => `many/${n}.pdf`);
    blob.put(paths);
    await db.query(
      'INSERT INTO meal_plans (pdf_blob_path, pdf_generated_at) SELECT path, $2 FROM unnest($1::text[]) AS path',
      [paths, OLD],
    );
    blob.fail({ next: 1, with: 'rate_limited', retryAfter: '1' });
    const run = await beginRun(engine, aRun(declared('cleanup_pdfs')));
    const callsBefore = blob.calls().length;
    expect(await ended(run)).toMatchObject({ state: 'completed', deleted: 250, objects: 250 });
    const deletes = blob
      .calls()
      .slice(callsBefore)
      .filter(({ operation }) => operation === 'delete');
    expect(deletes.map(({ result, paths: asked }) => [result, asked.length])).toEqual([
      ['rate_limited', 100],
      ['ok', 50],
      ['ok', 50],
      ['ok', 100],
      ['ok', 50],
    ]);
    expect(blob.paths().filter((path) => path.startsWith('many/'))).toEqual([]);
    const { metadata } = (await auditOf(engine, run)).at(-1)!;
    expect(metadata).toMatchObject({
      records_processed: 250,
      objects_deleted: 250,
      objects_waiting: 0,
      batch_size: 100,
    });
  });

  it('SLA-18: a file that is gone already counts as done', async () => {
    await plan('gone.pdf', OLD);
    expect(blob.has('gone.pdf')).toBe(false);
    const result = await ended(await beginRun(engine, aRun(declared('cleanup_pdfs'))));
    expect(result).toMatchObject({ state: 'completed', deleted: 1, objects: 1, setAside: 0, remaining: 0 });
    expect(await plans()).toEqual([{ path: null, stamped: true }]);
    expect(await tombstones()).toBe(0);
  });

  it('SLA-19: a dry run finds the same rows and asks nothing of the store', async () => {
    blob.put(['old.pdf']);
    await plan('old.pdf', OLD);
    await plan(null, OLD);
    const callsBefore = blob.calls().length;
    const input = aRun(declared('cleanup_pdfs'), { dryRun: true });
    expect(await engine.run(engine.activities.preview, input)).toMatchObject({ would_delete: 1 });
    expect(blob.calls()).toHaveLength(callsBefore);
    expect(await plans()).toContainEqual({ path: 'old.pdf', stamped: false });
    expect((await auditOf(engine, input)).map(({ action }) => action)).toEqual(['CLEANUP_DRY_RUN']);
  });
});
