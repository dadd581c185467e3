// What a receiver of our webhook should be: it believes nothing unsigned or stale, and takes each key once.
import { randomBytes } from 'node:crypto';
import { type FakeReply, type FakeRequest, jsonReply, serveFake } from './http.ts';
import { createScript, type ScriptedFailure } from './script.ts';
import { distrust, headerOf } from './webhook-trust.ts';

type WebhookFailure =
  /** Answers without taking the message, with these headers. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | 'reset'
  | 'timeout'
  | 'reset-after-post'
  | 'http-500-after-post'
  | 'timeout-after-post';

/** A message that was taken. */
interface ReceivedWebhook {
  /** ISO-8601, by the fake's clock. */
  readonly at: string;
  readonly key: string;
  readonly envelope: Readonly<Record<string, unknown>>;
}

export interface WebhookReceiver {
  /** For WEBHOOK_URL. */
  readonly url: string;
  /** For WEBHOOK_SECRET. */
  readonly secret: string;
  /** Each key once. */
  readonly received: readonly ReceivedWebhook[];
  /** Keys that came again after they were taken; answered 200 and otherwise ignored. */
  readonly doubles: readonly string[];
  /** Why requests were refused. */
  readonly rejected: readonly string[];
  readonly onReceived: (listener: (received: ReceivedWebhook) => void) => () => void;
  readonly fail: (failures: ScriptedFailure<WebhookFailure>) => void;
  /** Each answer waits so long after the message was taken. */
  readonly slow: (ms: number) => void;
  readonly close: () => Promise<void>;
}

const failureReply = (failure: WebhookFailure): FakeReply => {
  if (typeof failure === 'object')
    return { status: failure.status, headers: failure.headers ?? {}, body: '' };
  if (failure === 'http-500-after-post') return { status: 500, body: '' };
  return failure.startsWith('reset') ? 'reset' : 'silence';
};

/** Serves until `close`. `now` is the clock of the log; freshness is always judged by the machine's. */
export const startWebhookReceiver = async ({
  now = Date.now,
}: {
  readonly now?: () => number;
} = {}): Promise<WebhookReceiver> => {
  const secret = randomBytes(24).toString('hex');
  const path = `/hook/${randomBytes(12).toString('hex')}`;
  const script = createScript<WebhookFailure>();
  const listeners = new Set<(received: ReceivedWebhook) => void>();
  const received: ReceivedWebhook[] = [];
  const keys = new Set<string>();
  const doubles: string[] = [];
  const rejected: string[] = [];
  let delayMs = 0;

  const take = (request: FakeRequest): FakeReply => {
    const key = headerOf(request, 'idempotency-key');
    if (keys.has(key)) {
      doubles.push(key);
      return jsonReply({ taken: 'before' });
    }
    const message = { at: new Date(now()).toISOString(), key, envelope: JSON.parse(request.body) };
    keys.add(key);
    received.push(message);
    for (const listener of listeners) listener(message);
    return jsonReply({ taken: 'now' });
  };

  const handle = (request: FakeRequest): FakeReply => {
    if (request.path !== path || request.method !== 'POST') return jsonReply({ error: 'not here' }, 404);
    const reason = distrust(request, secret);
    if (reason !== undefined) {
      rejected.push(reason);
      return jsonReply({ error: reason }, 401);
    }
    const failure = script.take();
    if (failure !== undefined && !(typeof failure === 'string' && failure.endsWith('-after-post')))
      return failureReply(failure);
    const reply = take(request);
    return failure === undefined ? reply : failureReply(failure);
  };

  const { origin, close } = await serveFake(handle, () => delayMs);
  return {
    url: `${origin}${path}`,
    secret,
    received,
    doubles,
    rejected,
    close,
    fail: script.fail,
    onReceived: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    slow: (ms) => {
      delayMs = ms;
    },
  };
};
