// What a fake blob store says, and how its objects are called: by pathname or by URL, whichever the client likes.
import type { BlobObject, BlobObjects } from './blob-objects.ts';
import { type FakeReply, jsonReply } from './http.ts';

/** A store and what answers need of it. */
export interface BlobShop {
  readonly storeId: string;
  readonly objects: BlobObjects;
  /** Any delete that names one of them is refused as a whole. */
  readonly poisoned: ReadonlySet<string>;
  readonly now: () => number;
}

/** An answer before it is written as JSON; `result` is `ok` or the error's code. */
export interface BlobAnswer {
  readonly result: string;
  readonly status: number;
  readonly body: unknown;
}

export const yes = (body: unknown): BlobAnswer => ({ result: 'ok', status: 200, body });

const no = (status: number, code: string, message: string): BlobAnswer => ({
  result: code,
  status,
  body: { error: { code, message } },
});

export const badRequest = (message: string): BlobAnswer => no(400, 'bad_request', message);
export const forbidden = (): BlobAnswer => no(403, 'forbidden', 'Access denied');
export const notFound = (): BlobAnswer => no(404, 'not_found', 'The requested blob does not exist');
export const preconditionFailed = (): BlobAnswer =>
  no(412, 'precondition_failed', 'Precondition failed: ETag mismatch.');
export const rateLimited = (): BlobAnswer => no(429, 'rate_limited', 'Too many requests');
export const storeNotFound = (): BlobAnswer => no(404, 'store_not_found', 'This store does not exist');
export const storeSuspended = (): BlobAnswer => no(403, 'store_suspended', 'This store has been suspended');
export const serverError = (): BlobAnswer => no(500, 'internal_server_error', 'Internal server error');
export const unavailable = (): BlobAnswer =>
  no(503, 'service_unavailable', 'The service is currently not available');

export const replyTo = ({ body, status }: BlobAnswer): FakeReply => jsonReply(body, status);

const hostOf = (storeId: string): string => `${storeId}.public.blob.vercel-storage.com`;

/** A leading slash is no part of a pathname. */
export const cleanPath = (pathname: string): string => pathname.replace(/^\//, '');

/** Pathname that a client means; undefined where it means another store's object. */
export const pathOf = ({ storeId }: BlobShop, urlOrPathname: string): string | undefined => {
  if (!/^https?:\/\//.test(urlOrPathname)) return cleanPath(urlOrPathname);
  if (!URL.canParse(urlOrPathname)) return undefined;
  const { hostname, pathname } = new URL(urlOrPathname);
  return hostname === hostOf(storeId) ? decodeURIComponent(cleanPath(pathname)) : undefined;
};

const addresses = ({ storeId }: BlobShop, pathname: string) => {
  const url = `https://${hostOf(storeId)}/${pathname.split('/').map(encodeURIComponent).join('/')}`;
  return { url, downloadUrl: `${url}?download=1`, pathname };
};

/** As a list tells it. */
export const listed = (shop: BlobShop, { pathname, size, uploadedAt, etag }: BlobObject) => ({
  ...addresses(shop, pathname),
  size,
  uploadedAt,
  etag,
});

/** As put and copy tell it. */
export const written = (shop: BlobShop, { pathname, contentType, etag }: BlobObject) => ({
  ...addresses(shop, pathname),
  contentType,
  contentDisposition: `inline; filename="${pathname.split('/').at(-1)}"`,
  etag,
});
