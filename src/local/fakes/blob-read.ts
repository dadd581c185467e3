// Head and list of a fake blob store. A list goes by pathname and knows no date; a folder counts as one entry.
import {
  type BlobAnswer,
  type BlobShop,
  badRequest,
  listed,
  notFound,
  pathOf,
  written,
  yes,
} from './blob-answers.ts';
import type { BlobObject } from './blob-objects.ts';
import type { FakeRequest } from './http.ts';

const PAGE = 1_000;

export const headObject = (shop: BlobShop, { query }: FakeRequest): BlobAnswer => {
  const object = shop.objects.get(pathOf(shop, query.get('url') ?? '') ?? '');
  if (!object) return notFound();
  const { cacheControl } = object;
  return yes({ ...written(shop, object), ...listed(shop, object), cacheControl });
};

/** An entry of a page: an object, or a folder that stands for all below it. */
type Entry = { readonly name: string; readonly object: BlobObject | undefined };

const entriesOf = (objects: readonly BlobObject[], prefix: string, folded: boolean): readonly Entry[] => {
  const entries = new Map<string, Entry>();
  for (const object of objects) {
    if (!object.pathname.startsWith(prefix)) continue;
    const slash = folded ? object.pathname.indexOf('/', prefix.length) : -1;
    const name = slash === -1 ? object.pathname : object.pathname.slice(0, slash + 1);
    entries.set(name, { name, object: slash === -1 ? object : undefined });
  }
  return [...entries.values()];
};

const isLimit = (limit: number): boolean => Number.isInteger(limit) && limit >= 1;

// The last name told, so that what is deleted meanwhile moves no later entry out of sight.
const cursorAfter = (name: string): string => Buffer.from(`after:${name}`).toString('base64url');

const nameBefore = (cursor: string): string | undefined =>
  /^after:(.+)$/s.exec(Buffer.from(cursor, 'base64url').toString())?.[1];

/** One page out of `objects`, which a stale list takes from the past. */
export const listObjects = (
  shop: BlobShop,
  { query }: FakeRequest,
  objects: readonly BlobObject[] = shop.objects.all(),
): BlobAnswer => {
  const limit = Number(query.get('limit') ?? PAGE);
  if (!isLimit(limit)) return badRequest('limit must be a positive number');
  const cursor = query.get('cursor');
  const after = cursor === null ? '' : nameBefore(cursor);
  if (after === undefined) return badRequest('cursor is not valid');
  const folded = query.get('mode') === 'folded';
  const left = entriesOf(objects, query.get('prefix') ?? '', folded).filter(({ name }) => name > after);
  const page = left.slice(0, Math.min(limit, PAGE));
  const hasMore = left.length > page.length;
  return yes({
    blobs: page.flatMap(({ object }) => (object ? [listed(shop, object)] : [])),
    ...(folded && { folders: page.filter(({ object }) => !object).map(({ name }) => name) }),
    hasMore,
    ...(hasMore && { cursor: cursorAfter(page.at(-1)?.name ?? '') }),
  });
};
