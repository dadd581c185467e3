// `sexton report`: as a person types it, on a real database. Rows in every form, statements for other tools, answers kept.
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerReport } from '../../src/client/commands/report.ts';
import { migrateAll } from '../../src/client/sync/migrations.ts';
import { aReport, loadGarden } from '../support/packs/reports.ts';
import { typeLine } from '../support/programs/typing.ts';
import { freshDatabase, unique } from '../support/stack.ts';

const REPORTS = [
  aReport({
    number: 2,
    sql: `-- Beds by size.
      SELECT 'bed ' || n AS bed, n * 12.345 AS area, n = :most AS last FROM generate_series(1, :most) n ORDER BY n`,
    params: { most: { type: 'integer', about: 'how many', default: 3, min: 1, max: 100 } },
    columns: [
      { name: 'bed', type: 'text' },
      { name: 'area', type: 'number', bands: { warning: { above: 30 } }, about: 'in square metres' },
      { name: 'last', type: 'boolean' },
    ],
    sample: [{ bed: 'bed 1', area: 12.35, last: false }],
    interpret: ({ rows }) => [`There are ${rows.length} beds.`],
    related: ['gates'],
    chart: { kind: 'bar', x: 'bed', y: ['area'] },
  }),
  aReport({
    name: 'gates',
    title: 'Gates',
    number: 1,
    sql: `SELECT jsonb_array_length(:jobs) + coalesce(:depth, 0) + jsonb_array_length(:rows) AS n`,
    inputs: {
      jobs: { kind: 'jobs' },
      depth: { kind: 'redis', of: 'key-length', key: 'gates' },
      rows: { kind: 'rows', database: 'app', sql: 'SELECT 1 AS one' },
    },
  }),
  aReport({ name: 'sheds', title: 'Sheds' }),
];

let url: string;
let db: pg.Pool;
beforeAll(async () => {
  url = await freshDatabase('report_cli');
  await migrateAll({ home: { url }, databases: [] });
  db = new pg.Pool({ connectionString: url, max: 2 });
});
afterAll(() => db.end());

const sexton = (...args: string[]) => {
  const catalog = loadGarden(
    { reports: REPORTS },
    { env: { DATABASE_URL: url, SEXTON_DATABASE_URL: url, REDIS_URL: 'redis://127.0.0.1:1' } },
  );
  const open = () => Promise.reject(new Error('Temporal is not needed'));
  return typeLine([registerReport], { load: async () => catalog, open }, ['report', ...args]);
};

