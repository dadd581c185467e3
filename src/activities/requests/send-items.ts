// The requests of one batch, made in the rows' order as fast as the step allows. No transaction is open meanwhile. What it
// returns is certain: an item without an outcome was not sent, or nobody knows, and is sent again under the same key.
import { performance } from 'node:perf_hooks';
import type { Item } from '../../adapters/postgres/tables/items.ts';
import { filled, type ItemRequest, meaningOf } from '../../domain/jobs/http-request.ts';
import type { HttpItemsStep } from '../../domain/jobs/step.ts';
import { type Endpoint, type EndpointInput, openEndpoint, requestKey } from './endpoint.ts';
import { answeredLater, momentOf, notAnswered } from './later.ts';
import { createPace } from './pace.ts';

/** Taken, or refused for good, in the other side's words. */
type Outcome =
  | { readonly taken: true }
  | { readonly taken: false; readonly mode: string; readonly error: string };

export interface Sent {
  /** By the item's place; none for those that were not reached. */
  readonly outcomes: ReadonlyMap<number, Outcome>;
  /** Why an item has none, where it is not for want of time. */
  readonly failure: unknown;
}

export interface ItemSender {
  readonly send: (items: readonly Item[], signal: AbortSignal) => Promise<Sent>;
}

export interface SenderInput {
  readonly pack: string;
  readonly job: string;
  readonly step: HttpItemsStep;
  readonly variables: EndpointInput['variables'];
  readonly rest: (ms: number) => Promise<void>;
  /** The slice's time is up, or it was cancelled. */
  readonly over: () => boolean;
}

/** So long a batch goes on beginning requests: then what was taken is marked. */
const SENDING_MS = 2_000;

export const createItemSender = ({ pack, job, step, variables, rest, over }: SenderInput): ItemSender => {
  const { http } = step;
  const endpoint = openEndpoint({ pack, http, variables });
  const pace = createPace({ perSecond: http.perSecond, rest, over });
  const asked = { step: step.name, variable: http.url };
  const defaultKey = ({ name }: Item): string => requestKey(pack, job, step.name, name);

  /** Undefined where the time was up. Throws what says nothing of the item. */
  const sendOne = async (item: Item, signal: AbortSignal): Promise<Outcome | undefined> => {
    const request = requestOf(http, item, defaultKey);
    if ('taken' in request) return request;
    for (;;) {
      if (!(await pace.turn())) return undefined;
      const answer = await ask(endpoint, { ...request, signal });
      const meaning = meaningOf(http, answer.status);
      if (meaning === 'done') return { taken: true };
      const said = answer.excerpt && `: ${answer.excerpt}`;
      if (meaning === 'refused')
        return { taken: false, mode: `http_${answer.status}`, error: `answered ${answer.status}${said}` };
      const moment = momentOf(answer);
      if (moment === undefined || over()) throw answeredLater(asked, answer);
      pace.leaveAlone(moment);
    }
  };
  const ask = (to: Endpoint, request: Parameters<Endpoint>[0]) =>
    to(request).catch((error: unknown) => {
      throw notAnswered(asked, error);
    });

  return {
    send: async (items, signal) => {
      const outcomes = new Map<number, Outcome>();
      const until = performance.now() + SENDING_MS;
      let next = 0;
      let failure: unknown;
      const lane = async (): Promise<void> => {
        while (next < items.length && failure === undefined && !over() && performance.now() < until) {
          const place = next;
          next += 1;
          const item = items[place];
          if (!item) return;
          try {
            const outcome = await sendOne(item, signal);
            if (!outcome) return;
            outcomes.set(place, outcome);
          } catch (error) {
            failure ??= error;
          }
        }
      };
      await Promise.all(Array.from({ length: http.atOnce }, lane));
      return { outcomes, failure: signal.aborted ? undefined : failure };
    },
  };
};

interface Ready {
  readonly path: string;
  readonly body: string | undefined;
  readonly idempotencyKey: string;
}

/** A template cannot be filled with nothing: such a row waits for a person. */
const requestOf = (http: ItemRequest, item: Item, defaultKey: (item: Item) => string): Ready | Outcome => {
  const missing = Object.entries(item.values).find(([, value]) => value === null)?.[0];
  if (missing !== undefined)
    return {
      taken: false,
      mode: 'http_incomplete',
      error: `column ${missing}, which the request needs, is NULL`,
    };
  const fill = (template: string): string =>
    filled(template, (column) => encodeURIComponent(item.values[column] ?? ''));
  const idempotencyKey = http.idempotencyKey === undefined ? defaultKey(item) : fill(http.idempotencyKey);
  return { path: fill(http.path), body: item.body, idempotencyKey };
};
