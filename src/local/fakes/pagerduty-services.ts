// A PagerDuty account in memory: services by routing key, and in each its alerts by key. Only a trigger that opens an
// alert pages somebody; on one that is open or acknowledged it wakes nobody.
import { randomUUID } from 'node:crypto';
import type { PagerDutyEvent } from './pagerduty-events.ts';

type AlertState = 'triggered' | 'acknowledged' | 'resolved';

/** What became of an event that was answered 202. */
type Effect =
  /** It opened an alert: somebody is paged. */
  | 'paged'
  /** It was folded into an alert that is open already: nobody is. */
  | 'folded'
  | 'acknowledged'
  | 'resolved'
  /** Nothing: no service has the key, no alert is open under it, or PagerDuty lost it. */
  | 'dropped';

/** An event that was answered 202, or taken before the answer failed. */
interface TakenEvent {
  /** ISO-8601, by the fake's clock. */
  readonly at: string;
  /** Name of the service; undefined where none has the routing key. */
  readonly service: string | undefined;
  readonly action: PagerDutyEvent['action'];
  readonly dedupKey: string;
  readonly effect: Effect;
  readonly payload: PagerDutyEvent['payload'];
  readonly links: PagerDutyEvent['links'];
}

export interface PagerDutyAccount {
  /** In the order of arrival. */
  readonly events: readonly TakenEvent[];
  /** Those that paged somebody. */
  readonly pages: () => readonly TakenEvent[];
  /** Undefined where there never was such an alert. */
  readonly stateOf: (dedupKey: string, service?: string) => AlertState | undefined;
  readonly take: (event: PagerDutyEvent, lost?: boolean) => TakenEvent;
  readonly onPage: (listener: (page: TakenEvent) => void) => () => void;
}

const next = (
  action: PagerDutyEvent['action'],
  state: AlertState | undefined,
): { readonly effect: Effect; readonly state: AlertState | undefined } => {
  const open = state === 'triggered' || state === 'acknowledged';
  if (action === 'trigger')
    return open ? { effect: 'folded', state } : { effect: 'paged', state: 'triggered' };
  if (!open) return { effect: 'dropped', state };
  const ended = action === 'resolve' ? 'resolved' : 'acknowledged';
  return { effect: ended, state: ended };
};

/** `services` by routing key. */
export const createAccount = (services: ReadonlyMap<string, string>, now: () => number): PagerDutyAccount => {
  const alerts = new Map<string, AlertState>();
  const events: TakenEvent[] = [];
  const listeners = new Set<(page: TakenEvent) => void>();
  const idOf = (service: string, dedupKey: string): string => JSON.stringify([service, dedupKey]);
  return {
    events,
    pages: () => events.filter(({ effect }) => effect === 'paged'),
    stateOf: (dedupKey, service = 'sexton') => alerts.get(idOf(service, dedupKey)),
    take: ({ routingKey, action, dedupKey, payload, links }, lost = false) => {
      const service = services.get(routingKey);
      const key = dedupKey || randomUUID().replaceAll('-', '');
      const came = { at: new Date(now()).toISOString(), service, action, dedupKey: key, payload, links };
      let effect: Effect = 'dropped';
      if (service !== undefined && !lost) {
        const id = idOf(service, key);
        const after = next(action, alerts.get(id));
        effect = after.effect;
        if (after.state) alerts.set(id, after.state);
      }
      const event = { ...came, effect };
      events.push(event);
      if (effect === 'paged') for (const listener of listeners) listener(event);
      return event;
    },
    onPage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
