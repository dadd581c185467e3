// Sexton's own history: what is long over leaves by Sexton's own engine, and nothing that is open, waits for somebody or
// holds a duty ever does.
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { batchedSteps } from '../../../src/domain/jobs/step.ts';
import { openPackJob, type PackJob } from '../../support/jobs/pack-job.ts';

const BLOB = { BLOB_READ_WRITE_TOKEN: 'vercel_blob_rw_test_token' };

/** The first column. */
const names = async (db: pg.Pool, sql: string): Promise<unknown[]> =>
  (await db.query(sql)).rows.map((row) => Object.values(row)[0]);

/** Endings of runs, and rows of each of them in the tables that a job's database has; ages in days. */
const fillTarget = async (db: pg.Pool): Promise<void> => {
  await db.query(`
    INSERT INTO sexton.audit_log (actor, action, resource_type, "timestamp", pack, run_id)
    SELECT 'system:cleanup', action, 'link', sexton.now() - age * interval '1 day', 'p', run
    FROM (VALUES ('old', 'CLEANUP_COMPLETED', 31), ('failed', 'CLEANUP_FAILED', 60), ('young', 'CLEANUP_STOPPED', 29),
                 ('open', 'CLEANUP_STARTED', 90)) r(run, action, age)`);
  const rows = `(VALUES ('old', 31), ('failed', 60), ('young', 29), ('open', 90)) r(run, age)`;
  await db.query(`
    INSERT INTO sexton.ledger (run_id, step, lane, seq, slice, attempt, pass, deleted, ms, at)
    SELECT run, 'links', 0, n, 1, 1, 1, 5, 1, sexton.now() - age * interval '1 day' FROM ${rows}, generate_series(1, 3) n`);
  await db.query(`
    INSERT INTO sexton.attempt (run_id, slice, attempt, queued_ms, at)
    SELECT run, 1, 1, 0, sexton.now() - age * interval '1 day' FROM ${rows}`);
  await db.query(`
    INSERT INTO sexton.hold (run_id, probe, reason, slice, attempt, started_at, ended_at)
    SELECT run, 'windows', 'closed', 1, 1, sexton.now() - age * interval '1 day',
      CASE WHEN run <> 'open' THEN sexton.now() END FROM ${rows}`);
  await db.query(`
    INSERT INTO sexton.control (scope, subject, hold, by, at)
    SELECT 'run', run, 'pause', 'ana', sexton.now() - age * interval '1 day' FROM ${rows}`);
  await db.query(`
    INSERT INTO sexton.control (scope, subject, batch_rows, by, at)
    VALUES ('resource', 'lock:cleanup:links', 100, 'ana', sexton.now() - interval '900 days')`);
  await db.query(`
    INSERT INTO sexton.manual_resolution_queue (source_job, resource_type, resource_id, failure_mode, status, created_at,
      resolved_at)
    SELECT 'j', 'link', id, '23503', status, sexton.now() - interval '900 days', sexton.now() - age * interval '1 day'
    FROM (VALUES ('resolved 401', 'resolved', 401), ('resolved 399', 'resolved', 399), ('pending', 'pending', NULL))
      r(id, status, age)`);
};

/** What is left of `fillTarget`; rows of the job's own run apart. */
const targetLeft = async (db: pg.Pool) => ({
  ledger: await names(db, `SELECT DISTINCT run_id FROM sexton.ledger WHERE step = 'links' ORDER BY 1`),
  attempt: await names(
    db,
    `SELECT run_id FROM sexton.attempt WHERE run_id IN ('old', 'failed', 'young', 'open') ORDER BY 1`,
  ),
  hold: await names(db, `SELECT run_id FROM sexton.hold WHERE slice = 1 AND probe = 'windows' ORDER BY 1`),
  control: await names(db, 'SELECT subject FROM sexton.control ORDER BY 1'),
  queue: await names(db, 'SELECT resource_id FROM sexton.manual_resolution_queue ORDER BY 1'),
});

const KEPT = {
  ledger: ['open', 'young'],
  attempt: ['open', 'young'],
  hold: ['open', 'young'],
  control: ['lock:cleanup:links', 'open', 'young'],
  queue: ['pending', 'resolved 399'],
};
/** 2 runs: 3 batches, an attempt, a hold and a pause of each; and an item. */
const GONE = 2 * (3 + 1 + 1 + 1) + 1;
/** Its two messages; the incident counts once they are gone. */
const CANARY = 2;
/** A stored report, a digest, its letter and who got that. */
const KEPT_UNTIL = 4;

