// The blob store as a slice asks it: every call keeps the slice alive in Temporal's eyes, and where the store asks for a
// moment, that one call is made again after it, with fewer objects. What a sweep has learned is not lost to a busy store.
import { type BlobStore, BlobStoreError } from '../../adapters/blob-store.ts';
import type { Upload } from '../../domain/jobs/upload.ts';

/** The longest that a slice waits because the store asks it to; beyond, the run waits in sight. */
const LONGEST_REST_SECONDS = 10;

/** The longest that a slice is put off without an object gone, or a page listed. */
const LONGEST_PUT_OFF_MS = 15_000;

/** Objects looked for between two signs of life: as many as the store is asked for at a time. */
const LOOKED_FOR_AT_ONCE = 10;

/** Objects of one deletion: as many as the store takes, half as many after each time that it was busy, then more again. */
const MOST_REMOVED = 1_000;
const FEWEST_REMOVED = 25;
const MORE_REMOVED = 50;

interface Patience {
  /** The slice's time is up, or it was cancelled: nothing is asked again. */
  readonly over: () => boolean;
  /** Tells Temporal that the slice lives. */
  readonly beat: () => void;
  readonly rest: (ms: number) => Promise<void>;
  /** Length of a slice: half of it, and 15 s at most, may be spent being put off more than once. */
  readonly sliceSeconds: number;
}

export interface PatientStore extends Omit<BlobStore, 'remove' | 'put'> {
  /**
   * Deletes the first so many of the paths, by how busy the store is: at least one, at most 1,000. `refused` where it
   * will never take just these.
   */
  readonly removeSome: (
    paths: readonly string[],
  ) => Promise<{ readonly count: number; readonly refused?: BlobStoreError }>;
}

/** The store is busy and says for how long; the same call is taken again soon. */
export const asksForAMoment = (error: unknown): error is BlobStoreError =>
  error instanceof BlobStoreError &&
  error.fault === 'throttled' &&
  !error.lasting &&
  (error.retryAfterSeconds ?? 1) <= LONGEST_REST_SECONDS;

export const patientStore = (blobs: BlobStore, patience: Patience): PatientStore => {
  const { over, beat, rest } = patience;
  const mostPutOffMs = Math.min(LONGEST_PUT_OFF_MS, patience.sliceSeconds * 500);
  let putOffMs = 0;
  let most = MOST_REMOVED;

  /** Where it returns, the call may be made again. */
  const putOff = async (error: unknown): Promise<void> => {
    if (!asksForAMoment(error)) throw error;
    const ms = (error.retryAfterSeconds ?? 1) * 1000;
    if (putOffMs > 0 && putOffMs + ms > mostPutOffMs) throw lasting(error, putOffMs);
    if (over()) throw error;
    putOffMs += ms;
    await rest(ms);
  };

  /** `moves` where each success is one step further, and not only a look. */
  const patiently = async <T>(call: () => Promise<T>, moves: boolean): Promise<T> => {
    for (;;) {
      beat();
      try {
        const result = await call();
        if (moves) putOffMs = 0;
        return result;
      } catch (error) {
        await putOff(error);
      }
    }
  };

  const inTens = async (paths: readonly string[], ask: (some: readonly string[]) => Promise<void>) => {
    for (let place = 0; place < paths.length; place += LOOKED_FOR_AT_ONCE) {
      const some = paths.slice(place, place + LOOKED_FOR_AT_ONCE);
      await patiently(() => ask(some), false);
    }
  };

  return {
    storeId: blobs.storeId,
    removeSome: async (paths) => {
      for (;;) {
        const some = paths.slice(0, most);
        beat();
        try {
          await blobs.remove(some);
        } catch (error) {
          if (error instanceof BlobStoreError && error.fault === 'refused')
            return { count: some.length, refused: error };
          most = Math.max(FEWEST_REMOVED, Math.floor(some.length / 2));
          await putOff(error);
          continue;
        }
        putOffMs = 0;
        most = Math.min(MOST_REMOVED, most + MORE_REMOVED);
        return { count: some.length };
      }
    },
    removeUpload: (object) => patiently(() => blobs.removeUpload(object), true),
    list: (page) => patiently(() => blobs.list(page), true),
    existing: async (paths) => {
      const found: string[] = [];
      await inTens(paths, async (some) => void found.push(...(await blobs.existing(some))));
      return found;
    },
    look: async (paths) => {
      const found = new Map<string, Upload>();
      await inTens(paths, async (some) => {
        for (const [path, upload] of await blobs.look(some)) found.set(path, upload);
      });
      return found;
    },
  };
};

const lasting = ({ message, retryAfterSeconds = 1 }: BlobStoreError, afterMs: number): BlobStoreError =>
  new BlobStoreError(
    `${message}; it has said so for ${Math.round(afterMs / 1000)} s, and nothing went through`,
    {
      fault: 'throttled',
      lasting: true,
      retryAfterSeconds,
    },
  );
