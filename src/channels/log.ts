// The channel that is always there: one line in the worker's log, at the level that the severity asks for. It is
// also where notices go that no other channel is configured for; `address` then says where they should have gone.
import type { Notification } from '../domain/alerts/notification.ts';
import type { Severity } from '../domain/alerts/severity.ts';
import { letterText } from '../domain/letters/letter.ts';
import { type Channel, ChannelError, type ChannelLogger } from './channel.ts';
import { clip, headline } from './text.ts';

const LEVELS = {
  info: 'info',
  warning: 'warn',
  high: 'error',
  critical: 'error',
} as const satisfies Record<Severity, keyof ChannelLogger>;

/** A line is no place for a whole report; what is stored is whole. */
const LETTER_LIMIT = 4_000;

const fields = (notification: Notification, address: string): object => ({
  key: notification.key,
  incident: notification.incident,
  ...(notification.status !== undefined && { status: notification.status }),
  severity: notification.severity,
  severity_word: notification.severityWord,
  alert_type: notification.alertType,
  tier: notification.tier,
  text: clip(headline(notification), 2_000),
  since: notification.since,
  ...(notification.endedAt !== undefined && { ended: notification.endedAt }),
  ...(notification.action !== undefined && { action: notification.action }),
  next: notification.next,
  acknowledge: notification.acknowledge,
  ...(notification.runbook !== undefined && { runbook: notification.runbook }),
  ...(notification.labels !== undefined && { labels: notification.labels }),
  ...(notification.members !== undefined && { members: notification.members }),
  facts: Object.fromEntries(notification.facts),
  ...(notification.degradedRouting && { degraded_routing: true }),
  ...(notification.stateStoreUnreachable && { state_store_unreachable: true }),
  ...(address !== '' && { address }),
  payload: notification.payload,
});

/** A line can be found by its key but not taken back, so a retry may have written it twice. */
export const createLogChannel = (logger: ChannelLogger): Channel => ({
  name: 'log',
  // Writing a line needs nobody's leave.
  probe: async () => {},
  send: async ({ notification, address, signal, retry }) => {
    if (signal.aborted) {
      throw new ChannelError('writing the notice to the log was called off before it began', {
        recoverable: true,
        unclear: retry,
      });
    }
    const isOver = notification.status === 'acknowledged' || notification.status === 'resolved';
    logger[isOver ? 'info' : LEVELS[notification.severity]](fields(notification, address), 'notification');
    return retry ? { possiblyDoubled: true } : {};
  },
  post: async ({ letter, address, retry }) => {
    const { key, pack, kind, name, subject, at, payload } = letter;
    const text = clip(letterText(letter), LETTER_LIMIT);
    const to = address === '' ? {} : { address };
    logger.info({ key, pack, letter: `${kind}/${name}`, subject, at, text, ...to, payload }, 'letter');
    return retry ? { possiblyDoubled: true } : {};
  },
});
