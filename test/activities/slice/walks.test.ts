// Both ways through a table on real Postgres, while others move its rows and rewrite the table under the walk: what
// escapes the one is taken by the other, and no batch takes more than it may.
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { hookedDatabases } from '../../support/jobs/hooked-databases.ts';
import { queueOf } from '../../support/jobs/protected-rows.ts';
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
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const begin = (table: WalkedTable): Promise<BegunRun> => beginRun(engine, aRun(table.job));

const ranges = { strategy: 'heap-order-ranges' } as const;
const windows = { strategy: 'age-index-windows' } as const;

interface Moments {
  /** Before the n-th batch's delete, from 1. */
  readonly beforeDelete?: (batch: number) => Promise<unknown>;
  /** After the n-th batch's commit. */
  readonly afterCommit?: (batch: number) => Promise<unknown>;
}

/** Slices until one is done, with others at work at these moments. */
const sliceWith = async ({ job, plan }: BegunRun, { beforeDelete, afterCommit }: Moments): Promise<void> => {
  let batch = 0;
  let deleting = false;
  const databases = hookedDatabases(engine.databases, {
    before: async (sql) => {
      if (!sql.startsWith('DELETE')) return;
      batch += 1;
      deleting = true;
      await beforeDelete?.(batch);
    },
    after: async (sql) => {
      if (sql !== 'COMMIT' || !deleting) return;
      deleting = false;
      await afterCommit?.(batch);
    },
  });
  const { slice } = createCleanupActivities({ ...engine.dependencies, databases });
  for (let number = 1; ; number += 1)
    if ((await engine.run(slice, { job, plan, slice: number })).done) return;
};

/** A slice whose worker dies right after its first batch's commit. */
const dieAfterOneBatch = async ({ job, plan }: BegunRun, number: number): Promise<unknown> => {
  let deleting = false;
  const databases = hookedDatabases(engine.databases, {
    before: async (sql) => {
      deleting ||= sql.startsWith('DELETE');
    },
    after: async (sql, cut) => {
      if (sql !== 'COMMIT' || !deleting) return;
      cut();
      throw new Error('the worker died');
    },
  });
  const { slice } = createCleanupActivities({ ...engine.dependencies, databases });
  return engine.run(slice, { job, plan, slice: number });
};

