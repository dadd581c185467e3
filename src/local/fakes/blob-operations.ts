// Which operation a request is, what it names, and what a fake blob store answers to it when it is well.
import { type BlobAnswer, type BlobShop, badRequest, pathOf } from './blob-answers.ts';
import { deleteObjects, pathsToDelete } from './blob-delete.ts';
import type { PlannedFailure } from './blob-failures.ts';
import { headObject, listObjects } from './blob-read.ts';
import { copyObject, putObject } from './blob-write.ts';
import type { FakeRequest } from './http.ts';

export const OPERATIONS = ['put', 'copy', 'head', 'list', 'delete', 'other'] as const;

export type BlobOperation = (typeof OPERATIONS)[number];

/** Where the fake has its API, as the real one does. */
export const BASE = '/api/blob';

export const operationOf = ({ method, path, query }: FakeRequest): BlobOperation => {
  // Clients append to a base with or without a trailing slash.
  const place = `${method} ${path.replace(/\/+/g, '/').replace(/\/$/, '')}`;
  if (place === `GET ${BASE}`) return query.has('url') ? 'head' : 'list';
  if (place === `PUT ${BASE}`) return query.has('fromUrl') ? 'copy' : 'put';
  return place === `POST ${BASE}/delete` ? 'delete' : 'other';
};

const PARAMETER = { head: 'url', list: 'prefix', put: 'pathname', copy: 'pathname', other: '' } as const;

/** Pathnames that a request names; a list's prefix. */
export const pathsOf = (shop: BlobShop, operation: BlobOperation, request: FakeRequest): readonly string[] =>
  operation === 'delete'
    ? pathsToDelete(shop, request)
    : [pathOf(shop, request.query.get(PARAMETER[operation]) ?? '') ?? ''];

/** Does what is asked for, in the way of the failure that the request met, if any. */
export const answerTo = ({
  shop,
  operation,
  request,
  met,
}: {
  readonly shop: BlobShop;
  readonly operation: BlobOperation;
  readonly request: FakeRequest;
  readonly met: PlannedFailure | undefined;
}): BlobAnswer => {
  switch (operation) {
    case 'put':
      return putObject(shop, request);
    case 'copy':
      return copyObject(shop, request);
    case 'head':
      return headObject(shop, request);
    case 'list':
      return listObjects(shop, request, met?.kind === 'stale' ? met.objects : undefined);
    case 'delete':
      return deleteObjects(shop, request, met?.kind === 'partial-then-500' ? 0.5 : 1);
    case 'other':
    default:
      return badRequest(`${request.method} ${request.path} is not in this fake`);
  }
};
