// What a tick of the pack's monitors says, and what it leaves in the pack's tables.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DraftWatch, later, NOW, openDraftWatch } from '../../support/packs/draft-watch.ts';
import { schemasOf } from '../../support/packs/schemas.ts';

const schemas = schemasOf('draft-cleanup');

let watch: DraftWatch;
beforeAll(async () => {
  watch = await openDraftWatch();
});
afterAll(() => watch.close());

const rows = async (sql: string, ...values: unknown[]) => (await watch.db.query(sql, values)).rows;

describe('draft-state', () => {
  it('says the figures of Q1 at each tick (DRAFT-26, DRAFT-40, DRAFT-73)', async () => {
    await watch.seed('steady');
    const { records, failed } = await watch.tick('draft-state', NOW);
    expect(failed).toEqual([]);
    expect(records).toEqual([
      {
        total_drafts: 12,
        unused_drafts: 3,
        active_drafts: 9,
        pollution_percentage: 25,
        created_last_hour: 5,
        created_last_24h: 12,
        pending_cleanup: 0,
        snapshot_time: NOW,
      },
    ]);
    expect(schemas.check('state-snapshot', records?.[0])).toBe('sound');
  });

  it('says null of no drafts, fires for nothing, and stores no zero in its place (DRAFT-26, DRAFT-122)', async () => {
    await watch.seed('steady');
    await watch.db.query('DELETE FROM courses');
    const { records } = await watch.tick('draft-state', NOW);
    expect(records).toMatchObject([{ total_drafts: 0, unused_drafts: 0, pollution_percentage: null }]);
    expect(schemas.check('state-snapshot', records?.[0])).toBe('sound');
    const samples = await rows(
      `SELECT a.value, a.state FROM sexton.series s JOIN sexton.sample a ON a.series = s.id WHERE measure = 'pollution_percentage'`,
    );
    expect(samples).toEqual([{ value: null, state: 'noData' }]);
    expect(await watch.incidents()).toEqual([]);
  });

  it('leaves a snapshot at every full hour, once, and none between (DRAFT-26)', async () => {
    await watch.seed('steady');
    await watch.db.query('TRUNCATE draft_snapshots');
    for (const minutes of [25, 30, 30, 35, 90]) await watch.tick('draft-state', later(minutes));
    expect(
      await rows(
        'SELECT taken_at, total_drafts, unused_drafts, active_drafts, pollution_percentage FROM draft_snapshots ORDER BY 1',
      ),
    ).toEqual([
      {
        taken_at: new Date(later(30)),
        total_drafts: 12,
        unused_drafts: 3,
        active_drafts: 9,
        pollution_percentage: '25.00',
      },
      {
        taken_at: new Date(later(90)),
        total_drafts: 12,
        unused_drafts: 3,
        active_drafts: 9,
        pollution_percentage: '25.00',
      },
    ]);
  });

  it('keeps the instant at which an alert fired while it goes on, and ends it by one look that is fine (DRAFT-64, DRAFT-71)', async () => {
    await watch.seed('high');
    await watch.quarter();
    await watch.tick('draft-state', later(20));
    const [incident] = await watch.incidents();
    expect(incident?.payload['fired_at']).toBe(later(15));
    await watch.db.query(`UPDATE courses SET generation_status = 'done' WHERE status = 'draft'`);
    await watch.tick('draft-state', later(25));
    expect((await watch.incidents()).map(({ state }) => state)).toEqual(['resolved']);
  });

  it('opens alert 2 alone where both hold, and alert 1 once only that holds (DRAFT-32)', async () => {
    await watch.seed('critical');
    await watch.quarter();
    expect((await watch.incidents()).map(({ rule, state }) => [rule, state])).toEqual([
      ['draft_pollution_critical', 'open'],
    ]);
    // 40 of 100 are unused from now on.
    await watch.db.query(
      `UPDATE courses SET generation_status = 'done' WHERE id IN (SELECT id FROM courses WHERE status = 'draft'
         AND generation_status IS NULL LIMIT 11)`,
    );
    await watch.tick('draft-state', later(20));
    // The look that ends the cause still finds it; the next one, or reconcile, lets go.
    await watch.tick('draft-state', later(25));
    expect((await watch.incidents()).map(({ rule, state }) => [rule, state])).toEqual([
      ['draft_pollution_critical', 'resolved'],
      ['draft_pollution_high', 'open'],
    ]);
  });
});

