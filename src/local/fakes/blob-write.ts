// Put and copy of a fake blob store. Nothing is overwritten unless the request allows it.
import { randomBytes } from 'node:crypto';
import {
  type BlobAnswer,
  type BlobShop,
  badRequest,
  cleanPath,
  notFound,
  pathOf,
  preconditionFailed,
  written,
  yes,
} from './blob-answers.ts';
import { blobObject } from './blob-objects.ts';
import type { FakeRequest } from './http.ts';

const PATHNAME = 950;

export const headerOf = ({ headers }: FakeRequest, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};

const withSuffix = (pathname: string): string => {
  const [, stem, extension = ''] = /^(.*?)(\.[^./]*)?$/s.exec(pathname) ?? [];
  return `${stem}-${randomBytes(15).toString('hex')}${extension}`;
};

/** Pathname to write to, or what speaks against it; `anyway` where it may stand there already. */
const destination = (shop: BlobShop, request: FakeRequest, anyway = false): string | BlobAnswer => {
  const asked = cleanPath(request.query.get('pathname') ?? '');
  if (asked === '') return badRequest('pathname is required');
  if (asked.length > PATHNAME) return badRequest(`pathname is too long, maximum length is ${PATHNAME}`);
  if (asked.includes('//')) return badRequest('pathname cannot contain "//"');
  if ((headerOf(request, 'x-vercel-blob-access') ?? 'public') !== 'public')
    return badRequest('private access is not in this fake');
  const pathname = headerOf(request, 'x-add-random-suffix') === '1' ? withSuffix(asked) : asked;
  if (shop.objects.has(pathname) && !anyway && headerOf(request, 'x-allow-overwrite') !== '1')
    return badRequest('This blob already exists, use `allowOverwrite: true` if you want to overwrite it.');
  return pathname;
};

const maxAgeOf = (request: FakeRequest): number | undefined => {
  const seconds = Number(headerOf(request, 'x-cache-control-max-age') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
};

export const putObject = (shop: BlobShop, request: FakeRequest): BlobAnswer => {
  const ifMatch = headerOf(request, 'x-if-match');
  const pathname = destination(shop, request, ifMatch !== undefined);
  if (typeof pathname !== 'string') return pathname;
  if (ifMatch !== undefined && shop.objects.get(pathname)?.etag !== ifMatch) return preconditionFailed();
  const object = blobObject({
    pathname,
    body: request.body,
    at: shop.now(),
    contentType: headerOf(request, 'x-content-type') ?? headerOf(request, 'content-type'),
    maxAgeSeconds: maxAgeOf(request),
  });
  shop.objects.set(object);
  return yes(written(shop, object));
};

/** `x-if-match` speaks of the source here. */
export const copyObject = (shop: BlobShop, request: FakeRequest): BlobAnswer => {
  const pathname = destination(shop, request);
  if (typeof pathname !== 'string') return pathname;
  const source = shop.objects.get(pathOf(shop, request.query.get('fromUrl') ?? '') ?? '');
  if (!source) return notFound();
  const ifMatch = headerOf(request, 'x-if-match');
  if (ifMatch !== undefined && source.etag !== ifMatch) return preconditionFailed();
  const contentType = headerOf(request, 'x-content-type') ?? source.contentType;
  const object = { ...source, pathname, contentType, uploadedAt: new Date(shop.now()).toISOString() };
  shop.objects.set(object);
  return yes(written(shop, object));
};
