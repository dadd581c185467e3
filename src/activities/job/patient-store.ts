// The blob store as a slice asks it: every call keeps the slice alive in Temporal's eyes, and where the store asks for a
// moment, that one call is made again after it. What a sweep has learned so far is not lost to a busy store.
import { type BlobStore, BlobStoreError } from '../../adapters/blob-store.ts';

/** The longest that a slice waits because the store asks it to; beyond, the run waits in sight. */
const LONGEST_REST_SECONDS = 10;

/** Objects looked for between two signs of life: as many as the store is asked for at a time. */
const LOOKED_FOR_AT_ONCE = 10;

interface Patience {
  /** The slice's time is up, or it was cancelled: nothing is asked again. */
  readonly over: () => boolean;
  /** Tells Temporal that the slice lives. */
  readonly beat: () => void;
  readonly rest: (ms: number) => Promise<void>;
}

/** The store is busy and says for how long; the same call is taken again soon. */
export const asksForAMoment = (error: unknown): error is BlobStoreError =>
  error instanceof BlobStoreError &&
  error.fault === 'throttled' &&
  (error.retryAfterSeconds ?? 1) <= LONGEST_REST_SECONDS;

export const patientStore = (blobs: BlobStore, { over, beat, rest }: Patience): BlobStore => {
  const patiently = async <T>(call: () => Promise<T>): Promise<T> => {
    for (;;) {
      beat();
      try {
        return await call();
      } catch (error) {
        if (!asksForAMoment(error) || over()) throw error;
        await rest((error.retryAfterSeconds ?? 1) * 1000);
      }
    }
  };
  return {
    ...blobs,
    remove: (paths) => patiently(() => blobs.remove(paths)),
    existing: async (paths) => {
      const found: string[] = [];
      for (let place = 0; place < paths.length; place += LOOKED_FOR_AT_ONCE) {
        const some = paths.slice(place, place + LOOKED_FOR_AT_ONCE);
        found.push(...(await patiently(() => blobs.existing(some))));
      }
      return found;
    },
  };
};
