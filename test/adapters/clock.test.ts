// One clock for every statement of ours and of packs, and it moves only where that was allowed.
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateAll } from '../../src/client/sync/migrations.ts';
import { ROOT } from '../support/programs/house.ts';
import { freshDatabase } from '../support/stack.ts';

let db: pg.Client;
beforeAll(async () => {
  const url = await freshDatabase('clock');
  await migrateAll({ home: { url }, databases: [] });
  db = new pg.Client({ connectionString: url });
  await db.connect();
});
afterAll(() => db.end());

const skewSeconds = async (): Promise<number> =>
  (await db.query('SELECT extract(epoch FROM sexton.now() - now())::float8 AS skew')).rows[0].skew;

describe('sexton.now()', () => {
  it('is the database’s own clock, and does not move within a transaction', async () => {
    expect(await skewSeconds()).toBe(0);
    await db.query('BEGIN');
    const first = (await db.query('SELECT sexton.now()::text AS at')).rows[0].at;
    await db.query('SELECT pg_sleep(0.01)');
    expect((await db.query('SELECT sexton.now()::text AS at')).rows[0].at).toBe(first);
    await db.query('ROLLBACK');
  });

  it('refuses to move where nobody has made it adjustable', async () => {
    await expect(db.query(`UPDATE sexton.clock SET "offset" = '1 hour'`)).rejects.toThrow(
      /only_an_adjustable_clock_moves/,
    );
    await expect(db.query('INSERT INTO sexton.clock (singleton) VALUES (false)')).rejects.toThrow();
    await expect(db.query('INSERT INTO sexton.clock DEFAULT VALUES')).rejects.toThrow(/duplicate key/);
    expect(await skewSeconds()).toBe(0);
  });

  it('moves where it is adjustable, and cannot be fixed again while it is away from the real time', async () => {
    await db.query(`UPDATE sexton.clock SET adjustable = true, "offset" = '7 days'`);
    expect(await skewSeconds()).toBe(7 * 86_400);
    await expect(db.query('UPDATE sexton.clock SET adjustable = false')).rejects.toThrow(
      /only_an_adjustable_clock_moves/,
    );
    await db.query(`UPDATE sexton.clock SET adjustable = false, "offset" = '0'`);
    expect(await skewSeconds()).toBe(0);
  });
});

const DEFINITION = 'src/adapters/postgres/migrations/shared/001_clock.sql';

/** Asks Postgres for the time by any name but sexton.now(). */
const BARE_CLOCK =
  /(?<![\w.$])now\(\)|pg_catalog\.now\b|\b(current_timestamp|current_date|current_time|localtimestamp|localtime|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\b|'(now|today|tomorrow|yesterday)'/i;

const sources = (folder: string): string[] =>
  readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|sql)$/.test(file))
    .map((file) => `${folder}/${file}`);

const read = (file: string): string => readFileSync(`${ROOT}${file}`, 'utf8');

/** Everything in a TypeScript file that could be SQL: its texts, without the code between and inside them. */
const textsOf = (file: string): string[] => {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      texts.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest));
  return texts;
};

/** SQL lines without the comments, which may speak of it. */
const statements = (file: string): string[] =>
  (file.endsWith('.sql') ? [read(file)] : textsOf(file))
    .flatMap((text) => text.replaceAll(/\/\*[\s\S]*?\*\//g, '').split('\n'))
    .map((line) => line.replace(/--.*$/, ''));

describe('the sources of Sexton and of its packs', () => {
  it('ask no other clock than sexton.now() in any statement', () => {
    const files = [...sources('src'), ...sources('packs')].filter((file) => file !== DEFINITION);
    const found = files.flatMap((file) =>
      statements(file).flatMap((line) => (BARE_CLOCK.test(line) ? [`${file}: ${line.trim()}`] : [])),
    );
    expect(files.length).toBeGreaterThan(50);
    expect(found).toEqual([]);
  });

  it.each([
    'DEFAULT now()',
    'WHERE a < NOW()',
    'current_timestamp - x',
    'SELECT pg_catalog.now()',
    "'today'::date",
  ])('would be caught saying %s', (sql) => {
    expect(sql).toMatch(BARE_CLOCK);
  });

  it.each(['sexton.now()', 'Date.now()', 'performance.now()', 'known()'])('may say %s', (sql) => {
    expect(sql).not.toMatch(BARE_CLOCK);
  });

  it('define it in one place', () => {
    expect(statements(DEFINITION).join('\n')).toMatch(/CREATE OR REPLACE FUNCTION sexton\.now\(\)/);
  });
});
