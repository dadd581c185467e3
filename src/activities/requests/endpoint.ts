// Where a step's requests go: the address and the secrets behind the variables that its snapshot names. They are put into
// requests and nowhere else.
import { createHash } from 'node:crypto';
import { callHttp, type HttpAnswer, HttpUnanswered } from '../../adapters/http.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { ItemRequest, SingleRequest } from '../../domain/jobs/http-request.ts';
import type { Dependencies } from '../dependencies.ts';
import { failure } from '../failures.ts';

interface Request {
  /** Appended to the address. */
  readonly path: string;
  readonly body: string | undefined;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** Rejects with HttpUnanswered. */
export type Endpoint = (request: Request) => Promise<HttpAnswer>;

export interface EndpointInput {
  readonly pack: string;
  readonly http: ItemRequest | SingleRequest;
  readonly variables: Dependencies['variables'];
}

/** Fails where this worker's environment lacks one of the variables. */
export const openEndpoint = ({ pack, http, variables }: EndpointInput): Endpoint => {
  const valueOf = (name: string): string => {
    const value = variables?.(pack, name);
    if (value !== undefined) return value;
    throw failure(
      FAILURE_TYPES.unknownName,
      `this worker has no value for ${name}, a variable of pack ${pack}; set it and start the worker anew. Nothing was sent`,
    );
  };
  const address = valueOf(http.url).replace(/\/+$/, '');
  const secrets = Object.entries(http.secretHeaders).map(
    ([header, { variable, prefix }]) => [header, `${prefix}${valueOf(variable)}`] as const,
  );
  const headers = { 'user-agent': 'sexton', ...http.headers, ...Object.fromEntries(secrets) };

  return async ({ path, body, idempotencyKey, signal }) => {
    const call = {
      url: `${address}${path}`,
      method: http.method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
        ...headers,
        'idempotency-key': idempotencyKey,
      },
      ...(body !== undefined && { body }),
      timeoutMs: http.timeoutSeconds * 1000,
      signal,
    };
    try {
      return await callHttp(call);
    } catch (error) {
      // A kept connection that the other side has just closed: the key makes a second try harmless.
      if (!(error instanceof HttpUnanswered) || error.how !== 'broken') throw error;
      return callHttp(call);
    }
  };
};

/** Longer keys are refused by providers. */
const LONGEST_KEY = 255;

/** Parts of a key, none of which can be taken for another: the same for the same parts, whoever asks. */
export const requestKey = (...parts: readonly string[]): string => {
  const key = parts.map(encodeURIComponent).join('/');
  return key.length <= LONGEST_KEY ? key : createHash('sha256').update(key).digest('hex');
};
