// Posts to an incoming webhook: it answers in plain words, and tells no id.
import type { Receipt } from '../../domain/alerts/notification.ts';
import { call } from '../http.ts';
import { statusError } from '../http-status.ts';
import { errorWord, slackError } from './errors.ts';
import { type SlackMessageBody, slackMessage } from './message.ts';
import { PLAIN_LINKS, type SlackSend } from './send.ts';

/** Statuses whose body is a word that tells more. */
const REFUSALS: readonly number[] = [400, 403, 404, 410];

interface WebhookAddress {
  readonly url: string;
  /** Variable that the address came from. */
  readonly setting: string;
}

/** Posts one body. */
export const createWebhookPost = ({ url, setting }: WebhookAddress) => {
  const about = { provider: 'Slack’s incoming webhook', setting };
  return async (message: SlackMessageBody, signal: AbortSignal): Promise<Receipt> => {
    const answer = await call({
      ...about,
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'sexton' },
      body: JSON.stringify({ ...message, ...PLAIN_LINKS }),
      signal,
      readsBody: true,
    });
    const word = errorWord(answer.body.trim());
    if (word !== '' && REFUSALS.includes(answer.status)) throw slackError({ doing: 'the webhook', word });
    if (answer.status !== 200) throw statusError(about, answer, word);
    return {};
  };
};

export const createSlackWebhook = (address: WebhookAddress): SlackSend => {
  const post = createWebhookPost(address);
  return ({ notification, signal }) => post(slackMessage(notification), signal);
};
