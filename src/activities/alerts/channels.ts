// From a target to a channel. A target whose channel is not configured here is told to `log`, flagged, never to
// nobody; what a channel does not take goes to the fallback, and to `log` where that does not take it either.
import { type Also, alsoOf, type Channel } from '../../channels/channel.ts';
import { limitOf } from '../../domain/alerts/delivery.ts';
import type { Notification, Receipt } from '../../domain/alerts/notification.ts';
import { formatTarget, type Target } from '../../domain/alerts/policy.ts';
import type { Letter } from '../../domain/letters/letter.ts';
import { messageOf } from '../failures.ts';

export interface Routed {
  readonly target: Target;
  readonly notification: Notification;
  readonly signal: AbortSignal;
  /** An earlier try may have reached the provider. */
  readonly retry: boolean;
  /** Id of the incident's first message to this target. */
  readonly thread?: string;
  /** As in Sending. */
  readonly dedupKey?: string;
  readonly openKeys?: readonly string[];
}

/** One try at one letter. */
export interface PostedLetter extends Pick<Routed, 'target' | 'signal' | 'retry'> {
  readonly letter: Letter;
}

export interface Channels {
  readonly send: (routed: Routed) => Promise<Receipt>;
  /** Last resort for a message that its own channel does not take. */
  readonly sendInstead: (
    failed: Pick<Routed, 'target' | 'notification'> & { readonly error: string },
  ) => Promise<void>;
  /** A letter; undefined where the target's channel takes none. Missing: no letters at all. */
  readonly post?: (posted: PostedLetter) => Promise<Receipt | undefined>;
  /** Last resort for a letter: the log, with what became of it. */
  readonly postInstead?: (
    failed: Pick<PostedLetter, 'target' | 'letter'> & { readonly error: string },
  ) => Promise<void>;
  /** What a target is told beyond that something fires. Missing: nothing. */
  readonly also?: (target: Target) => readonly Also[];
  /** Asks a target's channel whether it would take a message; rejects where it would not, or has no way to find out. */
  readonly probe?: (target: Target, signal: AbortSignal) => Promise<void>;
  /** Whose messages are counted together, and how many a second it takes. Missing or undefined: as many as come. */
  readonly limit?: (target: Target) => { readonly target: string; readonly perSecond: number } | undefined;
}

interface ChannelsInput {
  readonly channels: Readonly<Record<string, Channel>>;
  readonly isConfigured: (target: Target) => boolean;
  /** Told what another target's channel did not take. Default `log`. */
  readonly fallback?: Target | undefined;
}

const INSTEAD_TIMEOUT_MS = 5_000;

export const createChannelRouter = ({ channels, isConfigured, fallback }: ChannelsInput): Channels => {
  const log = channels['log'];
  if (!log) throw new Error('there is always a channel log');
  const channelOf = (target: Target): Channel | undefined =>
    isConfigured(target) ? channels[target.channel] : undefined;
  const second = fallback && fallback.channel !== 'log' ? fallback : undefined;

  const tellFallback = async (notification: Notification, failed: Target): Promise<string | undefined> => {
    const channel = second && formatTarget(second) !== formatTarget(failed) ? channelOf(second) : undefined;
    if (!channel || !second) return undefined;
    const signal = AbortSignal.timeout(INSTEAD_TIMEOUT_MS);
    const own = { ...notification, key: `${notification.key}/instead` };
    try {
      await channel.send({ notification: own, address: second.address, signal, retry: false });
      return undefined;
    } catch (error) {
      return `${formatTarget(second)}: ${messageOf(error)}`;
    }
  };

  return {
    also: (target) => {
      const channel = channelOf(target);
      return channel ? alsoOf(channel, target.address) : [];
    },
    probe: async (target, signal) => {
      const channel = channelOf(target);
      if (!channel) throw new Error('it is not configured here');
      if (!channel.probe) throw new Error('it has no probe that nobody would see');
      await channel.probe({ address: target.address, signal });
    },
    limit: (target) => (channelOf(target) ? limitOf(target.channel, target.address) : undefined),
    send: ({ target, ...rest }) => {
      const { notification, signal, retry } = rest;
      const channel = channelOf(target);
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
    post: async ({ target, letter, signal, retry }) => {
      const channel = channelOf(target);
      if (channel) return channel.post?.({ letter, address: target.address, signal, retry });
      const closing = [...letter.closing, `meant for ${formatTarget(target)}, which is not configured`];
      return log.post?.({ letter: { ...letter, closing }, address: '', signal, retry });
    },
    postInstead: async ({ target, letter, error }) => {
      const closing = [...letter.closing, `not delivered: ${formatTarget(target)}: ${error}`];
      const signal = AbortSignal.timeout(INSTEAD_TIMEOUT_MS);
      await log.post?.({ letter: { ...letter, closing }, address: '', signal, retry: false });
    },
    sendInstead: async ({ target, notification, error }) => {
      const facts = [...notification.facts, ['not delivered', `${formatTarget(target)}: ${error}`] as const];
      const instead = { ...notification, facts };
      const refused = await tellFallback(instead, target);
      // Written down in any case: it is the one place that cannot refuse.
      const more = refused === undefined ? [] : [['nor delivered', refused] as const];
      const signal = AbortSignal.timeout(INSTEAD_TIMEOUT_MS);
      await log.send({
        notification: { ...instead, facts: [...facts, ...more] },
        address: '',
        signal,
        retry: false,
      });
    },
  };
};
