// Takes objects out of their store, which answers for a whole call and tells nothing of a single object: those that it
// refuses are found by halving, those that are still there by looking. What is not known when the time is up stays due.
import { BlobStoreError } from '../../adapters/blob-store.ts';
import { messageOf } from '../failures.ts';
import type { PatientStore } from '../slice/patient-store.ts';

/** Objects that are looked for after a deletion; where one of them is still there, all are. */
const SAMPLE = 5;

/** Where all are looked for, after so many the time is looked at. */
const LOOKED_FOR_AT_ONCE = 50;

export interface Removal {
  readonly blobs: PatientStore;
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
  const waiting = [due];
  for (let paths = waiting.pop(); paths; paths = waiting.pop()) {
    const tried = await blobs.removeSome(paths).catch((error: unknown) => {
      // What went before it is worth counting; the next sweep hears for itself how busy the store is.
      if (accepted.length + refused.size === 0 || !isBusy(error)) throw error;
    });
    if (!tried) break;
    const some = paths.slice(0, tried.count);
    if (some.length < paths.length) waiting.push(paths.slice(tried.count));
    if (!tried.refused) accepted.push(...some);
    else if (some.length > 1) waiting.push(...halves(some));
    else {
      refused.set(some[0] ?? '', messageOf(tried.refused));
      found(refused.size, tried.refused);
    }
    if (over()) break;
  }
  return { accepted, refused };
};

/** The store asks to be left alone for a while, however long. */
export const isBusy = (error: unknown): boolean =>
  error instanceof BlobStoreError && error.fault === 'throttled';

/** The first half last, since it is what is taken up next. */
const halves = (paths: readonly string[]): readonly (readonly string[])[] => {
  const half = Math.ceil(paths.length / 2);
  return [paths.slice(half), paths.slice(0, half)];
};

/** Those of the deleted that are gone indeed, and those that are still there. What is unknown is in neither. */
export const lookFor = async (
  { over }: Pick<Removal, 'over'>,
  removed: readonly string[],
  standing: (paths: readonly string[]) => Promise<readonly string[]>,
): Promise<{ readonly gone: readonly string[]; readonly left: readonly string[] }> => {
  const every = Math.max(1, Math.floor(removed.length / SAMPLE));
  const sample = removed.filter((_, place) => place % every === 0);
  if ((await standing(sample)).length === 0) return { gone: removed, left: [] };
  const gone: string[] = [];
  const left: string[] = [];
  for (let place = 0; place < removed.length && !over(); place += LOOKED_FOR_AT_ONCE) {
    const some = removed.slice(place, place + LOOKED_FOR_AT_ONCE);
    const found = new Set(await standing(some));
    gone.push(...some.filter((path) => !found.has(path)));
    left.push(...found);
  }
  return { gone, left };
};