describe('a run in heap order', () => {
  it('takes every old row and no other in one pass through the pages, in batches that fill their size', async () => {
    const table = await createWalked(engine, {
      ...ranges,
      rows: 6_000,
      hours: 'CASE WHEN i % 3 = 0 THEN 5 ELSE 90 + i END',
    });
    const begun = await begin(table);
    await sliceRun(engine, begun);
    const entries = await ledgerOf(engine, begun.plan.runId);
    expect(begun.plan.strategy).toBe('heap-order-ranges');
    expect(await leftIn(engine, table)).toEqual(Array.from({ length: 2_000 }, (_, i) => (i + 1) * 3));
    expect(sumOf(entries, 'deleted')).toBe(4_000);
    expect(new Set(entries.map(({ pass, walk }) => `${pass} ${walk}`))).toEqual(
      new Set(['1 heap-order-ranges']),
    );
    expect(Math.max(...entries.map(({ deleted }) => deleted))).toBeLessThanOrEqual(500);
    expect(entries.length).toBeLessThan(16);
  });

  it('takes rows that updates move behind it in the pass along the age index', async () => {
    const table = await createWalked(engine, { ...ranges, rows: 4_000 });
    const begun = await begin(table);
    // Space at the front, which rows that grow are then put into.
    await sliceWith(begun, {
      afterCommit: async (batch) => {
        if (batch !== 4) return;
        await engine.db.query(`VACUUM public.${table.name}`);
        await engine.db.query(`UPDATE public.${table.name} SET payload = repeat('y', 200) WHERE uid > 3900`);
      },
    });
    const entries = await ledgerOf(engine, begun.plan.runId);
    const escaped = entries.filter(({ walk }) => walk === 'age-index-windows');
    expect(sumOf(escaped, 'deleted')).toBeGreaterThan(0);
    expect(await leftIn(engine, table)).toEqual([]);
    expect(sumOf(entries, 'deleted')).toBe(4_000);
  });

  it.each(['VACUUM FULL', 'CLUSTER'])(
    'whose table is rewritten by %s on the way takes every row all the same',
    async (verb) => {
      const table = await createWalked(engine, { ...ranges, rows: 4_000 });
      const begun = await begin(table);
      const rewrite =
        verb === 'CLUSTER'
          ? `CLUSTER public.${table.name} USING ${table.name}_age`
          : `VACUUM FULL public.${table.name}`;
      await sliceWith(begun, { afterCommit: async (batch) => batch === 3 && engine.db.query(rewrite) });
      expect(await leftIn(engine, table)).toEqual([]);
      expect(sumOf(await ledgerOf(engine, begun.plan.runId), 'deleted')).toBe(4_000);
    },
  );

  it('goes on in a later slice where the ledger ends, and along the age index where the table is another file by then', async () => {
    const table = await createWalked(engine, { ...ranges, rows: 4_000 });
    const begun = await begin(table);
    const { job, plan } = begun;
    for (const slice of [1, 2, 3]) await expect(dieAfterOneBatch(begun, slice)).rejects.toThrow('died');
    const before = await ledgerOf(engine, plan.runId);
    const pages = before.map(({ cursor }) => Number(cursor?.[0]));
    expect(before.map(({ slice, walk }) => `${slice} ${walk}`)).toEqual(
      [1, 2, 3].map((n) => `${n} heap-order-ranges`),
    );
    expect(pages).toEqual(pages.toSorted((a, b) => a - b));
    expect(new Set(pages).size).toBe(3);

    await engine.db.query(`VACUUM FULL public.${table.name}`);
    expect(await engine.run(engine.activities.slice, { job, plan, slice: 4 })).toMatchObject({
      done: true,
      deleted: 4_000,
    });
    const after = (await ledgerOf(engine, plan.runId)).slice(3);
    expect(new Set(after.map(({ walk }) => walk))).toEqual(new Set(['age-index-windows']));
    expect(await leftIn(engine, table)).toEqual([]);
  });

  it('takes back a stretch that holds more rows than a batch may take, and never takes more at once', async () => {
    // None but on the last pages: the stretches before them find nothing, and grow.
    const hours = 'CASE WHEN i > 29300 THEN 100 + i ELSE 5 END';
    const table = await createWalked(engine, { ...ranges, rows: 30_000, batchRows: 300, hours, width: 1 });
    const begun = await begin(table);
    let rollbacks = 0;
    const databases = hookedDatabases(engine.databases, {
      before: async (sql) => {
        if (sql === 'ROLLBACK') rollbacks += 1;
      },
      after: async () => {},
    });
    const { slice } = createCleanupActivities({ ...engine.dependencies, databases });
    const { job, plan } = begun;
    const result = await engine.run(slice, { job, plan, slice: 1 });
    const entries = await ledgerOf(engine, plan.runId);
    expect(result).toMatchObject({ done: true, deleted: 700 });
    expect(rollbacks).toBeGreaterThan(0);
    expect(Math.max(...entries.map(({ deleted }) => deleted))).toBeLessThanOrEqual(300);
    expect(sumOf(entries, 'deleted')).toBe(700);
  });

  it('keeps to a limit that an operator sets on the way, though a page may hold more', async () => {
    const table = await createWalked(engine, { ...ranges, rows: 3_000 });
    const begun = await begin(table);
    const limit = `INSERT INTO sexton.control (scope, subject, batch_rows, by) VALUES ('resource', $1, 50, 'test')`;
    await sliceWith(begun, {
      afterCommit: async (batch) => batch === 2 && engine.db.query(limit, [begun.job.lockKey]),
    });
    const entries = await ledgerOf(engine, begun.plan.runId);
    expect(Math.max(...entries.slice(2).map(({ deleted }) => deleted))).toBeLessThanOrEqual(50);
    expect(sumOf(entries, 'deleted')).toBe(3_000);
  });

  it('sets aside rows that fail by themselves and takes all others', async () => {
    const table = await createWalked(engine, { ...ranges, rows: 3_000 });
    await engine.db.query(
      onDelete(table.name, `IF OLD.uid IN (700, 2222) THEN RAISE EXCEPTION 'legal hold'; END IF;`),
    );
    const begun = await begin(table);
    await sliceRun(engine, begun);
    const result = await finishRun(engine, begun);
    expect(await leftIn(engine, table)).toEqual([700, 2_222]);
    expect(result).toMatchObject({
      state: 'completedWithWarnings',
      deleted: 2_998,
      setAside: 2,
      remaining: 0,
    });
    expect((await queueOf(engine, begun.job)).map(({ resource_id }) => resource_id).toSorted()).toEqual([
      '2222',
      '700',
    ]);
  });
});

