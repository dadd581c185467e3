// A Vercel Blob store of our own for `npm start` and the tests, as @vercel/blob 2.8.0 speaks to the real one: deletes
// that tell nothing, errors by code and not by status, work that is done and then denied. Bodies are text, the store
// is public; multipart uploads, renames, presigned and optimized ones are refused by name.
import { randomBytes } from 'node:crypto';
import { type BlobAnswer, forbidden, replyTo } from './blob-answers.ts';
import { type BlobFailure, comesAfter, failureReply, type PlannedFailure, tooFast } from './blob-failures.ts';
import { blobObject, createBlobObjects } from './blob-objects.ts';
import { answerTo, BASE, type BlobOperation, OPERATIONS, operationOf, pathsOf } from './blob-operations.ts';
import { headerOf } from './blob-write.ts';
import { type FakeReply, type FakeRequest, serveFake } from './http.ts';
import { createScript, type ScriptedFailure } from './script.ts';

interface BlobFailures extends ScriptedFailure<BlobFailure> {
  /** Which requests it meets. Default `delete`. */
  readonly on?: BlobOperation;
  /** Header of `rate_limited`: seconds, or a date. Default none. */
  readonly retryAfter?: string;
}

/** A request as it came, and how it went. */
interface BlobCall {
  readonly operation: BlobOperation;
  /** Pathnames that it names; a list's prefix. */
  readonly paths: readonly string[];
  /** `ok`, the code of an error, or the failure it met. */
  readonly result: string;
  /** The client's count of its own tries at this one, from 0. */
  readonly attempt: number;
}

export interface FakeBlob {
  /** For VERCEL_BLOB_API_URL; a trailing slash does no harm. */
  readonly url: string;
  /** For BLOB_READ_WRITE_TOKEN. */
  readonly token: string;
  readonly storeId: string;
  /** Puts objects there at once, without a request; what stands is overwritten. */
  readonly put: (paths: readonly string[], body?: string) => void;
  /** In order. */
  readonly paths: () => readonly string[];
  readonly has: (path: string) => boolean;
  /** In the order of arrival, refused and failed ones included. */
  readonly calls: () => readonly BlobCall[];
  readonly fail: (failures: BlobFailures) => void;
  /** Any delete that names one of them is refused as a whole, for good. */
  readonly poison: (paths: readonly string[]) => void;
  /** Each answer waits so long after the work was done. */
  readonly slow: (ms: number) => void;
  readonly close: () => Promise<void>;
}

export interface FakeBlobOptions {
  /** Clock of `uploadedAt`, epoch milliseconds. Default the machine's. */
  readonly now?: () => number;
  /** Every n-th delete is answered 429 with retry-after 1. Default none is; 1 would let nothing through, ever. */
  readonly throttleEvery?: number;
}

/** Serves until `close`. */
export const startFakeBlob = async ({
  now = Date.now,
  throttleEvery,
}: FakeBlobOptions = {}): Promise<FakeBlob> => {
  const storeId = randomBytes(8).toString('hex');
  const token = `vercel_blob_rw_${storeId}_${randomBytes(15).toString('hex')}`;
  const poisoned = new Set<string>();
  const objects = createBlobObjects();
  const shop = { storeId, objects, poisoned, now };
  const scripts = new Map(OPERATIONS.map((operation) => [operation, createScript<PlannedFailure>()]));
  const calls: BlobCall[] = [];
  let deletes = 0;
  let delayMs = 0;

  /** The reply, and the word for it. */
  const serve = (operation: BlobOperation, request: FakeRequest): readonly [FakeReply, string] => {
    const told = (given: BlobAnswer) => [replyTo(given), given.result] as const;
    if (headerOf(request, 'authorization') !== `Bearer ${token}`) return told(forbidden());
    if (operation === 'delete') deletes += 1;
    const met = scripts.get(operation)?.take();
    if (met && !comesAfter(met.kind) && met.kind !== 'stale') return [failureReply(met), met.kind];
    if (operation === 'delete' && throttleEvery !== undefined && deletes % throttleEvery === 0)
      return [tooFast('1'), 'rate_limited'];
    const given = answerTo({ shop, operation, request, met });
    // What was refused was not begun, so there is nothing to fail after.
    return met && comesAfter(met.kind) && given.result === 'ok' ? [failureReply(met), met.kind] : told(given);
  };

  const handle = (request: FakeRequest): FakeReply => {
    const operation = operationOf(request);
    const [reply, result] = serve(operation, request);
    const attempt = Number(headerOf(request, 'x-api-blob-request-attempt') ?? 0);
    calls.push({ operation, paths: pathsOf(shop, operation, request), result, attempt });
    return reply;
  };

  const { origin, close } = await serveFake(handle, () => delayMs);
  return {
    url: `${origin}${BASE}`,
    token,
    storeId,
    put: (paths, body = 'fake') => {
      const object = blobObject({ pathname: '', body, at: now() });
      for (const pathname of paths) objects.set({ ...object, pathname });
    },
    paths: () => objects.all().map(({ pathname }) => pathname),
    has: objects.has,
    calls: () => calls,
    fail: ({ on = 'delete', next, with: kind, retryAfter }) =>
      scripts.get(on)?.fail({ next, with: { kind, retryAfter, objects: objects.all() } }),
    poison: (paths) => {
      for (const path of paths) poisoned.add(path);
    },
    slow: (ms) => {
      delayMs = ms;
    },
    close,
  };
};
