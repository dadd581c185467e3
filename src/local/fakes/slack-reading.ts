// The Web API's methods that read: a channel's messages, a thread's, and the channels themselves, page by page.
import { type Args, isTrue, no, textOf, type WebApi, type WebApiResult } from './slack-method.ts';
import type { SlackMessage } from './slack-workspace.ts';

/** A page of a list; the cursor is the place where the next one begins. */
const page = <T>(items: readonly T[], args: Args) => {
  const from = Number(args['cursor'] ?? 0);
  const to = from + Math.min(Number(args['limit'] ?? 100), 999);
  const next = to < items.length ? `${to}` : '';
  return { items: items.slice(from, to), has_more: next !== '', response_metadata: { next_cursor: next } };
};

const shownIn =
  (args: Args) =>
  ({ ts, text, blocks, metadata, threadTs }: SlackMessage) => ({
    type: 'message',
    ts,
    text,
    blocks,
    ...(threadTs !== undefined && { thread_ts: threadTs }),
    ...(isTrue(args['include_all_metadata']) && metadata && { metadata }),
  });

/** The channel as people see it: of a thread its first message, and the answers that were broadcast. */
export const history = ({ workspace }: WebApi, args: Args): WebApiResult => {
  const channel = workspace.channels().find(({ id }) => id === args['channel']);
  if (!channel) return no('channel_not_found');
  if (!channel.member) return no('not_in_channel');
  const oldest = Number(args['oldest'] ?? 0);
  const all = workspace.messages.filter(
    (each) =>
      each.channel.id === channel.id &&
      Number(each.ts) > oldest &&
      (each.threadTs === undefined || each.broadcast),
  );
  const { items, ...rest } = page(all.toReversed(), args);
  return { ok: true, messages: items.map(shownIn(args)), ...rest };
};

/** A thread, its first message first. */
export const replies = ({ workspace }: WebApi, args: Args): WebApiResult => {
  const channel = workspace.channels().find(({ id }) => id === args['channel']);
  if (!channel) return no('channel_not_found');
  const ts = textOf(args['ts']);
  const all = workspace.messages.filter(
    (each) => each.channel.id === channel.id && (each.ts === ts || each.threadTs === ts),
  );
  if (all.length === 0) return no('thread_not_found');
  const { items, ...rest } = page(all, args);
  return { ok: true, messages: items.map(shownIn(args)), ...rest };
};

export const list = ({ workspace }: WebApi, args: Args): WebApiResult => {
  const all = workspace.channels().filter(({ archived }) => !archived || !isTrue(args['exclude_archived']));
  const { items, response_metadata } = page(all, args);
  const shown = items.map(({ id, name, archived, member }) => {
    return { id, name, is_archived: archived, is_member: member };
  });
  return { ok: true, channels: shown, response_metadata };
};
