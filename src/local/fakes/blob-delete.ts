// Delete of a fake blob store: many at once, and no word on any of them. What is already gone is no error.
import {
  type BlobAnswer,
  type BlobShop,
  badRequest,
  pathOf,
  preconditionFailed,
  yes,
} from './blob-answers.ts';
import { headerOf } from './blob-write.ts';
import type { FakeRequest } from './http.ts';

const AT_ONCE = 1_000;

const urlsOf = ({ body }: FakeRequest): readonly string[] | undefined => {
  try {
    const { urls } = JSON.parse(body) as { urls?: unknown };
    return Array.isArray(urls) && urls.every((url) => typeof url === 'string') ? urls : undefined;
  } catch {
    return undefined;
  }
};

/** Pathnames that a delete names, other stores' left out; none where it is malformed. */
export const pathsToDelete = (shop: BlobShop, request: FakeRequest): readonly string[] =>
  (urlsOf(request) ?? []).flatMap((url) => pathOf(shop, url) ?? []);

/** Why a delete is refused as a whole. */
const refusal = (shop: BlobShop, request: FakeRequest): BlobAnswer | undefined => {
  const urls = urlsOf(request);
  if (!urls || urls.length > AT_ONCE)
    return badRequest('Cannot delete more than 1,000 urls at once or body is malformed');
  if (urls.length === 0) return badRequest('Missing urls in request body');
  const ifMatch = headerOf(request, 'x-if-match');
  if (ifMatch !== undefined && urls.length > 1)
    return badRequest('ifMatch can only be used when deleting a single URL');
  const paths = pathsToDelete(shop, request);
  const poison = paths.find((path) => shop.poisoned.has(path));
  if (poison !== undefined) return badRequest(`Invalid url: ${poison}`);
  const standing = paths.map((path) => shop.objects.get(path)).find((object) => object !== undefined);
  return ifMatch !== undefined && standing && standing.etag !== ifMatch ? preconditionFailed() : undefined;
};

/** `share` is how much of the list is deleted before the store gives up; 1 is all of it. */
export const deleteObjects = (shop: BlobShop, request: FakeRequest, share = 1): BlobAnswer => {
  const refused = refusal(shop, request);
  if (refused) return refused;
  const paths = pathsToDelete(shop, request);
  for (const path of paths.slice(0, Math.ceil(paths.length * share))) shop.objects.remove(path);
  return yes(null);
};