describe('sexton report', () => {
  it('without a name lists every report with its number', async () => {
    const { code, stdout } = await sexton();
    expect([code, stdout.split('\n').map((line) => line.trim())]).toEqual([
      0,
      ['2  garden/report/beds   Beds', '1  garden/report/gates  Gates', 'garden/report/sheds  Sheds', ''],
    ]);
    const { reports } = JSON.parse((await sexton('--json')).stdout);
    expect(reports[0]).toMatchObject({
      id: 'garden/report/beds',
      number: 2,
      columns: ['bed', 'area', 'last'],
    });
  });

  it.each(['beds', '2', 'garden/report/beds'])(
    'answers %s as a table with words and limits (DRAFT-59)',
    async (name) => {
      const { code, stdout } = await sexton(name);
      expect(code).toBe(0);
      expect(stdout).toContain('bed 3  37.04 !   yes');
      expect(stdout).toContain('- There are 3 beds.');
    },
  );

  it('answers as CSV, JSON and SVG, the words of CSV beside it (DRAFT-59, SLA-51)', async () => {
    const csv = await sexton('beds', '--format', 'csv', '--param', 'most=2');
    expect(csv.stdout).toBe(
      'bed,area,last,area_band\r\nbed 1,12.35,false,healthy\r\nbed 2,24.69,true,healthy\r\n',
    );
    expect(csv.stderr).toBe('There are 2 beds.\n');
    const { rows, interpretation, params } = JSON.parse((await sexton('beds', '--json')).stdout);
    expect(rows[2]).toEqual({ bed: 'bed 3', area: 37.04, last: true });
    expect([interpretation, params]).toEqual([['There are 3 beds.'], { most: 3 }]);
    expect((await sexton('beds', '--format', 'svg')).stdout).toMatch(/^<svg .*<\/svg>\n$/s);
    expect(await sexton('sheds', '--format', 'svg')).toMatchObject({ code: 2, stdout: '' });
  });

  it('answers several at once, each after the other', async () => {
    const { reports } = JSON.parse((await sexton('beds', 'sheds', '--json')).stdout);
    expect(reports.map(({ report }: { report: string }) => report)).toEqual([
      'garden/report/beds',
      'garden/report/sheds',
    ]);
  });

  it('runs without Temporal and Redis, and says what it could not take', async () => {
    const { code, stdout } = await sexton('gates', '--json');
    const { rows, interpretation } = JSON.parse(stdout);
    expect([code, rows]).toEqual([0, [{ n: 1 }]]);
    expect(interpretation[0]).toMatch(/^depth could not be taken \(REDIS_UNREACHABLE\): /);
  });

  it.each([
    ['a name that is none', ['bed'], 'no report bed; did you mean beds?'],
    ['a number that is none', ['7'], 'no report has the number 7'],
    ['a pack that is none', ['--pack', 'shed'], 'no pack shed; there are: garden'],
    [
      'a value beyond its limits',
      ['beds', '--param', 'most=0'],
      'garden/report/beds: most must be at least 1, and was 0',
    ],
    [
      'a parameter that is none',
      ['sheds', '--param', 'most=1'],
      'garden/report/sheds: there is no parameter most; there is none',
    ],
    [
      'an export of everything',
      ['--export', '-'],
      '--export writes the reports of one pack: name it with --pack',
    ],
  ])('refuses %s with exit code 2', async (_, args, words) => {
    expect(await sexton(...args)).toEqual({ code: 2, stdout: '', stderr: `${words}\n` });
  });

  it('keeps an answer for 24 months where it is asked to, as it was shown (DRAFT-101)', async () => {
    const { stdout, stderr } = await sexton('beds', '--json', '--store');
    const { rows } = await db.query(
      `SELECT name, status, answer, (keep_until - at)::text AS kept FROM sexton.report`,
    );
    expect(rows).toEqual([{ name: 'beds', status: 'warning', answer: JSON.parse(stdout), kept: '730 days' }]);
    expect(stderr).toMatch(/^garden\/report\/beds stored as \d+\n$/);
    const id = /\d+/.exec(stderr)?.[0] ?? '';
    expect((await sexton('beds', '--stored')).stdout).toMatch(
      new RegExp(`^ +${id} {2}\\S+Z {2}warning {3}garden/report/beds\n$`),
    );
    expect(JSON.parse((await sexton('--answer', id)).stdout)).toEqual(JSON.parse(stdout));
    expect((await sexton('sheds', '--stored')).stdout).toMatch(/^no answer is stored/);
    expect(await sexton('--answer', '999999')).toMatchObject({ code: 2, stdout: '' });
  });

  it('shows its statement as plain SQL that any tool runs, to the same rows (DRAFT-59)', async () => {
    const { stdout } = await sexton('beds', '--sql');
    expect(stdout).toContain('-- 2 · Beds (garden/report/beds, database app)\n-- How many beds there are.');
    expect(stdout).toContain('--   area (number): in square metres; warning > 30');
    const { rows } = await db.query(stdout);
    expect(rows.map(({ area }) => Number(area))).toEqual([12.345, 24.69, 37.035]);
  });

  it('exports all of a pack as one commented file that runs from top to bottom (DRAFT-59)', async () => {
    const file = join(tmpdir(), `${unique('reports')}.sql`);
    expect((await sexton('--pack', 'garden', '--export', file)).code).toBe(0);
    const text = await readFile(file, 'utf8');
    await rm(file);
    expect((await sexton('--pack', 'garden', '--export', '-')).stdout).toBe(text);
    const results = (await db.query(text)) as unknown as readonly pg.QueryResult[];
    expect(results.map(({ rows }) => rows.length)).toEqual([1, 3, 1]);
    expect(results[0]?.rows).toEqual([{ n: 1 }]);
    expect(text.split('\n').filter((line) => line.length > 130 && line.startsWith('--'))).toEqual([]);
  });
});
