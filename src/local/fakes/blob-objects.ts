// The objects of a fake blob store, in memory. Bodies are not kept: Sexton reads none.
import { createHash } from 'node:crypto';

export interface BlobObject {
  readonly pathname: string;
  readonly size: number;
  readonly contentType: string;
  readonly cacheControl: string;
  /** ISO-8601. */
  readonly uploadedAt: string;
  /** In quotes, as HTTP has it; the same body has the same one. */
  readonly etag: string;
}

export interface BlobObjects {
  readonly get: (pathname: string) => BlobObject | undefined;
  readonly has: (pathname: string) => boolean;
  readonly set: (object: BlobObject) => void;
  readonly remove: (pathname: string) => void;
  /** All of them in the order of their pathnames; what was once returned does not change any more. */
  readonly all: () => readonly BlobObject[];
}

export const createBlobObjects = (): BlobObjects => {
  const objects = new Map<string, BlobObject>();
  // Sorted when it is asked for, since thousands may come or go between two lists.
  let sorted: readonly BlobObject[] | undefined;
  return {
    get: (pathname) => objects.get(pathname),
    has: (pathname) => objects.has(pathname),
    set: (object) => {
      objects.set(object.pathname, object);
      sorted = undefined;
    },
    remove: (pathname) => {
      if (objects.delete(pathname)) sorted = undefined;
    },
    all: () => {
      sorted ??= [...objects.values()].toSorted((one, other) => (one.pathname < other.pathname ? -1 : 1));
      return sorted;
    },
  };
};

/** 30 days, and never less than a minute. */
const cacheControlOf = (maxAgeSeconds: number | undefined): string =>
  `public, max-age=${Math.max(60, maxAgeSeconds ?? 2_592_000)}`;

/** A new object. `maxAgeSeconds` says how long the CDN may keep it. */
export const blobObject = ({
  pathname,
  body,
  at,
  contentType = 'application/octet-stream',
  maxAgeSeconds,
}: {
  readonly pathname: string;
  readonly body: string;
  readonly at: number;
  readonly contentType?: string | undefined;
  readonly maxAgeSeconds?: number | undefined;
}): BlobObject => ({
  pathname,
  size: Buffer.byteLength(body),
  contentType,
  cacheControl: cacheControlOf(maxAgeSeconds),
  uploadedAt: new Date(at).toISOString(),
  etag: `"${createHash('md5').update(body).digest('hex')}"`,
});