describe('cleanup_history', () => {
  let home: PackJob;
  beforeAll(async () => {
    home = await openPackJob('sexton/job/cleanup_history', BLOB);
    await fillTarget(home.db);
    await home.db.query(`
      INSERT INTO sexton.run (run_id, workflow_id, pack, job, database, resource_type, lock_key, trigger, dry_run,
        started_at, ended_at, budget_seconds)
      SELECT name, name, 'p', 'j', 'app', 'link', 'l', 'schedule', false, sexton.now() - interval '500 days',
        sexton.now() - age * interval '1 day', 60
      FROM (VALUES ('ended 401', 401), ('ended 399', 399), ('open', NULL)) r(name, age)`);
    await home.db.query(`
      INSERT INTO sexton.incident (pack, rule, group_key, labels, state, severity, firing, rule_snapshot, first_fired_at,
        closed_at, review, root_cause, resolution, reviewed_by)
      SELECT 'p', 'r', name, '{}', state, 'warning', '{}', '{}', sexton.now() - interval '500 days',
        sexton.now() - age * interval '1 day', review, 'c', 'r', 'ana'
      FROM (VALUES ('closed 401', 'closed', 401, NULL), ('reviewed 401', 'closed', 401, 'done'),
        ('owes a review', 'closed', 401, 'open'), ('closed 399', 'closed', 399, NULL), ('open', 'open', NULL, NULL),
        ('resolved', 'resolved', NULL, NULL)) i(name, state, age, review)`);
    // Canaries go sooner, and nothing else goes by their age.
    await home.db.query(`
      INSERT INTO sexton.incident (pack, rule, group_key, labels, state, severity, firing, rule_snapshot, closed_at)
      SELECT pack, rule, name, '{}', state, 'info', '{}', '{}', sexton.now() - age * interval '1 day'
      FROM (VALUES ('sexton', 'canary', 'canary 8', 'closed', 8), ('sexton', 'canary', 'canary 6', 'closed', 6),
        ('sexton', 'canary', 'canary open', 'open', NULL), ('sexton', 'dead_letters', 'own 8', 'closed', 8),
        ('shop', 'canary', 'theirs 8', 'closed', 8)) i(pack, rule, name, state, age)`);
    // A series that was measured lately keeps its name, however long ago it was measured first.
    await home.db.query(`
      WITH s AS (INSERT INTO sexton.series (pack, monitor, measure, key, labels, created_at)
        SELECT 'p', 'm', name, '[]', '{}', sexton.now() - interval '500 days' FROM unnest(ARRAY['gone', 'kept']) name
        RETURNING id, measure)
      INSERT INTO sexton.sample (series, at, state, value) SELECT id, sexton.now() - age * interval '1 day', 'ok', 1
      FROM s JOIN (VALUES ('gone', 401), ('gone', 410), ('kept', 401), ('kept', 399)) v(measure, age) USING (measure)`);
    // Messages are as old as their incident, not as their own sending.
    await home.db.query(`
      INSERT INTO sexton.outbox (incident, wake, channel, address, tier, key, at, claimed_at)
      SELECT number, wake, 'log', '', 't', group_key || wake, sexton.now(), sexton.now() - interval '450 days'
      FROM sexton.incident, generate_series(1, 2) wake`);
    // Each says itself until when it is kept.
    await home.db.query(`
      INSERT INTO sexton.report (pack, name, as_of, duration_ms, over_budget, answer, keep_until)
      SELECT 'p', name, sexton.now(), 1, false, '{}', sexton.now() + age * interval '1 day'
      FROM (VALUES ('past', -1), ('kept', 1)) r(name, age);
      WITH l AS (INSERT INTO sexton.letter (key, pack, kind, name, letter, keep_until)
        SELECT name, 'p', 'digest', name, '{}', sexton.now() + age * interval '1 day'
        FROM (VALUES ('past', -1), ('kept', 1)) r(name, age) RETURNING id, name, keep_until),
      m AS (INSERT INTO sexton.letter_message (letter, target, keep_until) SELECT id, 'log', keep_until FROM l)
      INSERT INTO sexton.digest (letter, pack, name, tick, workflow_id, reports, sign_off, keep_until)
      SELECT id, 'p', name, sexton.now(), 'w', '{}', 'none', keep_until FROM l`);
  });
  afterAll(() => home.close());

  it('says beforehand what it would take, and changes nothing', async () => {
    // An incident counts once its messages are gone.
    expect(await home.dryRun()).toMatchObject({ would_delete: GONE + 1 + 4 + 3 + CANARY + KEPT_UNTIL });
    expect(await names(home.db, 'SELECT count(*)::int FROM sexton.incident')).toEqual([11]);
  });

  it('retires runs, incidents with their messages, batches, reports and digests that are over for as long as declared (DRAFT-101)', async () => {
    const result = await home.run();
    expect(result).toMatchObject({
      state: 'completed',
      deleted: GONE + 1 + 2 + 4 + 3 + 1 + CANARY + 1 + KEPT_UNTIL,
      remaining: 0,
    });
    const kept = [
      'canary 6',
      'canary open',
      'closed 399',
      'open',
      'owes a review',
      'own 8',
      'resolved',
      'theirs 8',
    ];
    expect(await names(home.db, 'SELECT group_key FROM sexton.incident ORDER BY 1')).toEqual(kept);
    const told = `SELECT group_key FROM sexton.outbox JOIN sexton.incident ON number = incident ORDER BY 1`;
    expect(await names(home.db, told)).toEqual(kept.flatMap((each) => [each, each]));
    const runs = `SELECT run_id FROM sexton.run WHERE pack = 'p' ORDER BY 1`;
    expect(await names(home.db, runs)).toEqual(['ended 399', 'open']);
    expect(await names(home.db, 'SELECT measure FROM sexton.series')).toEqual(['kept']);
    expect(await names(home.db, 'SELECT count(*)::int FROM sexton.sample')).toEqual([1]);
    for (const table of ['report', 'digest', 'letter'])
      expect(await names(home.db, `SELECT name FROM sexton.${table}`)).toEqual(['kept']);
    expect(await names(home.db, 'SELECT count(*)::int FROM sexton.letter_message')).toEqual([1]);
    expect(await targetLeft(home.db)).toEqual(KEPT);
  });

  it('leaves the audit log whole, and finds nothing to do a second time', async () => {
    const audited = `SELECT DISTINCT run_id FROM sexton.audit_log WHERE pack = 'p' ORDER BY 1`;
    expect(await names(home.db, audited)).toEqual(['failed', 'old', 'open', 'young']);
    expect(await home.run()).toMatchObject({ state: 'completed', deleted: 0, remaining: 0 });
  });
});

