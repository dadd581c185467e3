// How a blob store fails that was told to. Some failures come after the work, or in the middle of it: they are why
// whoever deletes must be able to delete again.
import {
  type BlobAnswer,
  badRequest,
  forbidden,
  rateLimited,
  replyTo,
  serverError,
  storeNotFound,
  storeSuspended,
  unavailable,
} from './blob-answers.ts';
import type { BlobObject } from './blob-objects.ts';
import type { FakeReply } from './http.ts';

export type BlobFailure =
  /** 429; `retryAfter` is its header, if any. */
  | 'rate_limited'
  | 'service_unavailable'
  /** A page of HTML with status 500, as a proxy writes it. */
  | 'html-500'
  | 'bad_request'
  | 'forbidden'
  | 'store_suspended'
  | 'store_not_found'
  /** The connection breaks; nothing is done. */
  | 'reset'
  /** No answer, ever; nothing is done. */
  | 'silence'
  /** The first half of a delete is done, then 500. */
  | 'partial-then-500'
  /** All is done, then the connection breaks. */
  | 'reset-after'
  /** A list as it was when this failure was ordered. */
  | 'stale';

export const comesAfter = (kind: BlobFailure): boolean =>
  kind === 'partial-then-500' || kind === 'reset-after';

/** A failure on order. */
export interface PlannedFailure {
  readonly kind: BlobFailure;
  readonly retryAfter?: string | undefined;
  /** What a stale list is taken from. */
  readonly objects: readonly BlobObject[];
}

const HTML = '<!doctype html><html><head><title>500</title></head><body>Internal Server Error</body></html>';

/** 429 with `retry-after`, where one is given. */
export const tooFast = (retryAfter: string | undefined): FakeReply => {
  const { status, body } = rateLimited();
  const json = { 'content-type': 'application/json; charset=utf-8' };
  const headers = retryAfter === undefined ? json : { ...json, 'retry-after': retryAfter };
  return { status, headers, body: JSON.stringify(body) };
};

const WORDS: Partial<Record<BlobFailure, () => BlobAnswer>> = {
  service_unavailable: unavailable,
  bad_request: () => badRequest('Bad request'),
  forbidden,
  store_suspended: storeSuspended,
  store_not_found: storeNotFound,
  'partial-then-500': serverError,
};

/** The answer instead of, or after, what was asked for. */
export const failureReply = ({ kind, retryAfter }: PlannedFailure): FakeReply => {
  if (kind === 'rate_limited') return tooFast(retryAfter);
  if (kind === 'html-500') return { status: 500, headers: { 'content-type': 'text/html' }, body: HTML };
  if (kind === 'silence') return 'silence';
  const words = WORDS[kind];
  return words ? replyTo(words()) : 'reset';
};
