// The store of files that rows name: Sexton's only user of @vercel/blob. It makes each call once and within its
// time; when to try again is decided by whoever called, so VERCEL_BLOB_RETRIES must be 0 (src/config/blob.ts).
import {
  BlobNotFoundError,
  BlobPreconditionFailedError,
  BlobRequestAbortedError,
  del,
  head,
  list,
  put,
} from '@vercel/blob';
import type { Upload } from '../domain/jobs/upload.ts';
import { BlobStoreError, blobStoreError } from './blob-errors.ts';
import { storeIdOf } from './blob-names.ts';

export { type BlobFault, BlobStoreError } from './blob-errors.ts';

export interface BlobSettings {
  readonly token: string;
  /** Default 10,000, for each call. */
  readonly timeoutMs?: number;
}

/** An object as a list tells it. */
export interface ListedObject extends Upload {
  readonly path: string;
  /** Its addresses, as the store hands them out. */
  readonly addresses: readonly string[];
}

interface ListQuery {
  readonly prefix?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

interface ListPage {
  readonly objects: readonly ListedObject[];
  readonly cursor?: string;
}

/** Every method rejects with BlobStoreError and nothing else. Paths may be URLs of the store, too. */
export interface BlobStore {
  /** As its addresses have it; empty where the token does not tell. */
  readonly storeId: string;
  /** Deletes up to 1,000 objects at once; one that is already gone is no error (SLA-18). */
  readonly remove: (paths: readonly string[]) => Promise<void>;
  /** Deletes the upload of this etag and no other; `false` where another, or perhaps none, stands there. */
  readonly removeUpload: (object: { readonly path: string; readonly etag: string }) => Promise<boolean>;
  /** Those of the paths that are still there, asked one by one, at most 10 at a time. */
  readonly existing: (paths: readonly string[]) => Promise<readonly string[]>;
  /** What stands at each of the paths that are still there, asked as `existing` is. */
  readonly look: (paths: readonly string[]) => Promise<ReadonlyMap<string, Upload>>;
  /** A page by pathname, up to 1,000 (the default); without a cursor it is the last one. */
  readonly list: (page: ListQuery) => Promise<ListPage>;
  /** Writes a public object, over one that stands there. */
  readonly put: (path: string, body: string) => Promise<void>;
}

/** What the SDK is told with every call. */
interface CallOptions {
  readonly token: string;
  readonly abortSignal: AbortSignal;
}

const MOST_REMOVED = 1_000;
const MOST_LOOKED_FOR = 10;
const TIMEOUT_MS = 10_000;

/**
 * Gives up after `timeoutMs`, whatever the SDK does: it notices an abort only between its waits, and takes the
 * TimeoutError of `AbortSignal.timeout` for something to try again.
 */
const within = <T>(timeoutMs: number, request: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      controller.abort();
      reject(new BlobRequestAbortedError());
    }, timeoutMs);
    request(controller.signal)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });

const objectsOf = (count: number): string => (count === 1 ? '1 object' : `${count} objects`);

/**
 * What is found at each of the paths, `lanes` at a time. After the first that fails no further one is asked, and it
 * fails itself once none is under way any more.
 */
const findEach = async <T>(
  paths: readonly string[],
  lanes: number,
  find: (path: string) => Promise<T | undefined>,
): Promise<ReadonlyMap<string, T>> => {
  const waiting = paths.values();
  const found = new Map<string, T>();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (const path of waiting) {
      if (failures.length > 0) return;
      const each = await find(path).catch((error: unknown) => void failures.push(error));
      if (each) found.set(path, each);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failures.length > 0) throw failures[0];
  return found;
};

export const createBlobStore = ({ token, timeoutMs = TIMEOUT_MS }: BlobSettings): BlobStore => {
  const call = async <T>(what: string, request: (options: CallOptions) => Promise<T>): Promise<T> => {
    try {
      return await within(timeoutMs, (abortSignal) => request({ token, abortSignal }));
    } catch (error) {
      throw blobStoreError({ error, what, token, timeoutMs });
    }
  };

  const at = (path: string): Promise<Upload | undefined> =>
    call('look for an object', async (options) => {
      try {
        const { etag, uploadedAt } = await head(path, options);
        return { etag, uploadedAtMs: uploadedAt.getTime() };
      } catch (error) {
        if (error instanceof BlobNotFoundError) return undefined;
        throw error;
      }
    });
  const look = (paths: readonly string[]): Promise<ReadonlyMap<string, Upload>> =>
    findEach(paths, MOST_LOOKED_FOR, at);

  return {
    storeId: storeIdOf(token),
    remove: async (paths) => {
      // The store takes an empty list for a mistake.
      if (paths.length === 0) return;
      if (paths.length > MOST_REMOVED)
        throw new BlobStoreError(
          `${objectsOf(paths.length)} are too many to delete at once; nothing was asked of Vercel Blob, which ` +
            `takes ${MOST_REMOVED}`,
          { fault: 'refused' },
        );
      await call(`delete ${objectsOf(paths.length)}`, (options) => del([...paths], options));
    },
    removeUpload: ({ path, etag }) =>
      call('delete an object', async (options) => {
        try {
          await del(path, { ...options, ifMatch: etag });
          return true;
        } catch (error) {
          if (error instanceof BlobPreconditionFailedError) return false;
          throw error;
        }
      }),
    look,
    existing: async (paths) => {
      const found = await look(paths);
      return paths.filter((path) => found.has(path));
    },
    list: async (page) => {
      const { blobs, hasMore, cursor } = await call('list objects', (options) =>
        list({ ...page, ...options }),
      );
      const objects = blobs.map(({ pathname: path, url, downloadUrl, etag, uploadedAt }) => {
        const uploadedAtMs = uploadedAt.getTime();
        return { path, etag, uploadedAtMs, addresses: [url, downloadUrl] };
      });
      return { objects, ...(hasMore && cursor !== undefined && { cursor }) };
    },
    put: async (path, body) => {
      const rules = { access: 'public', addRandomSuffix: false, allowOverwrite: true } as const;
      // As bytes, since the SDK takes an empty text for a missing one.
      await call('write an object', (options) => put(path, Buffer.from(body), { ...options, ...rules }));
    },
  };
};
