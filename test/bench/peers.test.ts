// The methods that `npm run bench:cleanup` compares the product with, on its own data: they must do the same work, or
// comparing their times means nothing.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eligibleRows, type Layout, liveIds } from '../../bench/cleanup/layouts.ts';
import { startLoad } from '../../bench/cleanup/oltp/load.ts';
import { BATCHED, PEERS } from '../../bench/cleanup/peers/index.ts';
import { fillTemplate } from '../../bench/cleanup/template.ts';
import { OLDER_THAN, TABLE } from '../../bench/cleanup/terms.ts';
import { freshDatabase } from '../support/stack.ts';

const ROWS = 4_000;
const BATCH = 300;

const layouts: readonly Layout[] = [
  { name: 'correlated', share: 0.3, heap: 'correlated' },
  { name: 'random', share: 0.3, heap: 'random' },
  { name: 'random age', share: 0.3, heap: 'random age' },
  { name: 'wide', share: 0.3, heap: 'correlated', wide: true },
];

/** A connection to a new table of this layout. */
const filled = async (layout: Layout): Promise<{ readonly url: string; readonly db: pg.Client }> => {
  const url = await freshDatabase('bench');
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  await fillTemplate(db, layout, ROWS);
  return { url, db };
};

describe.each(layouts)('on a table that is $name', (layout) => {
  let db: pg.Client;
  let cutoff: string;
  const eligible = eligibleRows(layout, ROWS);

  beforeAll(async () => {
    ({ db } = await filled(layout));
    const { rows } = await db.query(`SELECT (now() - interval '${OLDER_THAN}')::text AS cutoff`);
    cutoff = rows[0].cutoff;
  });
  afterAll(() => db?.end());

  const left = async (): Promise<{ readonly old: number; readonly all: number }> => {
    const { rows } = await db.query(
      `SELECT count(*) FILTER (WHERE created_at < $1)::int AS old, count(*)::int AS all FROM ${TABLE}`,
      [cutoff],
    );
    return rows[0];
  };

  /** Sees the table as it was, whatever `work` does to it; answers with how many rows each DELETE took. */
  const undone = async (work: (client: pg.Client) => Promise<void>): Promise<readonly number[]> => {
    const taken: number[] = [];
    const watched = {
      query: async (sql: string | pg.QueryConfig, values?: unknown[]) => {
        const result = typeof sql === 'string' ? await db.query(sql, values) : await db.query(sql);
        if (result.command === 'DELETE') taken.push(result.rowCount ?? 0);
        return result;
      },
    };
    await db.query('BEGIN');
    try {
      await work(watched as never);
    } finally {
      await db.query('ROLLBACK');
    }
    return taken;
  };

  it.each(PEERS)('$name deletes exactly the eligible rows and counts them', async (peer) => {
    await undone(async (client) => {
      expect(await left()).toEqual({ old: eligible, all: ROWS });
      expect(await peer.run({ db: client, cutoff, batchRows: BATCH })).toBe(eligible);
      expect(await left()).toEqual({ old: 0, all: ROWS - eligible });
    });
  });

  it.each(BATCHED)('$name takes a whole batch at a time and no more', async (peer) => {
    const taken = await undone(async (client) => {
      await peer.run({ db: client, cutoff, batchRows: BATCH });
    });
    expect(taken.filter((rows) => rows > 0)).toEqual(Array.from({ length: eligible / BATCH }, () => BATCH));
  });
});

it.each(layouts.slice(0, 2))(
  'the load on a table that is $name touches none of the rows that go',
  async (layout) => {
    const { db } = await filled(layout);
    const { from, to } = liveIds(layout, ROWS);
    const { rows } = await db.query(
      `SELECT min(id)::int AS from, max(id)::int AS to FROM ${TABLE} WHERE created_at >= now() - interval '${OLDER_THAN}'`,
    );
    await db.end();
    expect(rows[0]).toEqual({ from, to });
  },
);

it('an operation of the load counts from when it was to begin, however long it had to wait for its turn', async () => {
  const layout = { name: 'correlated', share: 0.3, heap: 'correlated' } as const;
  const { url, db } = await filled(layout);
  const load = await startLoad({ url, rate: 100, connections: 1, live: liveIds(layout, ROWS) });
  await db.query(`BEGIN; LOCK TABLE ${TABLE} IN ACCESS EXCLUSIVE MODE`);
  const lockedAt = Date.now();
  await db.query('SELECT pg_sleep(0.4)');
  await db.query('COMMIT');
  const { operations, failed } = await load.stop();
  await db.end();
  expect(failed).toEqual([]);
  const meanwhile = operations.filter(({ at }) => at > lockedAt + 50 && at < lockedAt + 150);
  expect(meanwhile.length).toBeGreaterThan(5);
  for (const { ms } of meanwhile) expect(ms).toBeGreaterThan(200);
});
