// Workers that die at every step there is: the engine's databases and blob store with a trap at the n-th statement,
// commit or call.
import type { Dependencies } from '../../src/activities/dependencies.ts';
import type { BlobStore } from '../../src/adapters/blob-store.ts';
import { hookedDatabases } from './hooked-databases.ts';

export interface Trapped {
  readonly dependencies: Dependencies;
  /** What the worker was about to do, or had just done, when it died; undefined where it lived. */
  readonly died: () => string | undefined;
}

/** Dies at the step with this number, from 1: before each statement, after each commit, before and after each call. */
export const dyingAt = (dependencies: Dependencies, place: number): Trapped => {
  let step = 0;
  let died: string | undefined;
  const trap = (what: string, cut: () => void = () => {}): void => {
    step += 1;
    if (step !== place) return;
    died = what;
    cut();
    throw new Error(`the worker died ${what}`);
  };
  const databases = hookedDatabases(dependencies.databases, {
    before: async (sql, cut) => {
      if (sql !== 'ROLLBACK') trap(`before ${sql.trim().slice(0, 60)}`, cut);
    },
    after: async (sql, cut) => {
      if (sql === 'COMMIT') trap('after COMMIT', cut);
    },
  });
  const { blobs } = dependencies;
  return {
    dependencies: { ...dependencies, databases, ...(blobs && { blobs: trappedStore(blobs, trap) }) },
    died: () => died,
  };
};

const trappedStore = (blobs: BlobStore, trap: (what: string) => void): BlobStore => ({
  ...blobs,
  remove: async (paths) => {
    trap('before objects are removed');
    await blobs.remove(paths);
    trap('after objects are removed');
  },
  existing: async (paths) => {
    trap('before objects are looked for');
    return blobs.existing(paths);
  },
});
