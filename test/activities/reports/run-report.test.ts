// Reports on real Postgres and Redis: nothing is written, nothing rounded or shifted, and whatever cannot be taken is null
// and said.
import type { Client } from '@temporalio/client';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ParamError } from '../../../src/activities/reports/run-report.ts';
import { type Databases, openDatabases } from '../../../src/adapters/postgres/databases.ts';
import { migrateAll } from '../../../src/client/sync/migrations.ts';
import { answerJson } from '../../../src/domain/reports/forms.ts';
import type { ReportColumnDefinition, ReportDefinition } from '../../../src/index.ts';
import { aReport, runnerOf } from '../../support/packs/reports.ts';
import { freshDatabase, redisUrl, unique } from '../../support/stack.ts';

let url: string;
let db: pg.Pool;
let databases: Databases;
const slow: string[] = [];
beforeAll(async () => {
  url = await freshDatabase('reports');
  await migrateAll({ home: { url }, databases: [] });
  db = new pg.Pool({ connectionString: url, max: 2 });
  await db.query('CREATE TABLE bed (id int PRIMARY KEY, name text, dug timestamptz)');
  await db.query(
    `INSERT INTO bed SELECT n, 'bed ' || n, '2026-02-10T23:30:00Z' FROM generate_series(1, 5) n`,
  );
  databases = openDatabases({ url }, []);
});
afterAll(() => Promise.all([db.end(), databases.close()]));

const NO_ANSWER = {
  schedule: {
    getHandle: () => ({ describe: () => Promise.reject(new Error('connection refused')) }),
  },
} as unknown as Client;

const run = (report: Partial<ReportDefinition>, params?: Readonly<Record<string, string | number | null>>) =>
  runnerOf({
    url,
    databases,
    redisUrl: redisUrl(),
    temporal: NO_ANSWER,
    tellSlow: (answer) => {
      slow.push(answer.report);
    },
  })(aReport(report), params);

/** Columns by type, and a sample of nothing. */
const columns = (types: Readonly<Record<string, ReportColumnDefinition['type']>>) => ({
  columns: Object.entries(types).map(([name, type]) => ({ name, type })),
  sample: [Object.fromEntries(Object.keys(types).map((name) => [name, null]))],
});

