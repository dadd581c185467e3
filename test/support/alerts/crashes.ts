// Workers that die at every step there is: the engine's databases and blob store with a trap at the n-th statement,
// commit or call.
import type { Dependencies } from '../../../src/activities/dependencies.ts';
import type { BlobStore } from '../../../src/adapters/blob-store.ts';
import { hookedDatabases } from '../jobs/hooked-databases.ts';

export interface Trapped {
  readonly dependencies: Dependencies;
  /** What the worker was about to do, or had just done, when it died; undefined where it lived. */
  readonly died: () => string | undefined;
  /** Every step so far. */
  readonly steps: () => readonly string[];
}

/** Dies at the step with this number, from 1: before each statement, after each commit, before and after each call. */
export const dyingAt = (dependencies: Dependencies, place: number): Trapped => {
  const steps: string[] = [];
  let died: string | undefined;
  const trap = (what: string, cut: () => void = () => {}): void => {
    steps.push(what);
    if (steps.length !== place) return;
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
    steps: () => steps,
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
  look: async (paths) => {
    trap('before uploads are looked at');
    return blobs.look(paths);
  },
  removeUpload: async (object) => {
    trap('before an upload is removed');
    const removed = await blobs.removeUpload(object);
    trap('after an upload is removed');
    return removed;
  },
  list: async (page) => {
    trap('before a page is listed');
    return blobs.list(page);
  },
});
