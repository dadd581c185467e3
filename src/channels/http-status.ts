// What an HTTP status means for a message.
import { ChannelError } from './channel.ts';
import type { Answer, Call } from './http.ts';

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
