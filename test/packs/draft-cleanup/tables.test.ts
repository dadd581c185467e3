// The pack's tables, view and functions by themselves: what they keep of drafts and of runs.
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate, pendingMigrations } from '../../../src/adapters/postgres/migrate.ts';
import { createPool } from '../../../src/adapters/postgres/pool.ts';
import { migrateAll, migrationFolders } from '../../../src/client/sync/migrations.ts';
import { draftCatalog } from '../../support/packs/draft-pack.ts';
import { freshDatabase, unique } from '../../support/stack.ts';

const AT = '2026-02-10T14:30:00Z';
const JOB = 'cleanup-old-drafts-hourly';

let db: pg.Pool;
let catalog: ReturnType<typeof draftCatalog>;
beforeAll(async () => {
  const url = await freshDatabase('draft_tables');
  catalog = draftCatalog({ DATABASE_URL: url });
  await migrateAll(catalog);
  db = createPool({ url });
});
afterAll(() => db.end());
beforeEach(async () => {
  await db.query('TRUNCATE courses, draft_ledger, job_runs');
  await db.query(`UPDATE sexton.clock SET adjustable = true, "offset" = $1::timestamptz - now()`, [AT]);
});

const rows = async (sql: string, ...values: unknown[]) => (await db.query(sql, values)).rows;

describe('migrations', () => {
  it('make every object once, and find their own (DRAFT-06)', async () => {
    for (const folder of migrationFolders(catalog)) expect(await pendingMigrations(folder)).toEqual([]);
    const own = migrationFolders(catalog).find(({ folder }) => folder === 'draft-cleanup');
    // Over tables that are there already, as in an application's database.
    await db.query('DELETE FROM sexton.migrations_pack_draft_cleanup');
    expect(await migrate(own!)).toHaveLength(5);
    const columns = await rows(
      `SELECT table_name || '.' || column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END AS c
       FROM information_schema.columns WHERE table_schema = 'public' AND table_name IN ('courses', 'draft_snapshots')`,
    );
    expect(columns.map(({ c }) => c)).toEqual(
      expect.arrayContaining([
        'courses.status text not null',
        'courses.generation_status text',
        'courses.created_at timestamp with time zone not null',
        'courses.experiment_variant text',
        'draft_snapshots.pollution_percentage numeric',
      ]),
    );
    expect(await rows('SELECT total_drafts, unused_drafts FROM draft_baselines')).toEqual([
      { total_drafts: 46, unused_drafts: 26 },
    ]);
  });

  it('make every index, valid (DRAFT-09)', async () => {
    const found = await rows(
      'SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indisvalid',
    );
    expect(found.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'idx_courses_unused_drafts',
        'idx_courses_organization_status',
        'idx_draft_ledger_created_at',
        'idx_draft_ledger_used_at',
        'idx_job_runs_jobname_started_at',
      ]),
    );
  });
});

