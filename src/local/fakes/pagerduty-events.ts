// What PagerDuty's Events API takes and what it refuses, in its own words.

export interface PagerDutyEvent {
  readonly routingKey: string;
  readonly action: 'trigger' | 'acknowledge' | 'resolve';
  /** Empty where PagerDuty is to give one. */
  readonly dedupKey: string;
  /** Of a trigger. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly links: readonly unknown[];
}

const ACTIONS = ['trigger', 'acknowledge', 'resolve'] as const;
const SEVERITIES: readonly unknown[] = ['critical', 'error', 'warning', 'info'];
/** A body that is longer is answered 413. */
export const BODY_LIMIT = 512_000;

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

const lengthFault = (name: string, value: unknown, [least, most]: readonly [number, number]) => {
  if (typeof value !== 'string') return [`'${name}' is missing or blank`];
  if (value.length >= least && value.length <= most) return [];
  const limit = least === most ? `should be ${most} characters` : `should be ${least} to ${most} characters`;
  return [`Length of '${name}' is incorrect (${limit})`];
};

const payloadFaults = (payload: Readonly<Record<string, unknown>>): readonly string[] => {
  const { severity, timestamp, custom_details: details } = payload;
  const isTime =
    timestamp === undefined || (typeof timestamp === 'string' && !Number.isNaN(Date.parse(timestamp)));
  const isObject = details === undefined || (typeof details === 'object' && details !== null);
  return [
    ...lengthFault('payload.summary', payload['summary'], [1, 1_024]),
    ...lengthFault('payload.source', payload['source'], [1, 1_024]),
    ...(SEVERITIES.includes(severity)
      ? []
      : [
          "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
        ]),
    ...(isTime ? [] : ["'payload.timestamp' is invalid (must be ISO 8601)"]),
    ...(isObject ? [] : ["'payload.custom_details' is invalid (must be an object)"]),
  ];
};

/** The event, or everything that is wrong with it. */
export const readEvent = (body: string): PagerDutyEvent | readonly string[] => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return ['Invalid JSON'];
  }
  const { routing_key, event_action, dedup_key, payload, links } = recordOf(parsed);
  const action = ACTIONS.find((each) => each === event_action);
  const keyed = dedup_key === undefined && action === 'trigger';
  const faults = [
    ...lengthFault('routing_key', routing_key, [32, 32]),
    ...(action ? [] : ["'event_action' is invalid (must be one of: 'trigger', 'acknowledge' or 'resolve')"]),
    ...(keyed ? [] : lengthFault('dedup_key', dedup_key, [1, 255])),
    ...(action === 'trigger' ? payloadFaults(recordOf(payload)) : []),
  ];
  if (faults.length > 0 || !action) return faults;
  return {
    routingKey: String(routing_key),
    action,
    dedupKey: typeof dedup_key === 'string' ? dedup_key : '',
    payload: recordOf(payload),
    links: Array.isArray(links) ? links : [],
  };
};
