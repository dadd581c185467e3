// The pack's job on its own tables, run by the engine: exactly the drafts that nobody used within a day, and what is told of it.
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabases } from '../../../src/adapters/postgres/databases.ts';
import { createRedisLock } from '../../../src/adapters/redis-lock.ts';
import { findJob } from '../../../src/catalog/catalog.ts';
import { migrateAll } from '../../../src/client/sync/migrations.ts';
import { FAILURE_TYPES } from '../../../src/domain/failure.ts';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { aRun, auditOf, beginRun, finishRun, sliceRun } from '../../support/jobs/run-job.ts';
import { firstStep } from '../../support/jobs/steps.ts';
import { draftCatalog } from '../../support/packs/draft-pack.ts';
import { schemasOf } from '../../support/packs/schemas.ts';
import { freshDatabase, unique } from '../../support/stack.ts';

const schemas = schemasOf('draft-cleanup');

let engine: Engine;
let db: pg.Pool;
let declared: JobSnapshot;
beforeAll(async () => {
  const url = await freshDatabase('draft_job');
  const catalog = draftCatalog({ DATABASE_URL: url });
  await migrateAll(catalog);
  const databases = openDatabases(catalog.home, catalog.databases);
  db = databases.home;
  engine = { ...(await createEngine(undefined, { databases })), db };
  // As declared, but for the lock: files of the suite share one Redis.
  declared = { ...findJob(catalog, 'cleanup-old-drafts-hourly').snapshot, lockKey: unique('lock:drafts') };
});
afterAll(async () => {
  await engine.close();
  await engine.dependencies.databases.close();
});
beforeEach(() => db.query('TRUNCATE courses, draft_ledger, job_runs'));

/** A draft by its name, so old at an instant; unused unless it says otherwise. */
const put = (
  title: string,
  instant: string,
  age: string,
  more: { status?: string; generation?: string } = {},
) =>
  db.query(
    `INSERT INTO courses (title, status, generation_status, created_at, updated_at)
     VALUES ($1, $2, $3, $4::timestamptz - $5::interval, $4::timestamptz - $5::interval)`,
    [title, more.status ?? 'draft', more.generation ?? null, instant, age],
  );

const titles = async (): Promise<string[]> =>
  (await db.query('SELECT title FROM courses ORDER BY title')).rows.map(({ title }) => title);

const now = async (): Promise<string> => (await db.query('SELECT sexton.now()::text AS at')).rows[0].at;

const old = async (count: number): Promise<void> => {
  const at = await now();
  for (let n = 1; n <= count; n += 1) await put(`old ${n}`, at, `${24 + n} hours`);
};

