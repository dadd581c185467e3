// What an HTTP status means for a message, and how long the provider wants to be left alone.
import { ChannelError } from './channel.ts';
import type { Answer, Call } from './http.ts';

/** `Retry-After` in seconds or as a date; undefined where it is neither. */
export const retryAfterMs = (header: string | null, now: number = Date.now()): number | undefined => {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
};

/** What a status other than 2xx means; `word` is the provider's own, once it is known to hold no secret. */
export const statusError = (
  { provider, setting }: Pick<Call, 'provider' | 'setting'>,
  answer: Pick<Answer, 'status' | 'retryAfterMs'>,
  word = '',
): ChannelError => {
  const { status } = answer;
  const said = `${provider} answered ${status}${word && ` ${word}`}`;
  const wait = { retryAfterMs: answer.retryAfterMs };
  if (status >= 500) {
    return new ChannelError(`${said}; it may have the message`, {
      recoverable: true,
      unclear: true,
      ...wait,
    });
  }
  if (status === 429 || status === 408 || status === 425) {
    return new ChannelError(`${said}; try again later`, { recoverable: true, ...wait });
  }
  const todo = status < 400 ? `is it moved? check ${setting}` : `it will not take this; check ${setting}`;
  return new ChannelError(`${said}; ${todo}`, { recoverable: false });
};