describe('the values of a report', () => {
  it('come as their columns say, exact, in UTC wherever this machine is', async () => {
    const { tables, asOf } = await run({
      sql: `SELECT 'x'::text AS t, true AS b, 9007199254740991::bigint AS c, 56.521739130434783::numeric AS p,
        0.1::float8 AS n, '2026-02-10T23:30:00.5Z'::timestamptz AS i, '2026-02-10T23:30:00Z'::timestamptz AS d,
        '2026-02-11'::date AS e, NULL::int AS nothing`,
      ...columns({
        t: 'text',
        b: 'boolean',
        c: 'count',
        p: 'percent',
        n: 'number',
        i: 'instant',
        d: 'date',
        e: 'date',
        nothing: 'count',
      }),
    });
    expect(tables[0].rows).toEqual([
      {
        t: 'x',
        b: true,
        c: 9_007_199_254_740_991,
        p: 56.52173913043478,
        n: 0.1,
        i: '2026-02-10T23:30:00.500Z',
        d: '2026-02-10',
        e: '2026-02-11',
        nothing: null,
      },
    ]);
    expect(asOf).toMatch(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
  });

  it.each<[string, string, ReportDefinition['columns']]>([
    ['other columns than declared', 'SELECT 1 AS m', [{ name: 'n', type: 'count' }]],
    ['no number where one is declared', `SELECT 'NaN'::float8 AS n`, [{ name: 'n', type: 'count' }]],
    ['a text where a number is declared', `SELECT 'x' AS n`, [{ name: 'n', type: 'count' }]],
    [
      'no instant where one is declared',
      `SELECT 'infinity'::timestamptz AS n`,
      [{ name: 'n', type: 'instant' }],
    ],
    ['more rows than a report has', 'SELECT generate_series(1, 10001) AS n', [{ name: 'n', type: 'count' }]],
  ])('are refused, never guessed, where there are %s', async (_, sql, declared) => {
    await expect(run({ sql, columns: declared })).rejects.toMatchObject({ name: 'ReportError' });
  });

  it('are of one instant and one snapshot in all its statements', async () => {
    const { tables } = await run({
      sql: `SELECT sexton.now() AS at, pg_current_snapshot()::text AS seen`,
      ...columns({ at: 'instant', seen: 'text' }),
      sections: [
        {
          name: 'again',
          title: 'Again',
          sql: 'SELECT sexton.now() AS at, pg_current_snapshot()::text AS seen FROM pg_sleep(0.01)',
          columns: [
            { name: 'at', type: 'instant' },
            { name: 'seen', type: 'text' },
          ],
        },
      ],
    });
    expect(tables[1]?.rows).toEqual(tables[0].rows);
  });
});

describe('a report', () => {
  it('can change nothing, whatever it calls', async () => {
    await db.query(`CREATE FUNCTION dig() RETURNS int LANGUAGE sql AS $$ DELETE FROM bed RETURNING id $$`);
    await expect(run({ sql: 'SELECT dig() AS n' })).rejects.toThrow(/read-only/);
    expect((await db.query('SELECT count(*)::int AS n FROM bed')).rows[0].n).toBe(5);
  });

  it('is one statement, and no value of a parameter becomes another', async () => {
    await expect(run({ sql: 'SELECT 1 AS n; SELECT 2 AS n' })).rejects.toThrow(/multiple commands/);
    const named = {
      sql: 'SELECT count(*) AS n FROM bed WHERE name = :name',
      params: { name: { type: 'text', about: 'of the bed' } },
    } as const;
    expect((await run(named, { name: `x' OR true --` })).tables[0].rows).toEqual([{ n: 0 }]);
    expect((await run(named, { name: 'bed 3' })).tables[0].rows).toEqual([{ n: 1 }]);
    await expect(run(named)).rejects.toBeInstanceOf(ParamError);
  });

  it('is given each parameter by its type, as often as it names it', async () => {
    const { tables } = await run(
      {
        sql: `SELECT :n + :n AS n, extract(epoch FROM :w) AS s, :at AS i, :d AS d, pg_typeof(:w)::text AS t`,
        ...columns({ n: 'count', s: 'seconds', i: 'instant', d: 'date', t: 'text' }),
        params: {
          n: { type: 'integer', about: 'n', default: 2 },
          w: { type: 'duration', about: 'w', default: '36h' },
          at: { type: 'instant', about: 'at' },
          d: { type: 'date', about: 'd', default: null },
        },
      },
      { at: '2026-02-10T12:00:00+01:00', n: '21' },
    );
    expect(tables[0].rows).toEqual([
      { n: 42, s: 129_600, i: '2026-02-10T11:00:00Z', d: null, t: 'interval' },
    ]);
  });

  it('that takes longer than its budget says so, and is told to whoever logs (DRAFT-59)', async () => {
    slow.length = 0;
    const answer = await run({ sql: 'SELECT 1 AS n FROM pg_sleep(0.05)', budgetMs: 10 });
    expect(slow).toEqual(['garden/report/beds']);
    expect(answerJson(answer)).toMatchObject({ over_budget: true, budget_ms: 10 });
    await run({ budgetMs: 5_000 });
    expect(slow).toHaveLength(1);
  });

  it('that hangs ends at its timeout', async () => {
    await expect(run({ sql: 'SELECT 1 AS n FROM pg_sleep(20)', timeout: '1s' })).rejects.toThrow(
      /statement timeout/,
    );
  });
});

describe('what a report takes before it asks', () => {
  const key = unique('forms');
  beforeAll(async () => {
    const redis = new Redis(redisUrl());
    await redis.lpush(key, 'a', 'b', 'c');
    await redis.quit();
  });

  it('is handed in by name: numbers, series, rows of another database, jobs', async () => {
    const { tables, untaken } = await run({
      sql: `SELECT :forms AS forms, jsonb_array_length(:series) AS series, :series -> 1 ->> 'value' AS second,
        :rows -> 4 ->> 'name' AS fifth, :jobs -> 0 ->> 'budget_seconds' AS budget`,
      ...columns({ forms: 'number', series: 'count', second: 'text', fifth: 'text', budget: 'text' }),
      params: { most: { type: 'integer', about: 'most', default: 5 } },
      inputs: {
        forms: { kind: 'redis', of: 'key-length', key },
        series: {
          kind: 'sql',
          database: 'app',
          sql: 'SELECT id AS bed, id * 2 AS value FROM bed ORDER BY id',
          labels: ['bed'],
        },
        rows: { kind: 'rows', database: 'home', sql: 'SELECT name FROM bed ORDER BY id LIMIT :most -- all' },
        jobs: { kind: 'jobs' },
      },
    });
    expect(untaken).toEqual([]);
    expect(tables[0].rows).toEqual([{ forms: 3, series: 5, second: '4', fifth: 'bed 5', budget: '60' }]);
  });

  it('is null and said where it cannot be taken, and the report still runs (DRAFT-128)', async () => {
    const answer = await run({
      sql: `SELECT :sum AS n, :none IS NULL AS b, :jobs -> 0 ->> 'job' AS job, :jobs -> 0 -> 'paused' = 'null' AS unknown`,
      ...columns({ n: 'number', b: 'boolean', job: 'text', unknown: 'boolean' }),
      inputs: {
        sum: { kind: 'sql', database: 'app', sql: 'SELECT 1 / 0 AS value', labels: [] },
        none: { kind: 'rows', database: 'app', sql: 'SELECT 1 FROM nowhere' },
        jobs: { kind: 'jobs', schedules: true },
      },
    });
    expect(answer.tables[0].rows).toEqual([{ n: null, b: true, job: 'weed', unknown: true }]);
    expect(answer.untaken.map(({ input, type }) => [input, type])).toEqual([
      ['sum', 'SQL_22012'],
      ['none', 'SQL_42P01'],
      ['jobs', 'SQL_CONNECTION'],
    ]);
    expect(answerJson(answer).interpretation).toContain(
      'sum could not be taken (SQL_22012): division by zero',
    );
  });

  it('is told to what makes sense of the rows, unrounded', async () => {
    const answer = await run({
      sql: 'SELECT 1.0 / 3 AS n',
      interpret: ({ rows, params, sections, asOf }) => [
        `${rows[0]?.['n']} ${Object.keys(params).length} ${Object.keys(sections).length} ${asOf.slice(0, 2)}`,
      ],
    });
    expect(answer.lines).toEqual([`${1 / 3} 0 0 20`]);
  });
});
