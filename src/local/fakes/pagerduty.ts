// A PagerDuty of our own for `npm start` and the tests. It says 202 to everything that is well formed, as the real one
// does; whom it paged is told by GET /pages alone.
import { randomBytes } from 'node:crypto';
import { type FakeReply, type FakeRequest, jsonReply, serveFake } from './http.ts';
import { BODY_LIMIT, readEvent } from './pagerduty-events.ts';
import { comesAfterTaking, failureReply, invalid, type PagerDutyFailure } from './pagerduty-failures.ts';
import { createAccount, type PagerDutyAccount } from './pagerduty-services.ts';
import { createScript, type ScriptedFailure } from './script.ts';

export interface FakePagerDuty extends Omit<PagerDutyAccount, 'take'> {
  /** For PAGERDUTY_API_URL. */
  readonly apiUrl: string;
  /** For PAGERDUTY_ROUTING_KEY: the first service's. */
  readonly routingKey: string;
  readonly routingKeyOf: (service: string) => string;
  /** Answers that were not 202, in their order: their status, 0 for none. */
  readonly refused: readonly number[];
  readonly fail: (failures: ScriptedFailure<PagerDutyFailure>) => void;
  /** Each answer waits so long after the event was taken. */
  readonly slow: (ms: number) => void;
  readonly close: () => Promise<void>;
}

export interface FakePagerDutyOptions {
  /** Clock of the log, epoch milliseconds. Default the machine's. */
  readonly now?: () => number;
  /** Default `sexton`. */
  readonly services?: readonly [string, ...string[]];
}

const accepted = (dedupKey: string): FakeReply =>
  jsonReply({ status: 'success', message: 'Event processed', dedup_key: dedupKey }, 202);

/** Serves until `close`. */
export const startFakePagerDuty = async ({
  now = Date.now,
  services = ['sexton'],
}: FakePagerDutyOptions = {}): Promise<FakePagerDuty> => {
  const byKey = new Map(services.map((service) => [randomBytes(16).toString('hex'), service] as const));
  const { take, ...account } = createAccount(byKey, now);
  const script = createScript<PagerDutyFailure>();
  const refused: number[] = [];
  let delayMs = 0;

  const enqueue = ({ body }: FakeRequest): FakeReply => {
    const failure = script.take();
    if (failure && failure !== 'dropped' && !comesAfterTaking(failure)) return failureReply(failure);
    if (Buffer.byteLength(body) > BODY_LIMIT) return jsonReply({ message: 'payload too large' }, 413);
    const event = readEvent(body);
    if ('length' in event) return invalid(event);
    const { dedupKey } = take(event, failure === 'dropped');
    return failure && failure !== 'dropped' ? failureReply(failure) : accepted(dedupKey);
  };

  const handle = (request: FakeRequest): FakeReply => {
    const asked = `${request.method} ${request.path}`;
    if (asked === 'GET /pages') return jsonReply({ pages: account.pages() });
    const reply = asked === 'POST /v2/enqueue' ? enqueue(request) : jsonReply({ message: 'Not Found' }, 404);
    const status = typeof reply === 'string' ? 0 : reply.status;
    if (status !== 202) refused.push(status);
    return reply;
  };

  const { origin, close } = await serveFake(handle, () => delayMs);
  const routingKeyOf = (wanted: string): string => {
    for (const [key, service] of byKey) if (service === wanted) return key;
    throw new Error(`there is no service ${wanted}`);
  };
  return {
    ...account,
    apiUrl: `${origin}/v2/enqueue`,
    routingKey: routingKeyOf(services[0]),
    routingKeyOf,
    refused,
    fail: script.fail,
    slow: (ms) => {
      delayMs = ms;
    },
    close,
  };
};
