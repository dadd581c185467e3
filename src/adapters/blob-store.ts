// The store of files that rows name: Sexton's only user of @vercel/blob. It makes each call once and within its
// time; when to try again is decided by whoever called, so VERCEL_BLOB_RETRIES must be 0 (src/config/blob.ts).
import { BlobNotFoundError, BlobRequestAbortedError, del, head, list, put } from '@vercel/blob';
import { BlobStoreError, blobStoreError } from './blob-errors.ts';

export { type BlobFault, BlobStoreError } from './blob-errors.ts';

export interface BlobSettings {
  readonly token: string;
  /** Default 10,000, for each call. */
  readonly timeoutMs?: number;
}

/** Every method rejects with BlobStoreError and nothing else. Paths may be URLs of the store, too. */
export interface BlobStore {
  /** Deletes up to 1,000 objects at once; one that is already gone is no error (SLA-18). */
  readonly remove: (paths: readonly string[]) => Promise<void>;
  /** Those of the paths that are still there, asked one by one, at most 10 at a time. */
  readonly existing: (paths: readonly string[]) => Promise<readonly string[]>;
  /** A page by pathname, up to 1,000 (the default); without a cursor it is the last one. */
  readonly list: (page: {
    readonly prefix?: string;
    readonly cursor?: string;
    readonly limit?: number;
  }) => Promise<{ readonly paths: readonly string[]; readonly cursor?: string }>;
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

const objects = (count: number): string => (count === 1 ? '1 object' : `${count} objects`);

/**
 * Which of the paths hold, `lanes` at a time. After the first that fails no further one is asked, and it fails itself
 * once none is under way any more.
 */
const holding = async (
  paths: readonly string[],
  lanes: number,
  holds: (path: string) => Promise<boolean>,
): Promise<readonly string[]> => {
  const waiting = paths.entries();
  const held = new Set<number>();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (const [place, path] of waiting) {
      if (failures.length > 0) return;
      const found = await holds(path).catch((error: unknown) => void failures.push(error));
      if (found) held.add(place);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failures.length > 0) throw failures[0];
  return paths.filter((_, place) => held.has(place));
};

export const createBlobStore = ({ token, timeoutMs = TIMEOUT_MS }: BlobSettings): BlobStore => {
  const call = async <T>(what: string, request: (options: CallOptions) => Promise<T>): Promise<T> => {
    try {
      return await within(timeoutMs, (abortSignal) => request({ token, abortSignal }));
    } catch (error) {
      throw blobStoreError({ error, what, token, timeoutMs });
    }
  };

  const stands = (path: string): Promise<boolean> =>
    call('look for an object', async (options) => {
      try {
        await head(path, options);
        return true;
      } catch (error) {
        if (error instanceof BlobNotFoundError) return false;
        throw error;
      }
    });

  return {
    remove: async (paths) => {
      // The store takes an empty list for a mistake.
      if (paths.length === 0) return;
      if (paths.length > MOST_REMOVED)
        throw new BlobStoreError(
          `${objects(paths.length)} are too many to delete at once; nothing was asked of Vercel Blob, which ` +
            `takes ${MOST_REMOVED}`,
          { fault: 'refused' },
        );
      await call(`delete ${objects(paths.length)}`, (options) => del([...paths], options));
    },
    existing: (paths) => holding(paths, MOST_LOOKED_FOR, stands),
    list: async (page) => {
      const { blobs, hasMore, cursor } = await call('list objects', (options) =>
        list({ ...page, ...options }),
      );
      const paths = blobs.map(({ pathname }) => pathname);
      return hasMore && cursor !== undefined ? { paths, cursor } : { paths };
    },
    put: async (path, body) => {
      const rules = { access: 'public', addRandomSuffix: false, allowOverwrite: true } as const;
      // As bytes, since the SDK takes an empty text for a missing one.
      await call('write an object', (options) => put(path, Buffer.from(body), { ...options, ...rules }));
    },
  };
};
