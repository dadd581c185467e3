// Slack, in two ways: the address `webhook` posts to the incoming webhook, wherever that is bound; every other
// address is a channel's name or id and needs the bot's token.
import type { Receipt } from '../domain/alerts/notification.ts';
import { type Channel, ChannelError, type Sending, stillUnclear } from './channel.ts';
import { call } from './http.ts';
import { statusError } from './http-status.ts';
import type { SlackSettings } from './settings.ts';
import { createSlackApi } from './slack-api.ts';
import { errorWord, slackError } from './slack-errors.ts';
import { lookUp } from './slack-lookup.ts';
import { slackMessage } from './slack-message.ts';

/** The address that means the incoming webhook. */
const WEBHOOK_ADDRESS = 'webhook';

/** Whether these settings serve an address. */
export const slackServes = ({ webhookUrl, botToken }: SlackSettings, address: string): boolean =>
  address === WEBHOOK_ADDRESS ? webhookUrl !== undefined : address !== '' && botToken !== undefined;

type Send = (sending: Sending) => Promise<Receipt>;

/** Sends although an earlier try may have arrived, and says so however it ends. */
const perhapsAgain = async (doubt: boolean, sending: Promise<Receipt>): Promise<Receipt> => {
  if (!doubt) return sending;
  try {
    return { ...(await sending), possiblyDoubled: true };
  } catch (error) {
    throw stillUnclear(error);
  }
};

/** Its links would unfold into previews of runbooks, longer than the message. */
const PLAIN_LINKS = { unfurl_links: false, unfurl_media: false } as const;

/** Statuses whose body is a word that tells more. */
const REFUSALS: readonly number[] = [400, 403, 404, 410];

const webhookSender = (url: string): Send => {
  const about = { provider: 'Slack’s incoming webhook', setting: 'SLACK_WEBHOOK_URL' };
  return async ({ notification, signal }) => {
    const answer = await call({
      ...about,
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'sexton' },
      body: JSON.stringify({ ...slackMessage(notification), ...PLAIN_LINKS }),
      signal,
      readsBody: true,
    });
    const word = errorWord(answer.body.trim());
    if (word !== '' && REFUSALS.includes(answer.status)) throw slackError({ doing: 'the webhook', word });
    if (answer.status !== 200) throw statusError(about, answer, word);
    return {};
  };
};

const botSender = (settings: { readonly botToken: string; readonly apiUrl?: string | undefined }): Send => {
  const api = createSlackApi(settings);
  const ids = new Map<string, string>();
  return async ({ notification, address, signal, retry, thread }) => {
    const { key } = notification;
    const id = ids.get(address);
    const found = retry ? await lookUp({ api, address, key, id, signal }) : undefined;
    if (found?.is === 'there') return { id: found.ts };
    const post = async (inThread: object): Promise<Receipt> => {
      const args = { ...slackMessage(notification), ...PLAIN_LINKS, ...inThread, channel: address };
      const { ts, channel } = await api({ method: 'chat.postMessage', args, signal });
      if (channel !== undefined) ids.set(address, channel);
      return ts === undefined ? {} : { id: ts };
    };
    const postThere = (): Promise<Receipt> => {
      if (thread === undefined) return post({});
      // In the incident's thread, and in the channel too: a page that only a thread shows wakes nobody.
      return post({ thread_ts: thread, reply_broadcast: true }).catch((error: unknown) => {
        // Somebody may have deleted the thread, which must not cost the message.
        if (error instanceof ChannelError && !error.recoverable) return post({});
        throw error;
      });
    };
    return perhapsAgain(found?.is === 'unknown', postThere());
  };
};

const unconfigured =
  (setting: string): Send =>
  async () => {
    throw new ChannelError(`Slack has no way to this address; set ${setting}`, { recoverable: false });
  };

export const createSlackChannel = ({ webhookUrl, botToken, apiUrl }: SlackSettings): Channel => {
  const byWebhook = webhookUrl === undefined ? unconfigured('SLACK_WEBHOOK_URL') : webhookSender(webhookUrl);
  const byBot = botToken === undefined ? unconfigured('SLACK_BOT_TOKEN') : botSender({ botToken, apiUrl });
  return {
    name: 'slack',
    // The webhook tells no id and lists no messages, so what an earlier try did stays unknown.
    send: (sending) =>
      sending.address === WEBHOOK_ADDRESS ? perhapsAgain(sending.retry, byWebhook(sending)) : byBot(sending),
  };
};
