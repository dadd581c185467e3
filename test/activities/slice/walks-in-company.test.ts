// Batches that meet others: rows that are locked, a circle of waits, statements that take too long. They are made smaller,
// or leave out what others hold; a later pass waits for it and takes it, and what is left in the end is said.
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import type { Databases } from '../../../src/adapters/postgres/databases.ts';
import { createPool } from '../../../src/adapters/postgres/pool.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { aRun, type BegunRun, beginRun, finishRun, sliceRun } from '../../support/jobs/run-job.ts';
import {
  createWalked,
  ledgerOf,
  leftIn,
  onDelete,
  sumOf,
  type WalkedTable,
} from '../../support/jobs/walked-table.ts';

let engine: Engine;
let other: pg.Client;
let quick: pg.Pool;
beforeAll(async () => {
  engine = await createEngine();
  // Whoever waits is looked at for circles at once, so that a circle is found before any wait is given up.
  await engine.db.query(
    `ALTER DATABASE ${new URL(engine.url).pathname.slice(1)} SET deadlock_timeout = '50ms'`,
  );
  other = new pg.Client({ connectionString: engine.url, application_name: 'other' });
  await other.connect();
  quick = createPool({ url: engine.url, statementSeconds: 0.4 });
});
afterAll(async () => {
  await other.end();
  await quick.end();
  await engine.close();
});
afterEach(() => other.query('ROLLBACK'));

const begin = (table: WalkedTable): Promise<BegunRun> => beginRun(engine, aRun(table.job));

const lock = async ({ name }: WalkedTable, uids: readonly number[]): Promise<void> => {
  await other.query('BEGIN');
  await other.query(`SELECT 1 FROM public.${name} WHERE uid = ANY($1) FOR UPDATE`, [uids]);
};

/** Whether somebody of the engine's waits for a lock. */
const engineWaits = async (): Promise<boolean> =>
  (
    await engine.db.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'sexton'
         AND wait_event_type = 'Lock'`,
    )
  ).rows.length > 0;

const ways = ['heap-order-ranges', 'age-index-windows'] as const;

describe.each(ways)('rows that others hold, in the way of %s,', (strategy) => {
  it('are left out and counted, and taken by a later pass that waits until they are free', async () => {
    const table = await createWalked(engine, { strategy, rows: 1_200, batchRows: 400 });
    const begun = await begin(table);
    await lock(table, [5, 600, 1_100]);
    const done = sliceRun(engine, begun);
    await eventually('all others are gone', async () => (await leftIn(engine, table)).length === 3);
    await eventually('the next pass waits', engineWaits);
    await other.query('COMMIT');
    await done;
    const entries = await ledgerOf(engine, begun.plan.runId);
    expect(
      sumOf(
        entries.filter(({ pass }) => pass === 1),
        'locked',
      ),
    ).toBe(3);
    // Found out once a batch, not by making batches small.
    expect(entries.filter(({ pass }) => pass === 1).length).toBeLessThan(9);
    expect(await leftIn(engine, table)).toEqual([]);
    expect(sumOf(entries, 'deleted')).toBe(1_200);
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed', deleted: 1_200, locked: 0 });
  });

  it('stay where they are held to the end, and the run says how many there were', async () => {
    const table = await createWalked(engine, { strategy, rows: 900, batchRows: 400 });
    const begun = await begin(table);
    await lock(table, [7, 450]);
    await sliceRun(engine, begun);
    expect(await leftIn(engine, table)).toEqual([7, 450]);
    expect(await finishRun(engine, begun)).toMatchObject({
      state: 'completedWithWarnings',
      reason: '2 rows could not be deleted, 2 of them because other transactions held them',
      deleted: 898,
      remaining: 2,
      locked: 2,
    });
  }, 30_000);
});

describe('a batch that waits for others in a circle', () => {
  it('gives way, leaves out what they hold, and takes it once they are done', async () => {
    const table = await createWalked(engine, {
      strategy: 'age-index-windows',
      rows: 50,
      batchRows: 50,
      hours: '5000 - i',
    });
    await engine.db.query(onDelete(table.name, 'IF OLD.uid = 1 THEN PERFORM pg_sleep(0.3); END IF;'));
    const begun = await begin(table);
    await lock(table, [2]);
    const done = sliceRun(engine, begun);
    // Row 1 is the batch's while its trigger sleeps; then the batch wants row 2.
    await eventually(
      'the batch holds row 1',
      async () => {
        const { rows } = await engine.db.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'sexton'
           AND wait_event = 'PgSleep'`,
        );
        return rows.length > 0;
      },
      { everyMs: 5 },
    );
    const gotIt = await other.query(`SELECT 1 FROM public.${table.name} WHERE uid = 1 FOR UPDATE`);
    expect(gotIt.rowCount).toBe(1);
    await other.query('COMMIT');
    await done;
    const enginePool = engine.databases.of('test-pack', 'app');
    await eventually('Postgres has counted the circle', async () => {
      await enginePool?.query('SELECT pg_stat_force_next_flush()');
      const { rows } = await engine.db.query(
        'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
      );
      return rows[0].deadlocks > 0;
    });
    expect(await leftIn(engine, table)).toEqual([]);
    expect(sumOf(await ledgerOf(engine, begun.plan.runId), 'deleted')).toBe(50);
  });
});

describe.each(ways)('batches that are slow, by %s,', (strategy) => {
  it('come down to what others can bear', async () => {
    const table = await createWalked(engine, { strategy, rows: 900, batchRows: 400 });
    await engine.db.query(onDelete(table.name, 'PERFORM pg_sleep(0.0015);'));
    const begun = await begin(table);
    await sliceRun(engine, begun);
    const { rows } = await engine.db.query(
      'SELECT deleted, ms FROM sexton.ledger WHERE run_id = $1 ORDER BY seq',
      [begun.plan.runId],
    );
    const [first, ...later] = rows;
    expect(first.deleted).toBeGreaterThan(200);
    expect(first.ms).toBeGreaterThan(300);
    // 150 ms hold less than a hundred such rows, whatever else the machine does.
    expect(later.length).toBeGreaterThan(4);
    expect(Math.max(...later.map(({ deleted }) => deleted))).toBeLessThanOrEqual(110);
    expect(await leftIn(engine, table)).toEqual([]);
  });

  it('and that a statement may not take so long for are halved until one is through, with nothing counted twice', async () => {
    const table = await createWalked(engine, { strategy, rows: 450, batchRows: 400 });
    // 400 rows would take a second and more, which is not allowed.
    await engine.db.query(onDelete(table.name, 'PERFORM pg_sleep(0.0025);'));
    const begun = await begin(table);
    const databases: Databases = { ...engine.databases, of: () => quick };
    const { slice } = createCleanupActivities({ ...engine.dependencies, databases });
    const { job, plan } = begun;
    const result = await engine.run(slice, { job, plan, slice: 1 });
    const entries = await ledgerOf(engine, plan.runId);
    expect(result).toMatchObject({ done: true, deleted: 450 });
    expect(Math.max(...entries.map(({ deleted }) => deleted))).toBeLessThan(200);
    expect(await leftIn(engine, table)).toEqual([]);
  });
});
