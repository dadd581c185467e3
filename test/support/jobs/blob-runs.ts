// Runs of jobs of objects, step by step: with the store as it is, with one that the test put in its place, or with one that
// nobody else sees.
import { createCleanupActivities } from '../../../src/activities/index.ts';
import type { SliceResult } from '../../../src/activities/slice/slice.ts';
import { type BlobStore, BlobStoreError } from '../../../src/adapters/blob-store.ts';
import { useBlobApi } from '../../../src/config/blob.ts';
import type { FakeBlobOptions } from '../../../src/local/fakes/blob.ts';
import { aBlobsJob } from './builders.ts';
import { type BlobEngine, createBlobEngine, emptyPlans } from './plans.ts';
import { aRun, type BegunRun, beginRun } from './run-job.ts';

/** Neither plans nor tombstones, orphans or objects; returns how many calls the store has had by then. */
export const startAfresh = async (engine: BlobEngine): Promise<number> => {
  // A test that had a store of its own has turned the process to it.
  useBlobApi({ apiUrl: engine.fake.url });
  await emptyPlans(engine);
  await engine.db.query('TRUNCATE sexton.orphan');
  const left = engine.fake.paths();
  if (left.length > 0) await engine.dependencies.blobs?.remove(left);
  return engine.fake.calls().length;
};

export const beginBlobs = (engine: BlobEngine, job = aBlobsJob()): Promise<BegunRun> =>
  beginRun(engine, aRun(job));

/** A slice of a run that waits ten seconds where it fails. */
export const sliceBlobs = (
  { dependencies, run }: BlobEngine,
  { job, plan }: BegunRun,
  number = 1,
  blobs?: BlobStore,
): Promise<SliceResult> => {
  const activities = createCleanupActivities({ ...dependencies, ...(blobs && { blobs }) });
  return run(activities.slice, { job, plan, slice: number, waitIfFailedSeconds: 10 });
};

/** The engine's store, but for some of its calls. */
export const storeWith = ({ dependencies }: BlobEngine, change: Partial<BlobStore>): BlobStore => ({
  ...dependencies.blobs!,
  ...change,
});

/** The store of a worker that dies when it is about to remove objects. */
export const dyingStore = (engine: BlobEngine): BlobStore =>
  storeWith(engine, { remove: () => Promise.reject(new Error('the worker dies')) });

/** The engine's store whose seconds are short: where it asks to be left alone for one, a hundredth will do. */
export const hastyStore = (engine: BlobEngine): BlobStore => {
  const { remove, existing, list } = engine.dependencies.blobs!;
  const hasty =
    <In, Out>(call: (given: In) => Promise<Out>) =>
    (given: In): Promise<Out> =>
      call(given).catch((error: unknown) => {
        if (!(error instanceof BlobStoreError) || error.retryAfterSeconds === undefined) throw error;
        const { message, fault, lasting, retryAfterSeconds } = error;
        throw new BlobStoreError(message, { fault, lasting, retryAfterSeconds: retryAfterSeconds / 100 });
      });
  return storeWith(engine, { remove: hasty(remove), existing: hasty(existing), list: hasty(list) });
};

/** What a store was once told to refuse it refuses for good, and some stores are slow: not the others' business. */
export const withOwnStore = async (
  options: FakeBlobOptions,
  work: (engine: BlobEngine) => Promise<void>,
): Promise<void> => {
  const engine = await createBlobEngine(options);
  try {
    await work(engine);
  } finally {
    await engine.close();
  }
};