describe('the ledger', () => {
  const ledger = () =>
    rows(
      `SELECT used_at IS NOT NULL AS used, deleted_at IS NOT NULL AS deleted, deleted_by FROM draft_ledger ORDER BY created_at`,
    );

  it('has a row a draft from its first instant, and none of what is no draft (DRAFT-10)', async () => {
    await db.query(
      `INSERT INTO courses (status, generation_status) VALUES ('draft', NULL), ('draft', 'queued'), ('published', 'done')`,
    );
    expect(await ledger()).toEqual(
      expect.arrayContaining([
        { used: false, deleted: false, deleted_by: null },
        { used: true, deleted: false, deleted_by: null },
      ]),
    );
    expect(await ledger()).toHaveLength(2);
  });

  it('keeps the first use, also of a draft that goes back to unused (DRAFT-127)', async () => {
    await db.query(`INSERT INTO courses (title) VALUES ('a')`);
    await db.query(`UPDATE courses SET generation_status = 'queued', updated_at = sexton.now()`);
    const [first] = await rows('SELECT used_at FROM draft_ledger');
    await db.query(`UPDATE sexton.clock SET "offset" = "offset" + interval '1 hour'`);
    await db.query(`UPDATE courses SET generation_status = NULL`);
    await db.query(`UPDATE courses SET generation_status = 'queued'`);
    expect(await rows('SELECT used_at FROM draft_ledger')).toEqual([first]);
  });

  it('counts a draft that was published as used, and tells who deleted one (DRAFT-10, DRAFT-127)', async () => {
    await db.query(`INSERT INTO courses (title) VALUES ('published'), ('cleaned'), ('dropped')`);
    await db.query(`UPDATE courses SET status = 'published' WHERE title = 'published'`);
    const client = await db.connect();
    await client.query(`BEGIN; SET LOCAL sexton.run_id = 'run-1'`);
    await client.query(`DELETE FROM courses WHERE title = 'cleaned'`);
    await client.query('COMMIT');
    await client.query(`DELETE FROM courses WHERE title = 'dropped'`);
    client.release();
    const found = await ledger();
    expect(found.filter(({ used }) => used)).toHaveLength(1);
    expect(new Set(found.map(({ deleted_by }) => deleted_by))).toEqual(new Set(['cleanup', null, 'owner']));
    expect(found).toHaveLength(3);
    const [state] = await rows('SELECT total_drafts FROM draft_state()');
    expect(state).toEqual({ total_drafts: 0 });
  });
});

describe('a draft of the future', () => {
  it('has age 0, and is never overdue (DRAFT-126)', async () => {
    await db.query(`INSERT INTO courses (created_at) VALUES (sexton.now() + interval '2 days')`);
    const [state] = await rows(
      'SELECT total_drafts, created_last_hour, created_last_24h, pending_cleanup FROM draft_state()',
    );
    expect(state).toEqual({ total_drafts: 1, created_last_hour: 1, created_last_24h: 1, pending_cleanup: 0 });
  });
});

describe('check_pending_cleanup()', () => {
  it('counts unused drafts older than a day, and tells the oldest (DRAFT-08)', async () => {
    await db.query(
      `INSERT INTO courses (generation_status, created_at) SELECT g, sexton.now() - a::interval
       FROM (VALUES (NULL, '23 hours'), (NULL, '25 hours'), (NULL, '30 hours'), ('done', '90 hours')) d (g, a)`,
    );
    const [pending] = await rows(
      'SELECT pending_count, oldest_age_hours::float8 FROM check_pending_cleanup()',
    );
    expect(pending.pending_count).toBe(2);
    expect(pending.oldest_age_hours).toBeCloseTo(30, 2);
  });
});

interface Told {
  readonly run?: string;
  readonly action: string;
  readonly slot?: string;
  readonly at: string;
  readonly error?: string;
  readonly deleted?: number;
}

const audit = ({ run = unique('run'), action, slot, at, error, deleted = 0 }: Told) =>
  db.query(
    `INSERT INTO sexton.audit_log (actor, action, resource_type, pack, run_id, "timestamp", metadata)
     VALUES ('system:cleanup', $1, 'course_draft', 'draft-cleanup', $2, $3, $4)`,
    [
      action,
      run,
      at,
      JSON.stringify({
        job: JOB,
        trigger: slot ? 'schedule' : 'manual',
        ...(slot && { slot }),
        ...(error && { error_code: error }),
        records_processed: deleted,
      }),
    ],
  );

const hour = (h: number, minutes = 0): string => new Date(Date.UTC(2026, 1, 10, h, minutes)).toISOString();

