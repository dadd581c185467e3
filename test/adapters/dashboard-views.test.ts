// The views of runs that every dashboard may show, on a real database whose clock stands still.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runsSql } from '../../src/adapters/postgres/dashboards/view-sql.ts';
import { migrateAll } from '../../src/client/sync/migrations.ts';
import { freshDatabase } from '../support/stack.ts';

let home: pg.Pool;
const DAYS = 86_400;

/** Of a job, ended in a state; and what else it is. */
const ran = async (
  job: string,
  endedAt: string,
  change: { state?: string; deleted?: number; dryRun?: boolean; pack?: string; error?: string } = {},
): Promise<void> => {
  const { state = 'completed', deleted = 0, dryRun = false, pack = 'garden', error } = change;
  await home.query(
    `INSERT INTO sexton.run (run_id, workflow_id, pack, job, database, resource_type, lock_key, trigger, dry_run, state,
       cutoff, started_at, ended_at, budget_seconds, deleted, error_code, error_message)
     VALUES (gen_random_uuid(), 'w', $1, $2, 'app', 'bed', 'lock', 'schedule', $3, $4, $5, $5, $5, 60, $6, $7, $7)`,
    [pack, job, dryRun, state, endedAt, deleted, error ?? null],
  );
};

beforeAll(async () => {
  const url = await freshDatabase('dashboard_views');
  await migrateAll({ home: { url }, databases: [] });
  home = new pg.Pool({ connectionString: url, max: 2 });
  await home.query(
    `CREATE OR REPLACE FUNCTION sexton.now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
       AS $$ SELECT timestamptz '2026-02-10T12:00:00Z' $$`,
  );
  await ran('rake', '2026-02-10T00:00:00Z', { deleted: 5 });
  await ran('rake', '2026-02-08T23:59:59Z', { deleted: 3 });
  await ran('rake', '2026-02-08T11:00:00Z', { state: 'failed', deleted: 1, error: 'BATCH_FAILED' });
  await ran('weed', '2026-02-10T11:00:00Z', { state: 'blocked', error: 'GUARD' });
  await ran('rake', '2026-02-10T10:00:00Z', { deleted: 100, dryRun: true });
  await ran('rake', '2026-02-10T10:00:00Z', { deleted: 100, pack: 'kitchen' });
  await ran('rake', '2026-02-08T11:59:59Z', { deleted: 100, state: 'stopped', pack: 'kitchen' });
});
afterAll(() => home.end());

describe('runs by day', () => {
  it('are those of the pack by UTC day, with the days that had none, and no dry run among them', async () => {
    const { rows } = await home.query(runsSql('garden', { runs: 'by-day', withinSeconds: 2 * DAYS }));
    const text = rows.map(({ day, ...rest }: { day: Date }) => [day.toDateString(), rest]);
    expect(text).toEqual([
      ['Sun Feb 08 2026', { runs: 1, failed: 0, deleted: 3 }],
      ['Mon Feb 09 2026', { runs: 0, failed: 0, deleted: 0 }],
      ['Tue Feb 10 2026', { runs: 2, failed: 1, deleted: 5 }],
    ]);
  });

  it('are those of some jobs where a panel names them', async () => {
    const { rows } = await home.query(
      runsSql('garden', { runs: 'by-day', withinSeconds: 43_200, jobs: ["o'weed", 'weed'] }),
    );
    expect(rows).toMatchObject([{ runs: 1, failed: 1, deleted: 0 }]);
  });
});

it('runs that failed stand newest first, with what went wrong', async () => {
  const { rows } = await home.query(runsSql('garden', { runs: 'errors', withinSeconds: 3 * DAYS }));
  expect(rows).toEqual([
    { at: new Date('2026-02-10T11:00:00Z'), job: 'weed', error_code: 'GUARD', message: 'GUARD' },
    {
      at: new Date('2026-02-08T11:00:00Z'),
      job: 'rake',
      error_code: 'BATCH_FAILED',
      message: 'BATCH_FAILED',
    },
  ]);
});
