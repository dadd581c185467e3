// How a Slack fails that was told to. Some failures come after the message was taken: they are why a sender must
// look before it sends again.
import { type FakeReply, jsonReply, textReply } from './http.ts';

export type SlackFailure =
  /** 429 with Retry-After; nothing is posted. */
  | 'ratelimited'
  | 'service_unavailable'
  | 'http-500'
  /** The connection breaks; nothing is posted. */
  | 'reset'
  /** No answer, ever; nothing is posted. */
  | 'timeout'
  | 'reset-after-post'
  | 'internal_error-after-post'
  | 'fatal_error-after-post'
  | 'timeout-after-post';

export const comesAfterPost = (kind: SlackFailure): boolean => kind.endsWith('-after-post');

/** Retry-After of a 429. */
const RETRY_AFTER_SECONDS = 30;

/** 429, in JSON for the Web API and in a word for the webhook. */
export const tooFast = (by: 'api' | 'webhook'): FakeReply => ({
  status: 429,
  headers: { 'retry-after': `${RETRY_AFTER_SECONDS}` },
  body: by === 'api' ? JSON.stringify({ ok: false, error: 'ratelimited' }) : 'rate_limited',
});

export const failureReply = (kind: SlackFailure, by: 'api' | 'webhook'): FakeReply => {
  switch (kind) {
    case 'ratelimited':
      return tooFast(by);
    case 'service_unavailable':
      return by === 'api' ? jsonReply({ ok: false, error: kind }) : textReply(503, kind);
    case 'internal_error-after-post':
    case 'fatal_error-after-post':
      return by === 'api'
        ? jsonReply({ ok: false, error: kind.replace('-after-post', '') })
        : textReply(500, 'rollup_error');
    case 'http-500':
      return textReply(500, 'rollup_error');
    case 'reset':
    case 'reset-after-post':
      return 'reset';
    case 'timeout':
    case 'timeout-after-post':
    default:
      return 'silence';
  }
};
