// What Sentry demands of an event and of a check-in; what breaks it is refused, or cut where the real one cuts.
import type { EnvelopeItem } from './sentry-envelope.ts';

const ID = /^[0-9a-f]{32}$/;
const LEVELS: readonly unknown[] = ['fatal', 'error', 'warning', 'info', 'debug'];
const STATUSES: readonly unknown[] = ['in_progress', 'ok', 'error'];
const EVENT_BYTES = 1_048_576;
const CHECK_IN_BYTES = 102_400;
const TAG = 200;

interface ItemFault {
  readonly status: number;
  readonly detail: string;
}

const bad = (detail: string): ItemFault => ({ status: 400, detail: `bad envelope: ${detail}` });

const tagsAreSound = (tags: unknown): boolean =>
  typeof tags === 'object' &&
  tags !== null &&
  Object.entries(tags).every(
    ([name, value]: [string, unknown]) =>
      /^[\w.:-]{1,32}$/.test(name) &&
      typeof value === 'string' &&
      value.length <= TAG &&
      !value.includes('\n'),
  );

const eventFault = (payload: EnvelopeItem['payload']): ItemFault | undefined => {
  if (!ID.test(String(payload['event_id']))) return bad('event_id');
  if (typeof payload['platform'] !== 'string') return bad('platform');
  if (typeof payload['timestamp'] !== 'number') return bad('timestamp');
  if (!LEVELS.includes(payload['level'])) return bad('level');
  if (typeof payload['message'] !== 'string' || payload['message'] === '') return bad('message');
  if (!Array.isArray(payload['fingerprint'])) return bad('fingerprint');
  return tagsAreSound(payload['tags'] ?? {}) ? undefined : bad('tags');
};

const checkInFault = (payload: EnvelopeItem['payload']): ItemFault | undefined => {
  if (!ID.test(String(payload['check_in_id']))) return bad('check_in_id');
  if (!/^[a-z0-9_-]{1,50}$/.test(String(payload['monitor_slug']))) return bad('monitor_slug');
  return STATUSES.includes(payload['status']) ? undefined : bad('status');
};

/** Why Sentry refuses an item; undefined where it takes it. */
export const itemFault = ({ headers, payload }: EnvelopeItem): ItemFault | undefined => {
  const bytes = Buffer.byteLength(JSON.stringify(payload));
  const isEvent = headers['type'] === 'event';
  if (bytes > (isEvent ? EVENT_BYTES : CHECK_IN_BYTES)) return { status: 413, detail: 'too large' };
  if (isEvent) return eventFault(payload);
  return headers['type'] === 'check_in' ? checkInFault(payload) : bad('unknown item type');
};
