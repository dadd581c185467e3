// How a PagerDuty fails that was told to. The worst of them is no failure to see: 202, and nobody is paged.
import { type FakeReply, jsonReply } from './http.ts';

export type PagerDutyFailure =
  /** 429 with Retry-After; nothing is taken. */
  | 'ratelimited'
  /** 429 without a word of how long; nothing is taken. */
  | 'ratelimited-bare'
  | 'http-500'
  /** 400, as to a routing key that is none. */
  | 'refused'
  /** The connection breaks; nothing is taken. */
  | 'reset'
  /** No answer, ever; nothing is taken. */
  | 'timeout'
  /** 202, and the event is lost behind it. */
  | 'dropped'
  | 'http-500-after-post'
  | 'reset-after-post'
  | 'timeout-after-post';

export const comesAfterTaking = (kind: PagerDutyFailure): boolean => kind.endsWith('-after-post');

const RETRY_AFTER_SECONDS = 30;

export const invalid = (errors: readonly string[]): FakeReply =>
  jsonReply({ status: 'invalid event', message: 'Event object is invalid', errors }, 400);

/** What is answered; of `dropped` the usual 202, which the caller makes. */
export const failureReply = (kind: Exclude<PagerDutyFailure, 'dropped'>): FakeReply => {
  switch (kind) {
    case 'ratelimited':
    case 'ratelimited-bare':
      return {
        status: 429,
        headers: kind === 'ratelimited' ? { 'retry-after': `${RETRY_AFTER_SECONDS}` } : {},
        body: JSON.stringify({
          status: 'throttle exceeded',
          message: 'Requests for this service are limited',
        }),
      };
    case 'refused':
      return invalid(["Length of 'routing_key' is incorrect (should be 32 characters)"]);
    case 'http-500':
    case 'http-500-after-post':
      return jsonReply({ status: 'internal error', message: 'Something went wrong' }, 500);
    case 'reset':
    case 'reset-after-post':
      return 'reset';
    case 'timeout':
    case 'timeout-after-post':
    default:
      return 'silence';
  }
};
