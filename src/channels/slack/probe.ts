// Whether Slack would take a message, asked so that nobody sees it: of the bot by a method that tells whose the token is, of
// a webhook by a message without words, which a sound one refuses in a word of its own.
import type { Channel } from '../channel.ts';
import { call } from '../http.ts';
import { statusError } from '../http-status.ts';
import { createSlackApi } from './api.ts';
import { errorWord, slackError } from './errors.ts';

type Probe = (signal: AbortSignal) => ReturnType<NonNullable<Channel['probe']>>;

export const createBotProbe = (settings: Parameters<typeof createSlackApi>[0]): Probe => {
  const api = createSlackApi(settings);
  return async (signal) => {
    await api({ method: 'auth.test', args: {}, signal });
  };
};

/** What a webhook that would take a message answers to one without words. */
const WORDLESS = 'no_text';

export const createWebhookProbe = ({
  url,
  setting,
}: {
  readonly url: string;
  /** Variable that the address came from. */
  readonly setting: string;
}): Probe => {
  const about = { provider: 'Slack’s incoming webhook', setting };
  return async (signal) => {
    const answer = await call({
      ...about,
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'sexton' },
      body: JSON.stringify({ text: '' }),
      signal,
      readsBody: true,
    });
    const word = errorWord(answer.body.trim());
    if (answer.status === 200 || word === WORDLESS) return;
    if (word !== '' && answer.status < 500) throw slackError({ doing: 'a probe', word });
    throw statusError(about, answer, word);
  };
};
