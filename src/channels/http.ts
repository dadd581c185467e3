// One HTTP request of a channel, and what its end means for the message. Errors name the setting to look at and
// never the address: a webhook's address is a secret.
import { ChannelError } from './channel.ts';
import { retryAfterMs } from './http-status.ts';

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
  /** Empty where it was not read. */
  readonly body: string;
}

/** Failures before the first byte of the request could leave. Everything else may have reached the provider. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_SSL_|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

const codeOf = (error: unknown): string | undefined => {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : undefined;
};

const unanswered = (error: unknown, { provider, setting, signal }: Call): ChannelError => {
  if (signal.aborted) {
    const late = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
    const what = late ? `${provider} did not answer in time` : `sending to ${provider} was called off`;
    return new ChannelError(`${what}; it may have the message`, { recoverable: true, unclear: true });
  }
  const code = codeOf(error);
  if (code === undefined) {
    // fetch itself refused the address: credentials in it, or a port that is never used for HTTP.
    const message = `no request can be made to ${provider}; check ${setting}: no user name, no odd port`;
    return new ChannelError(message, { recoverable: false });
  }
  return NEVER_SENT.test(code)
    ? new ChannelError(`${provider} was not reached (${code}); check ${setting} if it stays so`, {
        recoverable: true,
      })
    : new ChannelError(`the connection to ${provider} broke (${code}); it may have the message`, {
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
    return { status: response.status, retryAfterMs: wait, body: text };
  } catch (error) {
    throw unanswered(error, request);
  }
};