describe('a run along the age index', () => {
  it('looks for the end of its stretch anew where others add old rows to it meanwhile, and takes no more than it may', async () => {
    const table = await createWalked(engine, { ...windows, rows: 200, batchRows: 40 });
    const begun = await begin(table);
    const add = `INSERT INTO public.${table.name} SELECT 1000 * $1 + i, sexton.now() - interval '900 days' FROM generate_series(1, 30) i`;
    await sliceWith(begun, { beforeDelete: async (batch) => batch <= 3 && engine.db.query(add, [batch]) });
    const entries = await ledgerOf(engine, begun.plan.runId);
    expect(await leftIn(engine, table)).toEqual([]);
    expect(sumOf(entries, 'deleted')).toBe(290);
    expect(Math.max(...entries.map(({ deleted }) => deleted))).toBeLessThanOrEqual(40);
  });

  it('takes rows that nothing tells apart in one batch rather than look for an end between them for ever', async () => {
    const table = await createWalked(engine, {
      ...windows,
      rows: 120,
      batchRows: 40,
      hours: '100',
      orderBy: ['age'],
    });
    const begun = await begin(table);
    await sliceRun(engine, begun);
    expect(await leftIn(engine, table)).toEqual([]);
    expect(sumOf(await ledgerOf(engine, begun.plan.runId), 'deleted')).toBe(120);
  });

  it.each([
    ['of few instants', 'CASE WHEN i % 2 = 0 THEN 100 ELSE 3000 END'],
    [
      'that lie densely, then far apart, then densely',
      'CASE WHEN i < 900 THEN 30 WHEN i < 950 THEN i * 100 ELSE 200000 END',
    ],
  ])('through ages %s takes every row and never more than it may at once', async (_, hours) => {
    const table = await createWalked(engine, { ...windows, rows: 4_000, batchRows: 320, hours });
    const begun = await begin(table);
    await sliceRun(engine, begun);
    const entries = await ledgerOf(engine, begun.plan.runId);
    expect(await leftIn(engine, table)).toEqual([]);
    expect(sumOf(entries, 'deleted')).toBe(4_000);
    expect(Math.max(...entries.map(({ deleted }) => deleted))).toBeLessThanOrEqual(320);
  });

  it('is how a partitioned table is gone through, all its partitions, even where heap order was declared', async () => {
    const { job, name } = await createWalked(engine, { ...ranges, rows: 1 });
    const partition = (n: number) =>
      `CREATE TABLE public.${name}_${n} PARTITION OF public.${name} FOR VALUES WITH (MODULUS 3, REMAINDER ${n});`;
    await engine.db.query(`
      DROP TABLE public.${name};
      CREATE TABLE public.${name} (uid bigint PRIMARY KEY, age timestamptz, payload text) PARTITION BY HASH (uid);
      ${[0, 1, 2].map(partition).join('\n')}
      INSERT INTO public.${name} SELECT i, sexton.now() - make_interval(hours => CASE WHEN i % 4 = 0 THEN 5 ELSE i + 50 END)
      FROM generate_series(1, 2000) i;
      CREATE INDEX ON public.${name} (age);
      ANALYZE public.${name};`);
    const begun = await begin({ job, name });
    await sliceRun(engine, begun);
    const entries = await ledgerOf(engine, begun.plan.runId);
    expect(begun.plan).toMatchObject({ strategy: 'age-index-windows', eligible: 1_500 });
    expect(await leftIn(engine, { job, name })).toEqual(Array.from({ length: 500 }, (_, i) => (i + 1) * 4));
    expect(sumOf(entries, 'deleted')).toBe(1_500);
    expect(new Set(entries.map(({ walk }) => walk))).toEqual(new Set(['age-index-windows']));
  });
});

describe('a run to whose table somebody keeps adding old rows', () => {
  it('ends after ten passes, and says how many rows it leaves', async () => {
    const table = await createWalked(engine, { ...windows, rows: 40, batchRows: 40 });
    const begun = await begin(table);
    const add = `INSERT INTO public.${table.name} SELECT 1000 * $1 + i, sexton.now() - interval '900 days' FROM generate_series(1, 3) i`;
    await sliceWith(begun, {
      afterCommit: (batch): Promise<pg.QueryResult> => engine.db.query(add, [batch]),
    });
    const result = await finishRun(engine, begun);
    const entries = await ledgerOf(engine, begun.plan.runId);
    expect(Math.max(...entries.map(({ pass }) => pass))).toBe(10);
    expect(result).toMatchObject({
      state: 'completedWithWarnings',
      reason: '3 rows could not be deleted',
      deleted: sumOf(entries, 'deleted'),
      remaining: 3,
    });
  });
});