describe('draft-job', () => {
  it('says the job’s status at each tick, and tells the view what Temporal has (DRAFT-27, DRAFT-74)', async () => {
    await watch.seed('steady');
    watch.schedule({ paused: false, nextAt: later(30) });
    const [newest] = await rows(
      `UPDATE job_runs SET deleted_count = 7 WHERE started_at = (SELECT max(started_at) FROM job_runs) RETURNING started_at`,
    );
    await watch.tick('draft-job', NOW);
    const { records } = await watch.tick('draft-job', later(5));
    expect(records).toMatchObject([
      {
        jobname: 'cleanup-old-drafts-hourly',
        schedule: '0 * * * *',
        active: true,
        last_status: 'succeeded',
        last_deleted_count: 7,
        consecutive_failures: 0,
        hours_since_last_run: 0.58,
      },
    ]);
    const instantOf = (field: string) => Math.floor(Date.parse(String(records?.[0]?.[field])) / 1000);
    expect(instantOf('last_run')).toBe(Math.floor(newest.started_at.getTime() / 1000));
    expect(instantOf('next_run')).toBe(Date.parse(later(30)) / 1000);
    expect(schemas.check('job-status', records?.[0])).toBe('sound');
    expect(await rows('SELECT next_run FROM cleanup_job_monitoring')).toEqual([
      { next_run: new Date(later(30)) },
    ]);
  });

  it.each([
    ['paused', { paused: true }, false],
    ['missing', undefined, false],
    ['running', { paused: false, nextAt: later(90) }, true],
  ])('knows a schedule that is %s (DRAFT-07, DRAFT-123)', async (_, schedule, active) => {
    await watch.seed('steady');
    watch.schedule(schedule);
    await watch.tick('draft-job', NOW);
    const [row] = await rows('SELECT active, next_run FROM cleanup_job_monitoring');
    expect(row).toEqual({ active, next_run: active ? new Date(later(90)) : null });
  });

  it('counts a job that never ran as stalled once its schedule is two hours old (DRAFT-123)', async () => {
    await watch.seed('steady');
    await watch.db.query('TRUNCATE job_runs');
    await watch.db.query('UPDATE cleanup_jobs SET registered_at = $1', [later(-119)]);
    const { records } = await watch.tick('draft-job', NOW);
    expect(records).toMatchObject([{ last_status: 'never', hours_since_last_run: null, last_run: null }]);
    expect(schemas.check('job-status', records?.[0])).toBe('sound');
    expect(await watch.incidents()).toEqual([]);
    await watch.tick('draft-job', later(5));
    expect((await watch.incidents()).map(({ rule }) => rule)).toEqual(['cleanup_job_stalled']);
  });
});

describe('the seed', () => {
  it('steady has the figures of DRAFT-12, and gives the same rows for the same instant (DRAFT-12, DRAFT-43)', async () => {
    const prints = async () =>
      Promise.all(
        ['courses', 'draft_ledger', 'job_runs', 'draft_snapshots'].map(async (table) => {
          const [row] = await rows(
            `SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) AS print FROM ${table} t`,
          );
          return row.print;
        }),
      );
    await watch.seed('steady');
    const before = await prints();
    await watch.seed('steady');
    expect(await prints()).toEqual(before);
    const [ledger] = await rows(
      `SELECT count(*)::int AS rows, count(*) FILTER (WHERE created_at < '2025-11-08')::int AS before,
         (100.0 * count(*) FILTER (WHERE created_at < '2025-11-08' AND used_at IS NULL)
           / count(*) FILTER (WHERE created_at < '2025-11-08'))::float8 AS never,
         min(created_at) AS first FROM draft_ledger`,
    );
    expect(ledger.rows).toBe(8_000);
    expect(ledger.never).toBeGreaterThanOrEqual(56);
    expect(ledger.never).toBeLessThanOrEqual(57);
    expect(ledger.first.toISOString()).toContain('2024-12-13');
    const days = await rows(
      `SELECT count(*)::int AS created, count(used_at)::int AS used FROM draft_ledger
       WHERE created_at >= '2026-01-06' GROUP BY date_trunc('day', created_at, 'UTC') ORDER BY date_trunc('day', created_at, 'UTC')`,
    );
    expect(days).toHaveLength(36);
    for (const { created } of days) expect([created >= 14, created <= 22]).toEqual([true, true]);
    expect(days.slice(-13).map(({ created }) => created)).toEqual([
      18, 19, 14, 22, 18, 19, 20, 19, 16, 22, 18, 20, 15,
    ]);
    expect(days.slice(-7).map(({ used }) => used)).toEqual([16, 15, 13, 17, 14, 15, 12]);
  });

  it('steady has four weeks of hourly runs, one week as in DRAFT-52 (DRAFT-12, DRAFT-52)', async () => {
    await watch.seed('steady');
    const weeks = await rows(
      `SELECT count(*)::int AS runs, count(*) FILTER (WHERE status = 'succeeded')::int AS succeeded,
         count(*) FILTER (WHERE status = 'failed')::int AS failed FROM job_runs
       GROUP BY date_trunc('week', slot, 'UTC') ORDER BY date_trunc('week', slot, 'UTC')`,
    );
    expect(weeks).toEqual([
      { runs: 168, succeeded: 168, failed: 0 },
      { runs: 167, succeeded: 165, failed: 2 },
      { runs: 168, succeeded: 168, failed: 0 },
      // Monday 00:00 to Tuesday 14:00.
      { runs: 39, succeeded: 39, failed: 0 },
    ]);
  });

  it('large has its rows (DRAFT-14)', async () => {
    await watch.seed('large');
    const [counts] = await rows(
      `SELECT (SELECT count(*)::int FROM courses) AS courses, (SELECT count(*)::int FROM courses WHERE status = 'draft') AS drafts,
         (SELECT count(*)::int FROM organizations) AS organizations,
         (SELECT pending_count FROM check_pending_cleanup()) AS pending`,
    );
    expect(counts).toEqual({ courses: 200_000, drafts: 5_000, organizations: 500, pending: 50 });
    const days = await rows(
      `SELECT count(*)::int AS n FROM draft_ledger GROUP BY date_trunc('day', created_at, 'UTC')`,
    );
    expect(days.map(({ n }) => n)).toEqual(Array.from({ length: 60 }, () => 5_000));
  });
});
