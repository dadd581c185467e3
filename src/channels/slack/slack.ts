// Slack, in two ways: the addresses `webhook` and `webhook-<name>` post to an incoming webhook, wherever that is
// bound; every other address is a channel's name or id and needs the bot's token.
import { addressSuffix } from '../../domain/alerts/channels.ts';
import { type Also, type Channel, ChannelError } from '../channel.ts';
import type { SlackSettings } from '../settings.ts';
import { createSlackBot } from './bot.ts';
import { letterSlack } from './letter.ts';
import { createSlackLetters } from './letter-send.ts';
import { createBotProbe, createWebhookProbe } from './probe.ts';
import { type SlackSend, unlessSure } from './send.ts';
import { createSlackWebhook, createWebhookPost } from './webhook.ts';

/** The ending of its variable where an address means an incoming webhook, `''` for the plain one. */
const webhookOf = (address: string): string | undefined => {
  const [, name] = /^webhook(?:-(.+))?$/.exec(address) ?? [];
  return address === 'webhook' || name !== undefined ? addressSuffix(name ?? '') : undefined;
};

/** Whether these settings serve an address. */
export const slackServes = ({ webhooks = {}, botToken }: SlackSettings, address: string): boolean => {
  const webhook = webhookOf(address);
  return webhook === undefined ? address !== '' && botToken !== undefined : Object.hasOwn(webhooks, webhook);
};

const webhookSetting = (ending: string): string => `SLACK_WEBHOOK_URL${ending && `__${ending}`}`;

const unreachable = (setting: string): ChannelError =>
  new ChannelError(`Slack has no way to this address; set ${setting}`, { recoverable: false });

const unconfigured =
  (setting: string): SlackSend =>
  async () => {
    throw unreachable(setting);
  };

/** A webhook can change nothing that it posted, so it tells the end, and not that somebody is at work. */
const alsoAt = (address: string): readonly Also[] =>
  webhookOf(address) === undefined ? ['acknowledged', 'resolved'] : ['resolved'];

export const createSlackChannel = ({ webhooks = {}, botToken, apiUrl }: SlackSettings): Channel => {
  const byBot =
    botToken === undefined ? unconfigured('SLACK_BOT_TOKEN') : createSlackBot({ botToken, apiUrl });
  const byWebhook = (ending: string): SlackSend => {
    const setting = webhookSetting(ending);
    const url = webhooks[ending];
    return url === undefined ? unconfigured(setting) : createSlackWebhook({ url, setting });
  };
  const letters = botToken === undefined ? undefined : createSlackLetters({ botToken, apiUrl });
  return {
    name: 'slack',
    also: alsoAt,
    probe: async ({ address, signal }) => {
      const ending = webhookOf(address);
      if (ending === undefined) {
        if (botToken === undefined) throw unreachable('SLACK_BOT_TOKEN');
        return createBotProbe({ botToken, apiUrl })(signal);
      }
      const [url, setting] = [webhooks[ending], webhookSetting(ending)];
      if (url === undefined) throw unreachable(setting);
      return createWebhookProbe({ url, setting })(signal);
    },
    send: (sending) => {
      const webhook = webhookOf(sending.address);
      if (webhook === undefined) return byBot(sending);
      // The webhook tells no id and lists no messages, so what an earlier try did stays unknown.
      return unlessSure(sending.retry, byWebhook(webhook)(sending));
    },
    post: async (posting) => {
      const webhook = webhookOf(posting.address);
      const setting = webhook === undefined ? 'SLACK_BOT_TOKEN' : webhookSetting(webhook);
      const url = webhook === undefined ? undefined : webhooks[webhook];
      if (webhook === undefined && letters) return letters(posting);
      if (url === undefined) throw unreachable(setting);
      const { letter, signal, retry } = posting;
      return unlessSure(retry, createWebhookPost({ url, setting })(letterSlack(letter), signal));
    },
  };
};
