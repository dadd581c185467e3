// Objects that no row names, for tests: paths, the rows that name some of them, and what a run over the store has found.
import { anOrphansJob } from './builders.ts';
import type { BlobEngine } from './plans.ts';
import { aRun, type BegunRun, beginRun } from './run-job.ts';

export const beginOrphans = (engine: BlobEngine, job = anOrphansJob()): Promise<BegunRun> =>
  beginRun(engine, aRun(job));

/** So many paths below `pdf/`, in their order. */
export const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `pdf/${String(n).padStart(4, '0')}.pdf`);

/** Rows that name objects so. */
export const nameInRows = async ({ db }: BlobEngine, names: readonly string[]): Promise<void> => {
  await db.query(
    'INSERT INTO public.plan (made_at, pdf) SELECT sexton.now(), name FROM unnest($1::text[]) name',
    [names],
  );
};

export const addressOf = ({ fake }: BlobEngine, path: string, access = 'public'): string =>
  `https://${fake.storeId}.${access}.blob.vercel-storage.com/${path}`;

/** What runs have found and not yet judged, or judged to be too much. */
export const candidatesIn = async ({ db }: BlobEngine): Promise<readonly string[]> =>
  (await db.query('SELECT path FROM sexton.orphan ORDER BY path')).rows.map(({ path }) => path);
