// The ways to reach somebody, by name: what declarations may use and what src/channels must bring.
import type { Target } from './policy.ts';

/** Channel → whether a target in it names an address: `slack:ops-alerts`, but plain `log`. */
const ADDRESSED = { log: false, webhook: false, slack: true } as const;

export type ChannelName = keyof typeof ADDRESSED;

export const CHANNEL_NAMES = Object.keys(ADDRESSED) as readonly ChannelName[];

export const isChannelName = (text: string): text is ChannelName => Object.hasOwn(ADDRESSED, text);

/** The rule that a target breaks, in words; undefined where it is sound. */
export const targetRule = ({ channel, address }: Target): string | undefined => {
  if (!isChannelName(channel)) return `must be in a known channel (${CHANNEL_NAMES.join(', ')})`;
  if (ADDRESSED[channel] && address === '') return `must name an address, such as ${channel}:ops-alerts`;
  if (!ADDRESSED[channel] && address !== '') return `must be plain ${channel}, which takes no address`;
  // Targets stand in histories, so the secret address of a webhook must never be one.
  if (/[\s/]/.test(address)) return 'must name an address without blanks and /, never one on the web';
  return undefined;
};
