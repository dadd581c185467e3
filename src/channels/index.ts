// The channels by name. Adding one means a file here, a line below and a line in the contract test.
import type { Target } from '../domain/alerts/policy.ts';
import type { Channel, ChannelLogger } from './channel.ts';
import { createLogChannel } from './log.ts';
import type { ChannelSettings } from './settings.ts';
import { createSlackChannel, slackServes } from './slack.ts';
import { createWebhookChannel } from './webhook.ts';

/** Every channel that these settings make usable, by its name; `log` always. */
export const createChannels = ({
  settings: { slack, webhook },
  logger,
}: {
  readonly settings: ChannelSettings;
  readonly logger: ChannelLogger;
}): Readonly<Record<string, Channel>> => ({
  log: createLogChannel(logger),
  ...(slack && { slack: createSlackChannel(slack) }),
  ...(webhook && { webhook: createWebhookChannel(webhook) }),
});

/** Whether a target can be reached as things are set; where it cannot, its notices belong into `log`. */
export const isConfigured = ({ slack, webhook }: ChannelSettings, { channel, address }: Target): boolean => {
  if (channel === 'log') return true;
  if (channel === 'webhook') return webhook !== undefined;
  return channel === 'slack' && slack !== undefined && slackServes(slack, address);
};
