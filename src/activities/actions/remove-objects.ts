// Takes objects out of their store, which answers for a whole call and tells nothing of a single object: those that it
// refuses are found by halving, those that are still there by looking. What is not known when the time is up stays due.
import { type BlobStore, BlobStoreError } from '../../adapters/blob-store.ts';
import { messageOf } from '../failures.ts';

/** Objects that are looked for after a deletion; where one of them is still there, all are. */
const SAMPLE = 5;

/** Where all are looked for, after so many the time is looked at. */
const LOOKED_FOR_AT_ONCE = 50;

export interface Removal {
  readonly blobs: BlobStore;
  /** Nothing is begun any more. */
  readonly over: () => boolean;
}

export interface Removed {
  readonly accepted: readonly string[];
  /** Path → the store's words. */
  readonly refused: ReadonlyMap<string, string>;
}

/** `found` is told how many are refused so far, and may throw. */
export const removeApart = async (
  { blobs, over }: Removal,
  due: readonly string[],
  found: (count: number, error: unknown) => void,
): Promise<Removed> => {
  const accepted: string[] = [];
  const refused = new Map<string, string>();
  const remove = async (paths: readonly string[]): Promise<void> => {
    try {
      await blobs.remove(paths);
      accepted.push(...paths);
      return;
    } catch (error) {
      if (!(error instanceof BlobStoreError) || error.fault !== 'refused') throw error;
      const [first = '', ...others] = paths;
      if (others.length === 0) {
        refused.set(first, messageOf(error));
        found(refused.size, error);
        return;
      }
    }
    const half = Math.ceil(paths.length / 2);
    for (const part of [paths.slice(0, half), paths.slice(half)]) {
      if (!over()) await remove(part);
    }
  };
  await remove(due);
  return { accepted, refused };
};

export const lookFor = async (
  { blobs, over }: Removal,
  accepted: readonly string[],
): Promise<{ readonly gone: readonly string[]; readonly left: readonly string[] }> => {
  const every = Math.max(1, Math.floor(accepted.length / SAMPLE));
  const sample = accepted.filter((_, place) => place % every === 0);
  if ((await blobs.existing(sample)).length === 0) return { gone: accepted, left: [] };
  const gone: string[] = [];
  const left: string[] = [];
  for (let place = 0; place < accepted.length && !over(); place += LOOKED_FOR_AT_ONCE) {
    const some = accepted.slice(place, place + LOOKED_FOR_AT_ONCE);
    const found = new Set(await blobs.existing(some));
    gone.push(...some.filter((path) => !found.has(path)));
    left.push(...found);
  }
  return { gone, left };
};
