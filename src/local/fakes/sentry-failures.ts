// How a Sentry fails that was told to; the worst is a 200 that names a limit, behind which the event is gone.
import { type FakeReply, jsonReply } from './http.ts';

export type SentryFailure =
  /** 429 with Retry-After and the limits; nothing is taken. */
  | 'ratelimited'
  /** 429 without any header; nothing is taken. */
  | 'ratelimited-bare'
  /** 200 with the id, a limit on errors in its headers, and the event dropped. */
  | 'limited-200'
  /** 200 with a limit that concerns other things; the event is taken. */
  | 'limits-others'
  | 'http-500'
  /** 403, as to a key that was revoked. */
  | 'refused'
  /** The connection breaks; nothing is taken. */
  | 'reset'
  /** No answer, ever; nothing is taken. */
  | 'timeout'
  | 'http-500-after-post'
  | 'reset-after-post'
  | 'timeout-after-post';

/** The event is taken, whatever is answered. */
export const isTaken = (kind: SentryFailure | undefined): boolean =>
  kind === undefined || kind === 'limits-others' || kind.endsWith('-after-post');

const LIMITS = 'x-sentry-rate-limits';

/** The answer, given the one that all being well would have brought. */
export const failureReply = (kind: SentryFailure, well: Exclude<FakeReply, string>): FakeReply => {
  switch (kind) {
    case 'ratelimited':
      return {
        status: 429,
        headers: { 'retry-after': '30', [LIMITS]: '30:error;security:organization:quota' },
        body: JSON.stringify({ detail: 'rate limit' }),
      };
    case 'ratelimited-bare':
      return jsonReply({ detail: 'rate limit' }, 429);
    case 'limited-200':
      return { ...well, headers: { ...well.headers, [LIMITS]: '60:error;transaction:organization' } };
    case 'limits-others':
      return { ...well, headers: { ...well.headers, [LIMITS]: '2700:transaction;monitor:project' } };
    case 'refused':
      return jsonReply({ detail: 'bad auth: invalid project key' }, 403);
    case 'http-500':
    case 'http-500-after-post':
      return jsonReply({ detail: 'internal error' }, 500);
    case 'reset':
    case 'reset-after-post':
      return 'reset';
    case 'timeout':
    case 'timeout-after-post':
    default:
      return 'silence';
  }
};
