// The Web API's methods: HTTP 200 whatever happens, `{"ok":false,"error":…}` for a no, ids and not names where
// Slack wants ids.
import type { FakeRequest } from './http.ts';
import { refusal } from './slack-limits.ts';
import type { SlackMessage, SlackPost, SlackWorkspace } from './slack-workspace.ts';

export interface WebApi {
  readonly workspace: SlackWorkspace;
  readonly token: string;
  readonly scopes: ReadonlySet<string>;
}

/** What a method answers, before it is written as JSON. */
export type WebApiResult = Readonly<Record<string, unknown>> & { readonly ok: boolean };

type Args = Readonly<Record<string, unknown>>;

const no = (error: string, more: object = {}): WebApiResult => ({ ok: false, error, ...more });

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

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const isTrue = (value: unknown): boolean => value === true || value === 'true' || value === '1';

/** A page of a list; the cursor is the place where the next one begins. */
const page = <T>(items: readonly T[], args: Args) => {
  const from = Number(args['cursor'] ?? 0);
  const to = from + Math.min(Number(args['limit'] ?? 100), 999);
  const next = to < items.length ? `${to}` : '';
  return { items: items.slice(from, to), has_more: next !== '', response_metadata: { next_cursor: next } };
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
  const inThread = threadTs === '' ? {} : { threadTs };
  const { ts } = workspace.post(channel, 'chat.postMessage', { ...post, ...inThread });
  return { ok: true, channel: channel.id, ts, message: { type: 'message', ts, text: post.text } };
};

const history = ({ workspace }: WebApi, args: Args): WebApiResult => {
  const channel = workspace.channels().find(({ id }) => id === args['channel']);
  if (!channel) return no('channel_not_found');
  if (!channel.member) return no('not_in_channel');
  const oldest = Number(args['oldest'] ?? 0);
  const all = workspace.messages.filter((each) => each.channel.id === channel.id && Number(each.ts) > oldest);
  const { items, ...rest } = page(all.toReversed(), args);
  const withMetadata = isTrue(args['include_all_metadata']);
  const shown = ({ ts, text, blocks, metadata }: SlackMessage) => ({
    type: 'message',
    ts,
    text,
    blocks,
    ...(withMetadata && metadata && { metadata }),
  });
  return { ok: true, messages: items.map(shown), ...rest };
};

const list = ({ workspace }: WebApi, args: Args): WebApiResult => {
  const all = workspace.channels().filter(({ archived }) => !archived || !isTrue(args['exclude_archived']));
  const { items, response_metadata } = page(all, args);
  const shown = items.map(({ id, name, archived, member }) => {
    return { id, name, is_archived: archived, is_member: member };
  });
  return { ok: true, channels: shown, response_metadata };
};

const METHODS = {
  'auth.test': { run: (): WebApiResult => ({ ok: true, team: 'Fake', user: 'sexton', bot_id: 'B00000001' }) },
  'chat.postMessage': { scope: 'chat:write', run: postMessage },
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
