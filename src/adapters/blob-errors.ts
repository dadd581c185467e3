// What a failed call to Vercel Blob means, and its words. It goes by class: the SDK names every error 'Error' and
// picks the class by the code in the answer, never by the status.
import {
  BlobAccessError,
  BlobClientTokenExpiredError,
  BlobError,
  BlobRequestAbortedError,
  BlobServiceNotAvailable,
  BlobServiceRateLimited,
  BlobStoreNotFoundError,
  BlobStoreSuspendedError,
} from '@vercel/blob';

/**
 * `throttled`: it goes on after a wait. `refused`: this call will never be taken, others may be. `denied`: no call
 * will be until somebody does something. `unavailable`: nobody knows what was done of it, and it may be repeated.
 */
export type BlobFault = 'throttled' | 'refused' | 'denied' | 'unavailable';

interface BlobStoreErrorOptions {
  readonly fault: BlobFault;
  readonly retryAfterSeconds?: number;
  readonly lasting?: boolean;
}

/** A call that the store did not confirm. The message says what happened and what comes next, and holds no secret. */
export class BlobStoreError extends Error {
  override readonly name = 'BlobStoreError';
  readonly fault: BlobFault;
  /** Only where throttled: the store asked to be left alone for so long, at least 1. */
  readonly retryAfterSeconds?: number;
  /** Only where throttled: it has gone on for so long that another short wait is no answer. */
  readonly lasting: boolean;

  constructor(message: string, { fault, retryAfterSeconds, lasting = false }: BlobStoreErrorOptions) {
    super(message);
    this.fault = fault;
    this.lasting = lasting;
    if (retryAfterSeconds !== undefined) this.retryAfterSeconds = retryAfterSeconds;
  }
}

interface FailedCall {
  readonly error: unknown;
  /** What was asked for: `delete 100 objects`. */
  readonly what: string;
  readonly token: string;
  readonly timeoutMs: number;
}

const throttled = ({ what }: FailedCall, { retryAfter }: BlobServiceRateLimited): BlobStoreError => {
  // 0 where the store names no time, not a number where it names a date.
  const seconds = Number.isFinite(retryAfter) ? Math.max(1, retryAfter) : 1;
  const message = `Vercel Blob was too busy to ${what}; it takes the same call again in ${seconds} s`;
  return new BlobStoreError(message, { fault: 'throttled', retryAfterSeconds: seconds });
};

const CLEAR_UP = {
  token: 'the token is not valid for it; check BLOB_READ_WRITE_TOKEN',
  suspended: 'the store is suspended; nothing can be done until Vercel lets it go on',
  missing: 'the store does not exist; check BLOB_READ_WRITE_TOKEN',
} as const;

const denied = ({ what }: FailedCall, why: keyof typeof CLEAR_UP): BlobStoreError =>
  new BlobStoreError(`Vercel Blob did not let us ${what}: ${CLEAR_UP[why]}`, { fault: 'denied' });

const refused = ({ what, token }: FailedCall, { message }: BlobError): BlobStoreError => {
  const said = message.replace(/^Vercel Blob: /, '').replaceAll(token, '…');
  const next = 'the same call will be refused again';
  return new BlobStoreError(`Vercel Blob refused to ${what}: ${said.slice(0, 300)}; ${next}`, {
    fault: 'refused',
  });
};

/** The system's word for a connection that failed: ECONNREFUSED and its like. */
const systemCode = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : systemCode(error.cause);
};

const unavailable = ({ error, what, timeoutMs }: FailedCall): BlobStoreError => {
  const code = systemCode(error);
  const happened =
    error instanceof BlobRequestAbortedError
      ? `did not answer within ${timeoutMs / 1000} s when asked to ${what}`
      : error instanceof BlobServiceNotAvailable
        ? `said that it is not available when asked to ${what}`
        : error instanceof BlobError
          ? `gave no answer that makes sense when asked to ${what}`
          : `could not be reached to ${what}${code === undefined ? '' : ` (${code})`}`;
  const message = `Vercel Blob ${happened}; part of it may be done, and the same call may be made again`;
  return new BlobStoreError(message, { fault: 'unavailable' });
};

/** The error that a failed call is told as. It carries no cause: the SDK's may hold the token. */
export const blobStoreError = (call: FailedCall): BlobStoreError => {
  const { error } = call;
  if (error instanceof BlobServiceRateLimited) return throttled(call, error);
  if (error instanceof BlobAccessError || error instanceof BlobClientTokenExpiredError)
    return denied(call, 'token');
  if (error instanceof BlobStoreSuspendedError) return denied(call, 'suspended');
  if (error instanceof BlobStoreNotFoundError) return denied(call, 'missing');
  // bad_request has no class of its own.
  if (error instanceof BlobError && error.constructor === BlobError) return refused(call, error);
  return unavailable(call);
};
