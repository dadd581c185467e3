// Takes objects out of their store where another may have come to stand at the same path: each is looked at, and goes alone,
// under the etag that was seen. What was uploaded since its row was marked stays.
import { BlobStoreError } from '../../adapters/blob-store.ts';
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { rememberUploads, type Tombstone } from '../../adapters/postgres/runs/tombstones.ts';
import { isAnotherUpload, isSameUpload, type Upload } from '../../domain/jobs/upload.ts';
import { messageOf } from '../failures.ts';
import { isBusy, lookFor, type Removal } from './remove-objects.ts';

/** `left`: still there although the store accepted its deletion. `kept`: another upload stands there, or may. */
type Outcome = 'gone' | 'left' | 'kept';

export interface RemovedUploads {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** Path → the store's words. */
  readonly refused: ReadonlyMap<string, string>;
}

interface UploadRemoval extends Removal {
  /** Does the work under the fence; `false` where somebody holds the run, and nothing was done. */
  readonly fenced: (work: (tx: Queryable) => Promise<void>) => Promise<boolean>;
  /** Is told how many are refused so far, and may throw. */
  readonly found: (count: number, error: unknown) => void;
}

type Meant = Upload & { readonly path: string };

/** What no outcome is told of stays due. */
export const removeUploads = async (
  removal: UploadRemoval,
  due: readonly Tombstone[],
): Promise<RemovedUploads> => {
  const { blobs, over, fenced } = removal;
  const outcomes = new Map<string, Outcome>();
  const meant = new Map<string, Meant>();
  const standing = await blobs.look(due.map(({ path }) => path));
  for (const tombstone of due) {
    const { path } = tombstone;
    const upload = standing.get(path);
    if (!upload) outcomes.set(path, 'gone');
    else if (isAnotherUpload(tombstone, upload)) outcomes.set(path, 'kept');
    else meant.set(path, { path, ...upload });
  }
  const uploads = [...meant.values()];
  // Once it is written down, whatever differs from it is another upload, whichever clock is wrong.
  const mayGo = uploads.length > 0 && (await fenced((tx) => rememberUploads(tx, uploads)));
  if (!mayGo) return { outcomes, refused: new Map() };

  const { accepted, changed, refused } = await removeEach(removal, uploads);
  for (const [path, outcome] of changed) outcomes.set(path, outcome);
  const { gone, left } = await lookFor({ over }, accepted, async (paths) => {
    const now = await blobs.look(paths);
    return paths.filter((path) => isSameUpload(now.get(path), meant.get(path)));
  });
  for (const path of gone) outcomes.set(path, 'gone');
  for (const path of left) outcomes.set(path, 'left');
  return { outcomes, refused };
};

const removeEach = async ({ blobs, over, found }: UploadRemoval, uploads: readonly Meant[]) => {
  const accepted: string[] = [];
  const changed = new Map<string, Outcome>();
  const refused = new Map<string, string>();
  for (const each of uploads) {
    try {
      if (await blobs.removeUpload(each)) accepted.push(each.path);
      else changed.set(each.path, await lookAnew(blobs, each));
    } catch (error) {
      if (!(error instanceof BlobStoreError)) throw error;
      // What went before it is worth counting; the next sweep hears for itself how busy the store is.
      if (isBusy(error) && accepted.length + changed.size + refused.size > 0) break;
      if (error.fault !== 'refused') throw error;
      refused.set(each.path, messageOf(error));
      found(refused.size, error);
    }
    if (over()) break;
  }
  return { accepted, changed, refused };
};

/** The store says that it is not the upload that was seen. */
const lookAnew = async (blobs: Removal['blobs'], meant: Meant): Promise<Outcome> => {
  const now = (await blobs.look([meant.path])).get(meant.path);
  if (!now) return 'gone';
  return isSameUpload(now, meant) ? 'left' : 'kept';
};
