// From a target to a channel. A target whose channel is not configured here is told to `log`, flagged, never to
// nobody.
import type { Channel } from '../../channels/channel.ts';
import type { Notification, Receipt } from '../../domain/alerts/notification.ts';
import { formatTarget, type Target } from '../../domain/alerts/policy.ts';

export interface Routed {
  readonly target: Target;
  readonly notification: Notification;
  readonly signal: AbortSignal;
  /** An earlier try may have reached the provider. */
  readonly retry: boolean;
  /** Id of the incident's first message to this target. */
  readonly thread?: string;
}

export interface Channels {
  readonly send: (routed: Routed) => Promise<Receipt>;
  /** Last resort for a message that its own channel does not take. */
  readonly sendInstead: (
    failed: Pick<Routed, 'target' | 'notification'> & { readonly error: string },
  ) => Promise<void>;
}

interface ChannelsInput {
  readonly channels: Readonly<Record<string, Channel>>;
  readonly isConfigured: (target: Target) => boolean;
}

export const createChannelRouter = ({ channels, isConfigured }: ChannelsInput): Channels => {
  const log = channels['log'];
  if (!log) throw new Error('there is always a channel log');
  return {
    send: ({ target, ...rest }) => {
      const { notification, signal, retry } = rest;
      const channel = isConfigured(target) ? channels[target.channel] : undefined;
      if (channel) return channel.send({ ...rest, address: target.address });
      const degraded = {
        ...notification,
        degradedRouting: true,
        facts: [
          ...notification.facts,
          ['meant for', `${formatTarget(target)}, which is not configured`] as const,
        ],
        payload: { ...notification.payload, degraded_routing: true },
      };
      return log.send({ notification: degraded, address: '', signal, retry });
    },
    sendInstead: async ({ target, notification, error }) => {
      const facts = [...notification.facts, ['not delivered', `${formatTarget(target)}: ${error}`] as const];
      const signal = AbortSignal.timeout(5_000);
      await log.send({ notification: { ...notification, facts }, address: '', signal, retry: false });
    },
  };
};
