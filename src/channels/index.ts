// The channels by name. Adding one means a file here, a line below and a line in the contract test.
import type { Target } from '../domain/alerts/policy.ts';
import type { Channel, ChannelLogger } from './channel.ts';
import { createEmailChannel } from './email/email.ts';
import { createLogChannel } from './log.ts';
import { createPagerDutyChannel, pagerDutyServes } from './pagerduty/pagerduty.ts';
import { createSentryChannel } from './sentry/sentry.ts';
import type { ChannelSettings } from './settings.ts';
import { createSlackChannel, slackServes } from './slack/slack.ts';
import { createWebhookChannel, webhookServes } from './webhook/webhook.ts';

/** Every channel that these settings make usable, by its name; `log` always. */
export const createChannels = ({
  settings: { slack, webhook, email, pagerduty, sentry },
  logger,
}: {
  readonly settings: ChannelSettings;
  readonly logger: ChannelLogger;
}): Readonly<Record<string, Channel>> => ({
  log: createLogChannel(logger),
  ...(slack && { slack: createSlackChannel(slack) }),
  ...(webhook && { webhook: createWebhookChannel(webhook) }),
  ...(email && { email: createEmailChannel(email) }),
  ...(pagerduty && { pagerduty: createPagerDutyChannel(pagerduty) }),
  ...(sentry && { sentry: createSentryChannel(sentry) }),
});

/** Whether a target can be reached as things are set; where it cannot, its notices belong into `log`. */
export const isConfigured = (
  { slack, webhook, email, pagerduty, sentry }: ChannelSettings,
  { channel, address }: Target,
): boolean => {
  if (channel === 'log') return true;
  if (channel === 'webhook') return webhook !== undefined && webhookServes(webhook, address);
  if (channel === 'email') return email !== undefined && address !== '';
  if (channel === 'sentry') return sentry !== undefined;
  if (channel === 'pagerduty') return pagerduty !== undefined && pagerDutyServes(pagerduty, address);
  return channel === 'slack' && slack !== undefined && slackServes(slack, address);
};
