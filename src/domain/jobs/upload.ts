// Whether an object that stands in the store is the one that was to be deleted, or another that was uploaded since. Where
// it is not known, the object is kept: what was kept too long can still be deleted.

/** What tells one upload to a path from another. */
export interface Upload {
  readonly etag: string;
  /** By the store's clock, epoch milliseconds. */
  readonly uploadedAtMs: number;
}

/**
 * How far the store's clock may be from the database's. An upload that came so shortly before its row was marked, or
 * later, is taken for a new one.
 */
const CLOCK_MARGIN_SECONDS = 300;

/** An object that is to go. */
export interface Condemned {
  /** When its row let go of it, by the database's clock, epoch milliseconds. */
  readonly markedAtMs: number;
  /** The upload that is meant, where somebody has looked before. */
  readonly seen?: Upload;
}

export const isSameUpload = (one: Upload | undefined, other: Upload | undefined): boolean =>
  one?.etag === other?.etag && one?.uploadedAtMs === other?.uploadedAtMs;

/** True where the object found is not, or perhaps not, the one that is to go. */
export const isAnotherUpload = ({ markedAtMs, seen }: Condemned, found: Upload): boolean =>
  seen ? !isSameUpload(seen, found) : found.uploadedAtMs > markedAtMs - CLOCK_MARGIN_SECONDS * 1000;
