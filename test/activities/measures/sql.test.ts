// `sql` on real Postgres: what a row means, what none means, and what keeps a statement from doing harm.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLookingPools } from '../../../src/adapters/postgres/looking-pools.ts';
import { measuresSchema } from '../../../src/catalog/schema/measures.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { errorOf, readingsOf, type Take, takerOf, valueOf } from '../../support/monitors/measures.ts';

let engine: Engine;
let take: Take;
beforeAll(async () => {
  engine = await createEngine();
  take = takerOf(engine.dependencies);
  await engine.db.query('CREATE TABLE public.item (queue text, at timestamptz, done boolean)');
});
afterAll(() => engine.close());

const asking = (sql: string, more: object = {}) => take({ kind: 'sql', database: 'app', sql, ...more });

describe('what a statement answers', () => {
  it('is a series a row: its number in one column, its labels in the others', async () => {
    const taken = await asking(
      "SELECT * FROM (VALUES ('a', 1.5::numeric, 'x'), ('b', 9007199254740991::bigint, NULL)) v(queue, value, zone)",
    );
    expect(readingsOf(taken)).toEqual([
      { labels: { queue: 'a', zone: 'x' }, value: 1.5 },
      { labels: { queue: 'b' }, value: 9007199254740991 },
    ]);
    const { rows } = await engine.db.query(
      'SELECT abs(extract(epoch FROM sexton.now() - $1))::float8 AS off',
      [taken.asOf],
    );
    expect(rows[0].off).toBeLessThan(10);
  });

  it('of several numbers is the one that is asked for, with what people are shown beside it', async () => {
    const sql =
      "SELECT 7 AS depth, 30.5 AS oldest_hours, '2026-02-10T12:00:00Z'::timestamptz AS since -- of the queue";
    const more = { value: 'depth', labels: [], facts: ['since'], payload: ['oldest_hours', 'depth'] };
    expect(readingsOf(await asking(sql, more))).toEqual([
      {
        labels: {},
        value: 7,
        facts: [['since', '2026-02-10T12:00:00.000Z']],
        payload: { oldest_hours: '30.5', depth: 7 },
      },
    ]);
  });

  it('stays null where it is null, and is nothing, or 0 where that is declared, without a row', async () => {
    expect(readingsOf(await asking('SELECT avg(1) AS value FROM public.item'))).toEqual([
      { labels: {}, value: null },
    ]);
    expect(readingsOf(await asking('SELECT 1 AS value FROM public.item'))).toEqual([]);
    expect(readingsOf(await asking('SELECT 1 AS value FROM public.item', { none: 0 }))).toEqual([
      { labels: {}, value: 0 },
    ]);
  });
});

describe('a statement that is no measure', () => {
  it.each([
    ['has no such column', 'SELECT 1 AS depth', /^BAD_COLUMNS: .*no column value; it has depth/],
    [
      'has a number that is none',
      "SELECT 'much' AS value",
      /^BAD_VALUE: column value must be a number or null/,
    ],
    ['has an infinite number', "SELECT 'infinity'::float8 AS value", /^BAD_VALUE/],
    ['has two rows for a series', 'SELECT 1 AS value FROM generate_series(1, 2)', /^DOUBLED_SERIES/],
    ['has rows without end', 'SELECT n AS value, n FROM generate_series(1, 10001) n', /^TOO_MANY_SERIES/],
    ['fails', 'SELECT 1 / (SELECT count(*) FROM public.item) AS value', /^SQL_22012: division by zero/],
  ])('that %s is an error that says so', async (_, sql, error) => {
    expect(errorOf(await asking(sql))).toMatch(error);
  });

  it('may change nothing, not even in a function that it calls', async () => {
    await engine.db.query(`CREATE FUNCTION public.sneak() RETURNS int LANGUAGE sql VOLATILE
      AS $$ INSERT INTO public.item (queue) VALUES ('sneaked') RETURNING 1 $$`);
    expect(errorOf(await asking('SELECT public.sneak() AS value'))).toMatch(
      /^SQL_25006: .*read-only transaction/,
    );
    expect((await engine.db.query('SELECT count(*)::int AS n FROM public.item')).rows).toEqual([{ n: 0 }]);
  });

  it('is ended by Postgres itself when its time is over', async () => {
    const slow = await asking('SELECT pg_sleep(60)::text AS a, 1 AS value', { timeout: '1s' });
    expect(errorOf(slow)).toBe('TIMEOUT: no answer within 1 s');
    const goingOn = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active'
      AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()`;
    await eventually('nothing of it goes on', async () => (await engine.db.query(goingOn)).rows[0].n === 0);
  });
});

describe('a database that does not let itself be asked', () => {
  const at = (url: string): Take => {
    const looking = openLookingPools([{ pack: 'test-pack', name: 'app', url }]);
    return async (measure) => {
      const taken = await takerOf({ ...engine.dependencies, looking })(measure);
      await looking.close();
      return taken;
    };
  };
  const changed = (change: (url: URL) => void): string => {
    const url = new URL(engine.url);
    change(url);
    return url.href;
  };

  it('for a wrong password is told as that, without the password', async () => {
    const wrong = changed((url) => {
      url.username = 'nobody_here';
      url.password = 'hush-hush';
    });
    const error = errorOf(await at(wrong)({ kind: 'sql', database: 'app', sql: 'SELECT 1 AS value' }));
    expect(error).toMatch(/^SQL_28(000|P01): .*nobody_here/);
    expect(error).not.toContain('hush');
  });

  it('for being away is told as that', async () => {
    const away = changed((url) => {
      url.port = '1';
    });
    const error = errorOf(await at(away)({ kind: 'sql', database: 'app', sql: 'SELECT 1 AS value' }));
    expect(error).toMatch(/^SQL_CONNECTION: /);
  });

  it('for not being configured is told as that', async () => {
    const taken = await take({ kind: 'sql', database: 'other', sql: 'SELECT 1 AS value' });
    expect(errorOf(taken)).toMatch(/^UNKNOWN_NAME: pack test-pack has no database other/);
  });
});

describe('a declared statement', () => {
  const fault = (sql: string): string | undefined => {
    const result = measuresSchema.safeParse({ it: { kind: 'sql', database: 'app', sql } });
    return result.success ? undefined : result.error.issues[0]?.message;
  };

  it.each([
    ['SELECT 1 AS value; ;', undefined],
    ["SELECT 'now()' AS text, sexton.now() AS value -- never now()", undefined],
    ['DELETE FROM item', /must be SELECT/],
    ['SELECT extract(epoch FROM now()) AS value', /must ask sexton.now\(\)/],
    ['SELECT 1 AS value WHERE CURRENT_DATE > at', /must ask sexton.now\(\)/],
    ['BEGIN', /must not control/],
  ])('%s', (sql, rule) => {
    if (rule) expect(fault(sql)).toMatch(rule);
    else expect(fault(sql)).toBeUndefined();
  });

  it('may take at most 30 s', () => {
    const slow = { kind: 'sql', database: 'app', sql: 'SELECT 1 AS value', timeout: '31s' };
    expect(measuresSchema.safeParse({ slow }).error?.issues[0]?.message).toBe('must be at most 30s');
  });

  it('is read anew when it is taken', async () => {
    expect(valueOf(await asking('SELECT 42 AS value;'))).toBe(42);
  });
});
