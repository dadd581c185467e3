// The run's row at home: each run has one, whatever it claims to be.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertRun, type RunIdentity } from '../../src/adapters/postgres/runs/runs.ts';
import { migrateAll } from '../../src/client/sync/migrations.ts';
import { freshDatabase, unique } from '../support/stack.ts';

let db: pg.Pool;
beforeAll(async () => {
  const url = await freshDatabase('runs');
  await migrateAll({ home: { url }, databases: [] });
  db = new pg.Pool({ connectionString: url, max: 2 });
});
afterAll(() => db.end());

const aRow = (retryOf: string | undefined): RunIdentity => ({
  runId: unique('run'),
  workflowId: unique('retry'),
  pack: 'test-pack',
  job: 'cleanup_links',
  database: 'app',
  resourceType: 'link',
  lockKey: 'lock',
  trigger: 'retry',
  requestedBy: 'ana',
  retryOf,
  dryRun: false,
  budgetSeconds: 300,
});

const retryOf = async ({ runId }: RunIdentity): Promise<unknown[]> =>
  (await db.query('SELECT retry_of FROM sexton.run WHERE run_id = $1', [runId])).rows;

describe('a run that makes good for a failed one', () => {
  it('is written down once with what it makes good for, also when its beginning is tried again', async () => {
    const run = aRow(unique('failed'));
    await insertRun(db, run);
    await insertRun(db, run);
    expect(await retryOf(run)).toEqual([{ retry_of: run.retryOf }]);
  });

  it('has a row of its own also where another run says the same: without one nobody would hear of its end', async () => {
    const first = aRow(unique('failed'));
    const second = aRow(first.retryOf);
    await insertRun(db, first);
    await insertRun(db, second);
    expect(await retryOf(first)).toEqual([{ retry_of: first.retryOf }]);
    expect(await retryOf(second)).toEqual([{ retry_of: null }]);
  });
});
