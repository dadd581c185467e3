// One HTTP request of a channel, and what its end means for the message. Errors name the setting to look at and
// never the address: a webhook's address is a secret.
import { noAnswerOf, retryAfterMs } from '../domain/http.ts';
import { ChannelError } from './channel.ts';

export interface Call {
  /** As it stands in messages: `Slack`, `the webhook`. */
  readonly provider: string;
  /** Variable that the address came from. */
  readonly setting: string;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** False where the status says it all; then a provider that never ends its answer delays nothing. */
  readonly readsBody: boolean;
}

export interface Answer {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly header: (name: string) => string | null;
  /** Empty where it was not read. */
  readonly body: string;
}

const unanswered = (error: unknown, { provider, setting, signal }: Call): ChannelError => {
  if (signal.aborted) {
    const late = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
    const what = late ? `${provider} did not answer in time` : `sending to ${provider} was called off`;
    return new ChannelError(`${what}; it may have the message`, { recoverable: true, unclear: true });
  }
  const none = noAnswerOf(error);
  if (none.how === 'unusable') {
    const message = `no request can be made to ${provider}; check ${setting}: no user name, no odd port`;
    return new ChannelError(message, { recoverable: false });
  }
  return none.how === 'unreached'
    ? new ChannelError(`${provider} was not reached (${none.code}); check ${setting} if it stays so`, {
        recoverable: true,
      })
    : new ChannelError(`the connection to ${provider} broke (${none.code}); it may have the message`, {
        recoverable: true,
        unclear: true,
      });
};

/** Makes the request; rejects with ChannelError where no answer came. Redirects are not followed. */
export const call = async (request: Call): Promise<Answer> => {
  const { url, method, headers, body, signal, provider, readsBody } = request;
  if (signal.aborted) {
    throw new ChannelError(`sending to ${provider} was called off before it began`, { recoverable: true });
  }
  try {
    const response = await fetch(url, {
      method,
      // A kept connection that the other side has just closed would look like a message that may have arrived.
      headers: { ...headers, connection: 'close' },
      ...(body !== undefined && { body }),
      redirect: 'manual',
      signal,
    });
    const text = readsBody ? await response.text() : '';
    if (!readsBody) await response.body?.cancel();
    const wait = retryAfterMs(response.headers.get('retry-after'));
    const header = (name: string): string | null => response.headers.get(name);
    return { status: response.status, retryAfterMs: wait, header, body: text };
  } catch (error) {
    throw unanswered(error, request);
  }
};