describe('the job', () => {
  it('is declared as the specification says (DRAFT-15, DRAFT-17, DRAFT-18)', () => {
    const catalog = draftCatalog();
    const { schedule, snapshot } = findJob(catalog, 'cleanup-old-drafts-hourly');
    const { selection, batchRows } = firstStep(snapshot);
    expect([schedule, snapshot.lockKey, batchRows, selection.orderBy]).toEqual([
      '0 * * * *',
      'lock:cleanup:cleanup-old-drafts-hourly',
      500,
      ['created_at', 'id'],
    ]);
    const cleaning = catalog.jobs.filter((job) => job.snapshot.resourceType === 'course_draft');
    expect(cleaning).toHaveLength(1);
  });

  it('may take 300 s: above 80 % of it is a warning, above all of it HIGH (DRAFT-19)', () => {
    const { snapshot } = findJob(draftCatalog(), 'cleanup-old-drafts-hourly');
    expect(snapshot.budgetSeconds).toBe(300);
    expect(snapshot.alerts?.budget?.bands.map((band) => [band.abovePercent, band.severityWord])).toEqual([
      [80, 'MEDIUM'],
      [100, 'HIGH'],
    ]);
    expect(snapshot.alerts?.failure).toBeUndefined();
  });

  it('deletes unused drafts strictly older than a day at its start, and nothing else (DRAFT-16, DRAFT-21)', async () => {
    await put('active of 90 h', await now(), '90 hours', { generation: 'completed' });
    await put('no draft', await now(), '90 hours', { status: 'published' });
    const run = await beginRun(engine, aRun(declared));
    const { startedAt, cutoff } = run.plan;
    // The run's first act, by the database's clock.
    const early = Date.parse(startedAt) - 24 * 3_600_000 - Date.parse(cutoff);
    expect(early).toBeGreaterThanOrEqual(0);
    expect(early).toBeLessThan(5_000);
    await put('unused 23:59:59', cutoff, '-1 second');
    await put('unused 24:00:00', cutoff, '0');
    await put('unused 24:00:01', cutoff, '1 second');
    await put('unused 30:00:00', cutoff, '6 hours');
    await put('of the future', cutoff, '-25 hours');
    await sliceRun(engine, run);
    expect(await finishRun(engine, run)).toMatchObject({ state: 'completed', deleted: 2, remaining: 0 });
    expect(await titles()).toEqual([
      'active of 90 h',
      'no draft',
      'of the future',
      'unused 23:59:59',
      'unused 24:00:00',
    ]);
    const { rows } = await db.query(
      `SELECT pending_count FROM check_pending_cleanup(sexton.now() - $1::timestamptz)`,
      [cutoff],
    );
    expect(rows).toEqual([{ pending_count: 0 }]);
  });

  it('lets a draft live that was used after it was counted (DRAFT-17)', async () => {
    await old(3);
    const run = await beginRun(engine, aRun(declared));
    expect(run.plan.eligible).toBe(3);
    await db.query(`UPDATE courses SET generation_status = 'pending' WHERE title = 'old 2'`);
    await sliceRun(engine, run);
    expect(await finishRun(engine, run)).toMatchObject({ deleted: 2 });
    expect(await titles()).toEqual(['old 2']);
  });

  it('lets a draft live that somebody is putting to use while the batch would take it (DRAFT-17)', async () => {
    await old(3);
    const run = await beginRun(engine, aRun(declared));
    const somebody = await db.connect();
    await somebody.query('BEGIN');
    await somebody.query(`UPDATE courses SET generation_status = 'pending' WHERE title = 'old 2'`);
    const slice = sliceRun(engine, run);
    await eventually('the others are gone', async () => (await titles()).length === 1);
    await somebody.query('COMMIT');
    somebody.release();
    await slice;
    expect(await finishRun(engine, run)).toMatchObject({ deleted: 2 });
    expect(await titles()).toEqual(['old 2']);
  });

  it('tells its runs in the audit log, with trigger, cut-off and the ids that went (DRAFT-20, DRAFT-25)', async () => {
    await old(3);
    const { rows } = await db.query('SELECT id FROM courses ORDER BY created_at');
    const input = aRun(declared, { trigger: 'schedule' });
    const slot = '2026-02-10T14:00:00Z';
    const run = await beginRun(engine, {
      ...input,
      run: { ...input.run, workflowId: `job/draft-cleanup/cleanup-old-drafts-hourly/scheduled-${slot}` },
    });
    await sliceRun(engine, run);
    await finishRun(engine, run);
    const audit = await auditOf(engine, run);
    expect(audit.map(({ action, resource_type }) => [action, resource_type])).toEqual([
      ['CLEANUP_STARTED', 'course_draft'],
      ['CLEANUP_BATCH_COMPLETED', 'course_draft'],
      ['CLEANUP_COMPLETED', 'course_draft'],
    ]);
    expect(audit[0]?.metadata).toMatchObject({ trigger: 'schedule', slot, sla_budget_seconds: 300 });
    expect(audit[2]?.metadata).toMatchObject({
      job: 'cleanup-old-drafts-hourly',
      run_id: run.run.runId,
      trigger: 'schedule',
      slot,
      cutoff_time: run.plan.cutoff,
      deleted_count: 3,
      deleted_ids: rows.map(({ id }) => id),
      duration_seconds: expect.any(Number),
      sla_budget_seconds: 300,
      batches: 1,
    });
    expect((await db.query('SELECT count(*)::int AS n FROM sexton.deleted_name')).rows).toEqual([{ n: 0 }]);
  });

  it('tells at most a thousand ids, and counts all that went (DRAFT-20)', async () => {
    await db.query(
      `INSERT INTO courses (created_at) SELECT sexton.now() - interval '25 hours' - n * interval '1 second'
       FROM generate_series(1, 1200) n`,
    );
    const run = await beginRun(engine, aRun(declared));
    await sliceRun(engine, run);
    await finishRun(engine, run);
    const { metadata } = (await auditOf(engine, run)).at(-1)!;
    expect([metadata['deleted_count'], (metadata['deleted_ids'] as string[]).length]).toEqual([1_200, 1_000]);
  });

  it('says beforehand what it would take, at most 20 ids of it, and changes nothing but its audit row (DRAFT-23)', async () => {
    await old(25);
    const input = aRun(declared, { dryRun: true });
    const preview = await engine.run(engine.activities.preview, input);
    expect(preview).toMatchObject({ would_delete: 25, cutoff: expect.any(String) });
    expect(preview.sample).toHaveLength(20);
    expect(await titles()).toHaveLength(25);
    expect((await auditOf(engine, input)).map(({ action }) => action)).toEqual(['CLEANUP_DRY_RUN']);
    expect((await db.query('SELECT * FROM job_runs')).rows).toEqual([]);
  });

  it('fails without Redis and deletes nothing, and the failure counts as a run (DRAFT-18, DRAFT-124)', async () => {
    await old(2);
    const away = createRedisLock('redis://127.0.0.1:1');
    const { databases } = engine.dependencies;
    const cut = await createEngine(undefined, { databases, lock: away });
    const input = aRun(declared);
    const error = await cut.run(cut.activities.begin, input).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ type: FAILURE_TYPES.lockBackendUnavailable });
    const told = { code: FAILURE_TYPES.lockBackendUnavailable, message: 'Redis is away' };
    await finishRun(cut, input, { state: 'failed', error: told });
    expect(await titles()).toHaveLength(2);
    const { rows } = await db.query('SELECT status, error, trigger FROM job_runs');
    expect(rows).toEqual([{ status: 'failed', error: 'LOCK_BACKEND_UNAVAILABLE', trigger: 'manual' }]);
    await cut.close();
    await away.close();
  });

  it('counts each row once when a batch’s worker dies, whatever it had told (DRAFT-22)', async () => {
    await old(4);
    const run = await beginRun(engine, aRun(declared));
    const slice = { job: run.job, plan: run.plan, slice: 1, step: 'unused_drafts' };
    await engine.run(engine.activities.slice, slice);
    await old(2);
    // The same slice, given to another worker.
    await engine.run(engine.activities.slice, slice, 2);
    const result = await finishRun(engine, run);
    const { metadata } = (await auditOf(engine, run)).at(-1)!;
    const { rows } = await db.query(
      `SELECT count(*)::int AS n FROM draft_ledger WHERE deleted_by = 'cleanup'`,
    );
    expect([result.deleted, metadata['deleted_count'], rows[0].n]).toEqual([6, 6, 6]);
    expect(new Set(metadata['deleted_ids'] as string[]).size).toBe(6);
  });
});

