// The Web API's methods that write, and how all are called: HTTP 200 whatever happens, `{"ok":false,"error":…}` for
// a no, ids and not names where Slack wants ids.
import type { FakeRequest } from './http.ts';
import { refusal } from './slack-limits.ts';
import { type Args, isTrue, no, textOf, type WebApi, type WebApiResult } from './slack-method.ts';
import { history, list, replies } from './slack-reading.ts';
import type { SlackPost } from './slack-workspace.ts';

/** A message out of JSON or form fields; what is of the wrong type counts as absent. */
export const postOf = ({ text, blocks, metadata }: Args): SlackPost => ({
  text: typeof text === 'string' ? text : '',
  blocks: Array.isArray(blocks) ? blocks : [],
  metadata:
    typeof metadata === 'object' && metadata !== null ? (metadata as SlackPost['metadata']) : undefined,
});

const argsOf = ({ headers, body, query }: FakeRequest): Args => {
  const fromQuery = Object.fromEntries(query);
  if (body === '') return fromQuery;
  const isJson = headers['content-type']?.startsWith('application/json');
  return { ...fromQuery, ...(isJson ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body))) };
};

const postMessage = ({ workspace }: WebApi, args: Args): WebApiResult => {
  const channel = workspace.find(textOf(args['channel']));
  if (!channel) return no('channel_not_found');
  if (channel.archived) return no('is_archived');
  if (!channel.member) return no('not_in_channel');
  const post = postOf(args);
  const word = refusal(post);
  if (word) return no(word);
  if (workspace.isBusy(channel)) return no('ratelimited');
  const threadTs = textOf(args['thread_ts']);
  if (
    threadTs &&
    !workspace.messages.some((each) => each.ts === threadTs && each.channel.id === channel.id)
  ) {
    return no('thread_not_found');
  }
  const inThread = threadTs === '' ? {} : { threadTs, broadcast: isTrue(args['reply_broadcast']) };
  const { ts } = workspace.post(channel, 'chat.postMessage', { ...post, ...inThread });
  return { ok: true, channel: channel.id, ts, message: { type: 'message', ts, text: post.text } };
};

const update = ({ workspace, editWindow }: WebApi, args: Args): WebApiResult => {
  // By id only: a name that posting takes is unknown here.
  const channel = workspace.channels().find(({ id }) => id === args['channel']);
  if (!channel) return no('channel_not_found');
  if (channel.archived) return no('is_archived');
  const message = workspace.messages.find(
    (each) => each.ts === textOf(args['ts']) && each.channel.id === channel.id,
  );
  if (!message) return no('message_not_found');
  // Neither a webhook's message nor a person's is the bot's to change.
  if (message.via !== 'chat.postMessage') return no('cant_update_message');
  if (editWindow.closed) return no('edit_window_closed');
  const { metadata, ...words } = postOf(args);
  const word = refusal(words);
  if (word) return no(word);
  workspace.update(message, { ...words, ...(metadata && { metadata }) });
  return { ok: true, channel: channel.id, ts: message.ts, text: words.text };
};

const METHODS = {
  'auth.test': { run: (): WebApiResult => ({ ok: true, team: 'Fake', user: 'sexton', bot_id: 'B00000001' }) },
  'chat.postMessage': { scope: 'chat:write', run: postMessage },
  'chat.update': { scope: 'chat:write', run: update },
  'conversations.replies': { scope: 'channels:history', run: replies },
  'conversations.history': { scope: 'channels:history', run: history },
  'conversations.list': { scope: 'channels:read', run: list },
} as const satisfies Record<string, { scope?: string; run: (api: WebApi, args: Args) => WebApiResult }>;

export const callMethod = (api: WebApi, name: string, request: FakeRequest): WebApiResult => {
  if (!Object.hasOwn(METHODS, name)) return no('unknown_method', { req_method: name });
  const method: { scope?: string; run: (api: WebApi, args: Args) => WebApiResult } =
    METHODS[name as keyof typeof METHODS];
  const { authorization } = request.headers;
  if (authorization === undefined) return no('not_authed');
  if (authorization !== `Bearer ${api.token}`) return no('invalid_auth');
  if (method.scope !== undefined && !api.scopes.has(method.scope)) {
    return no('missing_scope', { needed: method.scope, provided: [...api.scopes].join(',') });
  }
  try {
    return method.run(api, argsOf(request));
  } catch {
    return no('invalid_json');
  }
};
