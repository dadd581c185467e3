// Calls to Slack's Web API with the bot's token: always JSON, almost always HTTP 200, and `ok` tells.
import { ChannelError } from '../channel.ts';
import { type Answer, call } from '../http.ts';
import { statusError } from '../http-status.ts';
import { errorWord, slackError } from './errors.ts';

export interface SlackAnswer {
  readonly ok: boolean;
  readonly error?: string;
  /** Id of the channel that took the message. */
  readonly channel?: string;
  readonly ts?: string;
  readonly messages?: readonly SlackHistoryMessage[];
  readonly channels?: readonly { readonly id: string; readonly name: string }[];
  readonly response_metadata?: { readonly next_cursor?: string };
}

interface SlackHistoryMessage {
  readonly ts: string;
  readonly metadata?: {
    readonly event_type: string;
    readonly event_payload: Readonly<Record<string, unknown>>;
  };
}

export type SlackMethod =
  | 'auth.test'
  | 'chat.postMessage'
  | 'chat.update'
  | 'conversations.history'
  | 'conversations.list'
  | 'conversations.replies';

interface SlackCall {
  readonly method: SlackMethod;
  readonly args: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** Resolves with an answer that is `ok`; rejects with ChannelError. */
export type SlackApi = (call: SlackCall) => Promise<SlackAnswer>;

const SLACK = { provider: 'Slack', setting: 'SLACK_API_URL' } as const;

const parse = (answer: Answer): SlackAnswer | undefined => {
  try {
    const value: unknown = JSON.parse(answer.body);
    return typeof value === 'object' && value !== null && 'ok' in value ? (value as SlackAnswer) : undefined;
  } catch {
    return undefined;
  }
};

const texts = (args: SlackCall['args']): Record<string, string> =>
  Object.fromEntries(Object.entries(args).map(([name, value]) => [name, String(value)]));

export const createSlackApi = ({
  botToken,
  apiUrl = 'https://slack.com/api/',
}: {
  readonly botToken: string;
  readonly apiUrl?: string | undefined;
}): SlackApi => {
  const base = apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/`;
  return async ({ method, args, signal }) => {
    const posts = method === 'chat.postMessage' || method === 'chat.update';
    const headers = { authorization: `Bearer ${botToken}`, 'user-agent': 'sexton' };
    const answer = await call({
      ...SLACK,
      signal,
      readsBody: true,
      ...(posts
        ? {
            method: 'POST',
            url: `${base}${method}`,
            headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
            body: JSON.stringify(args),
          }
        : { method: 'GET', url: `${base}${method}?${new URLSearchParams(texts(args)).toString()}`, headers }),
    });
    const result = parse(answer);
    if (answer.status !== 200) throw statusError(SLACK, answer, errorWord(result?.error));
    if (result === undefined) {
      // A proxy's page, or an answer that broke off.
      const message = 'Slack’s answer was none of its own; it may have the message; check SLACK_API_URL';
      throw new ChannelError(message, { recoverable: true, unclear: true });
    }
    if (result.ok) return result;
    const word = errorWord(result.error);
    throw slackError({ doing: method, word, retryAfterMs: answer.retryAfterMs });
  };
};
