// A Sentry of our own for `npm start` and the tests: one project that believes only its own key, takes an event id once,
// and may say 200 to what it drops.
import { randomBytes } from 'node:crypto';
import { type FakeReply, type FakeRequest, jsonReply, serveFake } from './http.ts';
import { createScript, type ScriptedFailure } from './script.ts';
import { type EnvelopeItem, readEnvelope } from './sentry-envelope.ts';
import { failureReply, isTaken, type SentryFailure } from './sentry-failures.ts';
import { itemFault } from './sentry-items.ts';
import { headerOf } from './webhook-trust.ts';

type Payload = EnvelopeItem['payload'];

/** What was taken, with the instant by the fake's clock. */
interface Taken {
  /** ISO-8601. */
  readonly at: string;
  readonly payload: Payload;
}

export interface FakeSentry {
  /** For SENTRY_DSN. */
  readonly dsn: string;
  /** Each event id once. */
  readonly events: readonly Taken[];
  /** Ids that came again; answered 200 and otherwise ignored. */
  readonly doubles: readonly string[];
  /** Why requests were refused. */
  readonly rejected: readonly string[];
  /** What a monitor was told, in the order of arrival; an id may come several times. */
  readonly checkIns: (slug: string) => readonly Payload[];
  readonly onEvent: (listener: (event: Taken) => void) => () => void;
  readonly fail: (failures: ScriptedFailure<SentryFailure>) => void;
  /** Each answer waits so long after the envelope was taken. */
  readonly slow: (ms: number) => void;
  readonly close: () => Promise<void>;
}

const PROJECT = '42';

const field = (header: string, name: string): string | undefined =>
  new RegExp(`\\b${name}=([^,\\s]+)`).exec(header)?.[1];

/** Serves until `close`. */
export const startFakeSentry = async ({
  now = Date.now,
}: {
  readonly now?: () => number;
} = {}): Promise<FakeSentry> => {
  const key = randomBytes(16).toString('hex');
  const script = createScript<SentryFailure>();
  const events: Taken[] = [];
  const checkIns: Payload[] = [];
  const doubles: string[] = [];
  const rejected: string[] = [];
  const listeners = new Set<(event: Taken) => void>();
  let delayMs = 0;

  const refuse = (status: number, detail: string): FakeReply => {
    rejected.push(detail);
    return jsonReply({ detail }, status);
  };

  const takeEvent = (payload: Payload): void => {
    const id = String(payload['event_id']);
    if (events.some((event) => event.payload['event_id'] === id)) return void doubles.push(id);
    const event = { at: new Date(now()).toISOString(), payload };
    events.push(event);
    for (const listener of listeners) listener(event);
  };

  const handle = (request: FakeRequest): FakeReply => {
    const project = /^\/api\/(\d+)\/envelope\/$/.exec(request.path)?.[1];
    if (request.method !== 'POST' || project === undefined) return refuse(404, 'not here');
    const auth = headerOf(request, 'x-sentry-auth');
    if (field(auth, 'sentry_version') !== '7' || field(auth, 'sentry_key') !== key)
      return refuse(403, 'bad auth: invalid project key');
    if (project !== PROJECT) return refuse(403, 'event submission rejected with_reason: ProjectId');
    const failure = script.take();
    let items: readonly EnvelopeItem[];
    try {
      ({ items } = readEnvelope(request.body));
    } catch (error) {
      return refuse(400, `bad envelope: ${error instanceof Error ? error.message : ''}`);
    }
    const fault = items.map(itemFault).find((each) => each !== undefined);
    if (fault) return refuse(fault.status, fault.detail);
    if (isTaken(failure)) {
      for (const { headers, payload } of items) {
        if (headers['type'] === 'check_in') checkIns.push(payload);
        else takeEvent(payload);
      }
    }
    const [first] = items;
    const well = { status: 200, body: JSON.stringify({ id: first?.payload['event_id'] }) };
    return failure ? failureReply(failure, well) : well;
  };

  const { origin, close } = await serveFake(handle, () => delayMs);
  return {
    dsn: `${origin.replace('://', `://${key}@`)}/${PROJECT}`,
    events,
    doubles,
    rejected,
    checkIns: (slug) => checkIns.filter((each) => each['monitor_slug'] === slug),
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    fail: script.fail,
    slow: (ms) => {
      delayMs = ms;
    },
    close,
  };
};
