// The names of an object, in TypeScript and in SQL, which must agree: what one takes for another object is deleted by the other.
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namesOf, pathOf, storeIdOf } from '../../src/adapters/blob-names.ts';
import { createEngine, type Engine } from '../support/engine.ts';

let engine: Engine;
let db: pg.Pool;
beforeAll(async () => {
  engine = await createEngine();
  ({ db } = engine);
});
afterAll(() => engine.close());

const inSql = async (names: readonly string[], store: string): Promise<string[]> =>
  (
    await db.query(
      'SELECT sexton.object_path(name, $2) AS path FROM unnest($1::text[]) WITH ORDINALITY n(name, place) ORDER BY place',
      [names, store],
    )
  ).rows.map(({ path }) => path);

const STORE = 'abc123';
const at = (path: string, access = 'public', id = STORE) =>
  `https://${id}.${access}.blob.vercel-storage.com/${path}`;

describe('the id of a store', () => {
  it('is the fourth part of its token, in lower case as addresses have it, and empty where there is none', () => {
    expect(storeIdOf('vercel_blob_rw_AbC123_secret')).toBe('abc123');
    expect(['', 'nonsense', 'vercel_blob_rw_', 'vercel_blob_rw_a.b_secret'].map(storeIdOf)).toEqual([
      '',
      '',
      '',
      '',
    ]);
  });
});

describe('an object’s path', () => {
  const cases: readonly (readonly [name: string, path: string])[] = [
    ['pdf/1.pdf', 'pdf/1.pdf'],
    ['/pdf/1.pdf', 'pdf/1.pdf'],
    [at('pdf/1.pdf'), 'pdf/1.pdf'],
    [at('pdf/1.pdf', 'private'), 'pdf/1.pdf'],
    [`${at('pdf/1.pdf')}?download=1`, 'pdf/1.pdf'],
    [`${at('pdf/1.pdf')}#page=2`, 'pdf/1.pdf'],
    [at('pdf/1.pdf').replace('https', 'HTTP').toUpperCase().replace('PDF/1.PDF', 'Pdf/1.pdf'), 'Pdf/1.pdf'],
    [at('a%20b/%C3%BC%23.pdf'), 'a b/ü#.pdf'],
    ['a%20b.pdf', 'a%20b.pdf'],
    [at('pdf/1.pdf', 'public', 'other'), at('pdf/1.pdf', 'public', 'other')],
    ['https://cdn.example.com/pdf/1.pdf', 'https://cdn.example.com/pdf/1.pdf'],
    [at('pdf/1.pdf').replace('.blob.', '.blob.evil.'), at('pdf/1.pdf').replace('.blob.', '.blob.evil.')],
  ];

  it('is the same by each of its names; another store’s address stays as it is', async () => {
    expect(cases.map(([name]) => pathOf(STORE, name))).toEqual(cases.map(([, path]) => path));
    expect(
      await inSql(
        cases.map(([name]) => name),
        STORE,
      ),
    ).toEqual(cases.map(([, path]) => path));
  });

  it('is what it is called where nobody knows the store', async () => {
    const names = ['pdf/1.pdf', at('pdf/1.pdf')];
    expect(names.map((name) => pathOf('', name))).toEqual(names);
    expect(await inSql(names, '')).toEqual(names);
  });

  it('is found again by every name that is looked for, in both languages, whatever characters it has', async () => {
    const path = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
      .filter(
        (text) =>
          !/^\/|^https?:/i.test(text) && !text.includes('%') && !text.includes(String.fromCharCode(0)),
      );
    await fc.assert(
      fc.asyncProperty(path, async (each) => {
        // A name with a bare # or ? is no address of it: there they end the path.
        const names = namesOf(STORE, each).filter(
          (name) => !name.startsWith('https') || !/[?#]/.test(name.replace(/\?download=1$/, '')),
        );
        expect(new Set(names.map((name) => pathOf(STORE, name)))).toEqual(new Set([each]));
        expect(new Set(await inSql(names, STORE))).toEqual(new Set([each]));
      }),
      { numRuns: 100 },
    );
  });
});