describe('cleanup_sla_history', () => {
  it('retires in the pack’s database what jobs left there, as the variables say', async () => {
    const job = await openPackJob('sla-monitoring/job/cleanup_sla_history', {
      ...BLOB,
      SEXTON_KEEP_LEDGER_DAYS: '45',
    });
    try {
      await fillTarget(job.db);
      expect(await job.run()).toMatchObject({ state: 'completed', deleted: GONE - 6 });
      const withOld = (kept: readonly string[]) => [...kept, 'old'].toSorted();
      expect(await targetLeft(job.db)).toEqual({
        ledger: withOld(KEPT.ledger),
        attempt: withOld(KEPT.attempt),
        hold: withOld(KEPT.hold),
        control: withOld(KEPT.control),
        queue: KEPT.queue,
      });
    } finally {
      await job.close();
    }
  });
});

describe('the pack sexton', () => {
  const HOME = 'postgresql://u@localhost:5432/home';
  const APP = 'postgresql://u@localhost:5432/app';
  const common = { DATABASE_URL: APP, REDIS_URL: 'redis://localhost:6379' };

  it('works on Sexton’s own database, wherever this installation has it', async () => {
    const apart = await loadCatalog({ env: { ...common, SEXTON_DATABASE_URL: HOME } });
    const together = await loadCatalog({ env: common });
    const urls = [apart, together].map(
      ({ databases }) => databases.find(({ pack, name }) => pack === 'sexton' && name === 'home')?.url,
    );
    expect(urls).toEqual([HOME, APP]);
  });

  it('retires only tables of Sexton’s, children first, each by an age of its own', async () => {
    const { jobs } = await loadCatalog({ env: common });
    const tables = (name: string) =>
      batchedSteps(jobs.find((job) => job.name === name)?.snapshot ?? { steps: [] }).map(
        ({ selection: { schema, table, age } }) => [`${schema}.${table}`, age.olderThanSeconds / 86_400],
      );
    const target = [
      ['sexton.ledger', 30],
      ['sexton.attempt', 30],
      ['sexton.hold', 30],
      ['sexton.control', 30],
      ['sexton.manual_resolution_queue', 400],
    ];
    const own = [
      ['sexton.outbox', 7],
      ['sexton.incident', 7],
      ['sexton.outbox', 400],
      ['sexton.incident', 400],
      ['sexton.run', 400],
      ['sexton.health_report', 400],
      ['sexton.sample', 400],
      ['sexton.series', 400],
      ['sexton.report', 0],
      ['sexton.digest', 0],
      ['sexton.letter_message', 0],
      ['sexton.letter', 0],
    ];
    expect(tables('cleanup_history')).toEqual([...own, ...target]);
    expect(tables('cleanup_sla_history')).toEqual(target);
  });

  it('refuses to keep history for less than two days, while reconcile may still ask', async () => {
    await expect(loadCatalog({ env: { ...common, SEXTON_KEEP_RUNS_DAYS: '1' } })).rejects.toThrow(
      /SEXTON_KEEP_RUNS_DAYS/,
    );
  });
});
