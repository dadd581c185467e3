// One HTTP request of a pack, and what came of it. Never follows a redirect, never retries, and keeps no more of an
// answer than a person needs to see what was wrong.
import { noAnswerOf } from '../domain/http.ts';

export interface HttpCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** Keeps the whole answer up to so many bytes, where the status is a 2xx. */
  readonly keepBytes?: number;
  /** Calls the request off. */
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** The header as it came. */
  readonly retryAfter: string | null;
  /** The beginning of the body where the status is no 2xx, on one line. */
  readonly excerpt: string;
  /** Only where it was to be kept. */
  readonly body?: string;
}

/**
 * No answer came: the other side was not reached (`unreached`), the connection broke (`broken`), it took too long (`late`),
 * the request was called off (`calledOff`), or fetch refuses the address (`unusable`). All but the first and the last may
 * have arrived.
 */
export class HttpUnanswered extends Error {
  override readonly name = 'HttpUnanswered';
  readonly how: 'unreached' | 'broken' | 'late' | 'calledOff' | 'unusable';
  /** Of the system or of TLS, where there was one. */
  readonly code: string | undefined;

  constructor(how: HttpUnanswered['how'], message: string, code?: string) {
    super(message);
    this.how = how;
    this.code = code;
  }
}

const EXCERPT_BYTES = 2_048;
const EXCERPT_CHARACTERS = 200;

/** Rejects with HttpUnanswered, whose message holds neither address nor header. */
export const callHttp = async (call: HttpCall): Promise<HttpAnswer> => {
  const { url, method, headers, body, timeoutMs, keepBytes, signal } = call;
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers },
      ...(body !== undefined && { body }),
      redirect: 'manual',
      signal: AbortSignal.any([signal, late]),
    });
    const { status } = response;
    const excerpt = response.ok ? '' : await excerptOf(response);
    const kept = response.ok && keepBytes !== undefined ? await beginningOf(response, keepBytes) : undefined;
    await response.body?.cancel().catch(() => {});
    const retryAfter = response.headers.get('retry-after');
    return { status, retryAfter, excerpt, ...(kept !== undefined && { body: kept }) };
  } catch (error) {
    if (signal.aborted) throw new HttpUnanswered('calledOff', 'the request was called off');
    if (late.aborted) throw new HttpUnanswered('late', `no answer came within ${timeoutMs / 1000} s`);
    throw unanswered(error);
  }
};

/** As much of an answer as fits, in whole chunks. */
const beginningOf = async (
  response: Response,
  most: number,
  taken?: (text: string) => void,
): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  const reader = response.body?.getReader();
  while (reader && bytes < most) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
    text += decoder.decode(value, { stream: true });
    taken?.(text);
  }
  await reader?.cancel();
  reader?.releaseLock();
  return text;
};

/** What cannot be read of an answer is no reason to doubt its status: the beginning is enough. */
const excerptOf = async (response: Response): Promise<string> => {
  let text = '';
  await beginningOf(response, EXCERPT_BYTES, (beginning) => {
    text = beginning;
  }).catch(() => '');
  const plain = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return plain.length > EXCERPT_CHARACTERS ? `${plain.slice(0, EXCERPT_CHARACTERS)}…` : plain;
};

const unanswered = (error: unknown): HttpUnanswered => {
  const none = noAnswerOf(error);
  if (none.how === 'unusable')
    return new HttpUnanswered(none.how, 'no request can be made to this address: no user name, no odd port');
  const what = none.how === 'unreached' ? 'it was not reached' : 'the connection broke';
  return new HttpUnanswered(none.how, `${what} (${none.code})`, none.code);
};