describe('job_runs', () => {
  it('follows each run’s start and ending, with its slot (DRAFT-05, DRAFT-06)', async () => {
    await audit({ run: unique('a'), action: 'CLEANUP_STARTED', slot: hour(12), at: hour(12, 0) });
    expect(await rows('SELECT status, ended_at FROM job_runs')).toEqual([
      { status: 'running', ended_at: null },
    ]);
    const [{ run_id }] = await rows('SELECT run_id FROM job_runs');
    await audit({ run: run_id, action: 'CLEANUP_COMPLETED', slot: hour(12), at: hour(12, 1), deleted: 7 });
    expect(await rows('SELECT status, slot, ended_at, deleted_count, trigger FROM job_runs')).toEqual([
      {
        status: 'succeeded',
        slot: new Date(hour(12)),
        ended_at: new Date(hour(12, 1)),
        deleted_count: 7,
        trigger: 'schedule',
      },
    ]);
  });

  it('keeps one run a slot, counts a second, and has manual ones without (DRAFT-125)', async () => {
    for (const minutes of [0, 5])
      await audit({ action: 'CLEANUP_COMPLETED', slot: hour(12), at: hour(12, minutes) });
    await audit({ action: 'CLEANUP_COMPLETED', at: hour(12, 10) });
    await audit({ action: 'CLEANUP_COMPLETED', at: hour(12, 11) });
    // Somebody triggered the schedule: that is no slot.
    await audit({ action: 'CLEANUP_COMPLETED', slot: hour(12, 17), at: hour(12, 17) });
    expect(
      await rows(
        'SELECT trigger, count(*)::int AS n, sum(duplicates)::int AS again FROM job_runs GROUP BY 1 ORDER BY 1',
      ),
    ).toEqual([
      { trigger: 'manual', n: 3, again: 0 },
      { trigger: 'schedule', n: 1, again: 1 },
    ]);
  });

  it.each([
    ['two failures, one success, two failures', 'FFSFF', 2],
    ['three failures', 'FFF', 3],
    ['skipped ones between them', 'FKFKF', 3],
    ['a stop by a person between them', 'FPFF', 3],
    ['a success at the end', 'FFFS', 0],
  ])('tells a streak of %s (DRAFT-61, DRAFT-124)', async (_, fates, streak) => {
    const actions: Readonly<Record<string, string>> = {
      F: 'CLEANUP_FAILED',
      S: 'CLEANUP_COMPLETED',
      K: 'CLEANUP_LOCK_SKIPPED',
      P: 'CLEANUP_STOPPED',
    };
    for (const [place, fate] of fates.split('').entries())
      await audit({ action: actions[fate] ?? '', slot: hour(place), at: hour(place, 1) });
    expect(await rows('SELECT cleanup_failure_streak($1) AS n', JOB)).toEqual([{ n: streak }]);
  });
});

describe('cleanup_job_monitoring', () => {
  const view = async () => {
    const [row] = await rows(
      `SELECT jobname, schedule, active, last_run, next_run, hours_since_last_run::float8 AS hours, last_status,
         last_deleted_count FROM cleanup_job_monitoring`,
    );
    return { ...row, hours: row.hours === null ? null : Math.round(row.hours * 100) / 100 };
  };

  it('has one row a job, which never ran (DRAFT-07, DRAFT-123)', async () => {
    expect(await view()).toMatchObject({
      jobname: JOB,
      schedule: '0 * * * *',
      active: true,
      last_run: null,
      next_run: new Date(hour(15)),
      hours: null,
      last_status: 'never',
    });
  });

  it.each([
    ['12:15', hour(12, 15), 2.25],
    ['12:30', hour(12, 30), 2],
  ])(
    'counts the hours from %s to now, whatever became of the run (DRAFT-07, DRAFT-27)',
    async (_, at, hours) => {
      await audit({ action: 'CLEANUP_FAILED', at, error: 'X' });
      // One that found the lock held is no run.
      await audit({ action: 'CLEANUP_LOCK_SKIPPED', at: hour(14) });
      expect(await view()).toMatchObject({ hours, last_status: 'failed', last_run: new Date(at) });
    },
  );
});