describe('trigger_manual_cleanup()', () => {
  const call = async (at: string) => {
    const { rows } = await db.query(
      `SELECT deleted_count, deleted_ids::text[], cutoff_time FROM trigger_manual_cleanup(actor => 'operator:ana')`,
    );
    expect(rows).toHaveLength(1);
    expect(schemas.check('manual-cleanup', rows[0])).toBe('sound');
    return { ...rows[0], at };
  };
  /** The database's clock stands so that a call comes at this instant, give or take what it takes to call. */
  const stand = (at: string) =>
    db.query(`UPDATE sexton.clock SET adjustable = true, "offset" = $1::timestamptz - now()`, [at]);
  afterAll(() => db.query(`UPDATE sexton.clock SET "offset" = '0'`));

  it('takes what the job would take, at once, and answers with one row (DRAFT-24, DRAFT-72)', async () => {
    const at = '2026-02-10T14:30:00Z';
    await stand(at);
    await put('eligible 1', at, '25 hours');
    await put('eligible 2', at, '30 hours');
    await put('young', at, '23 hours');
    await put('active', at, '90 hours', { generation: 'completed' });
    const { rows } = await db.query(
      `SELECT id FROM courses WHERE title LIKE 'eligible%' ORDER BY created_at`,
    );
    const answer = await call(at);
    expect(answer).toMatchObject({ deleted_count: 2, deleted_ids: rows.map(({ id }) => id) });
    expect(Math.abs(answer.cutoff_time.getTime() - Date.parse('2026-02-09T14:30:00Z'))).toBeLessThan(5_000);
    expect(await titles()).toEqual(['active', 'young']);
    expect(await call(at)).toMatchObject({ deleted_count: 0, deleted_ids: [] });
  });

  it('is counted and dated, each call (DRAFT-20, DRAFT-25)', async () => {
    const before = await db.query(
      `SELECT count(*)::int AS n FROM sexton.audit_log WHERE action = 'MANUAL_CLEANUP'`,
    );
    await stand('2026-02-10T14:30:00Z');
    await put('eligible', '2026-02-10T14:30:00Z', '25 hours');
    const { deleted_ids } = await call('');
    const { rows } = await db.query(
      `SELECT actor, resource_type, metadata FROM sexton.audit_log WHERE action = 'MANUAL_CLEANUP' ORDER BY id`,
    );
    expect(rows).toHaveLength(before.rows[0].n + 1);
    expect(rows.at(-1)).toMatchObject({
      actor: 'operator:ana',
      resource_type: 'course_draft',
      metadata: { deleted_count: 1, deleted_ids, trigger: 'manual' },
    });
    expect((await db.query('SELECT deleted_by FROM draft_ledger')).rows).toEqual([{ deleted_by: 'manual' }]);
  });

  it('waits for a batch that is under way (DRAFT-24)', async () => {
    await db.query(
      `INSERT INTO sexton.fence (resource, lane, run_id, epoch) VALUES ('lock:cleanup:cleanup-old-drafts-hourly', 0, 'r', 1)
       ON CONFLICT DO NOTHING`,
    );
    const batch = await db.connect();
    await batch.query('BEGIN');
    await batch.query('SELECT 1 FROM sexton.fence FOR SHARE');
    const manual = await db.connect();
    await manual.query(`SET lock_timeout = '100ms'`);
    await expect(manual.query('SELECT * FROM trigger_manual_cleanup()')).rejects.toThrow(/lock timeout/);
    await batch.query('COMMIT');
    await expect(manual.query('SELECT * FROM trigger_manual_cleanup()')).resolves.toBeDefined();
    await manual.query(`RESET lock_timeout`);
    batch.release();
    manual.release();
  });
});
