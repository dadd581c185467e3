// The engine beside a fake blob store: a table of plans whose PDFs are its objects, and what became of both.
import type { Dependencies } from '../../../src/activities/dependencies.ts';
import { createBlobStore } from '../../../src/adapters/blob-store.ts';
import { useBlobApi } from '../../../src/config/blob.ts';
import type { Hold } from '../../../src/domain/jobs/control.ts';
import { type FakeBlob, type FakeBlobOptions, startFakeBlob } from '../../../src/local/fakes/blob.ts';
import { createEngine, type Engine } from '../engine.ts';

const PLAN_TABLE = `
  CREATE TABLE public.plan (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, made_at timestamptz, pdf text, pdf_deleted_at timestamptz);
  CREATE INDEX ON public.plan (made_at);`;

export interface BlobEngine extends Engine {
  readonly fake: FakeBlob;
}

export const createBlobEngine = async ({
  // Short enough for a test to wait for a store that does not answer.
  timeoutMs = 500,
  ...options
}: FakeBlobOptions & { readonly timeoutMs?: number } = {}): Promise<BlobEngine> => {
  const fake = await startFakeBlob(options);
  useBlobApi({ apiUrl: fake.url });
  const blobs = createBlobStore({ token: fake.token, timeoutMs });
  const engine = await createEngine(undefined, { blobs } satisfies Partial<Dependencies>);
  await engine.db.query(PLAN_TABLE);
  const close = async (): Promise<void> => {
    await engine.close();
    await fake.close();
  };
  return { ...engine, fake, close };
};

export const emptyPlans = async ({ db }: Engine): Promise<void> => {
  await db.query('TRUNCATE public.plan; TRUNCATE sexton.tombstone');
};

/** Plans made so many days ago, the first the oldest, each with its PDF in the store; returns the paths in that order. */
export const insertPlans = async (
  { db, fake }: BlobEngine,
  count: number,
  { prefix = 'old', daysAgo = 3 }: { readonly prefix?: string; readonly daysAgo?: number } = {},
): Promise<string[]> => {
  const { rows } = await db.query(
    `INSERT INTO public.plan (made_at, pdf)
     SELECT sexton.now() - make_interval(days => $3) + make_interval(secs => n), $1 || '/' || lpad(n::text, 5, '0') || '.pdf'
     FROM generate_series(1, $2) n RETURNING pdf`,
    [prefix, count, daysAgo],
  );
  const paths = rows.map((row): string => row.pdf);
  fake.put(paths);
  return paths;
};

export interface Standing {
  /** Paths that rows still name. */
  readonly named: readonly string[];
  /** Rows that were cleared and stamped. */
  readonly cleared: number;
  readonly tombstones: readonly string[];
  readonly objects: readonly string[];
}

/** Rows, tombstones and objects as they stand; a row that was cleared and not stamped, or the reverse, is an error. */
export const standing = async ({ db, fake }: BlobEngine): Promise<Standing> => {
  const plans = await db.query(
    'SELECT pdf, pdf_deleted_at IS NOT NULL AS stamped FROM public.plan ORDER BY id',
  );
  const torn = plans.rows.filter(({ pdf, stamped }) => (pdf === null) !== stamped);
  if (torn.length > 0) throw new Error(`rows that were cleared or stamped alone: ${JSON.stringify(torn)}`);
  const tombstones = await db.query('SELECT path FROM sexton.tombstone ORDER BY path');
  return {
    named: plans.rows.flatMap(({ pdf }): string[] => (pdf === null ? [] : [pdf])),
    cleared: plans.rows.filter(({ stamped }) => stamped).length,
    tombstones: tombstones.rows.map((row): string => row.path),
    objects: fake.paths(),
  };
};

/** Paths of the deletes that the store was asked for since the n-th call. */
export const deletesSince = ({ fake }: BlobEngine, calls: number): (readonly string[])[] =>
  fake
    .calls()
    .slice(calls)
    .filter(({ operation }) => operation === 'delete')
    .map(({ paths }) => paths);

/** As an operator does it, who acts between two statements of a slice. */
export const holdNow = async (
  { run, activities }: Engine,
  {
    job,
    runId,
  }: {
    readonly job: {
      readonly pack: string;
      readonly name: string;
      readonly resourceType: string;
      readonly lockKey: string;
    };
    readonly runId: string;
  },
  hold: Hold,
): Promise<void> => {
  const { pack, name, resourceType, lockKey } = job;
  await run(activities.holdRun, {
    run: { pack, job: name, database: 'app', resourceType, lockKey, runId },
    hold,
    force: true,
  });
};
