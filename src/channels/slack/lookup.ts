// Finds a message again after a try that ended unclear: Slack takes no key, but it keeps the one in our metadata.
// History is asked by channel id only, so a name must be resolved first.
import { ChannelError } from '../channel.ts';
import type { SlackAnswer, SlackApi, SlackMethod } from './api.ts';
import { EVENT_TYPE } from './message.ts';

/** `absent` is certain only if history was read back far enough; `unknown` where Slack would not tell. */
export type Found =
  | { readonly is: 'there'; readonly ts: string; readonly channel: string }
  | { readonly is: 'absent' }
  | { readonly is: 'unknown' };

interface LookUp {
  readonly api: SlackApi;
  /** Channel as the target names it. */
  readonly address: string;
  readonly key: string;
  /** Channel's id where an earlier answer told it. */
  readonly id: string | undefined;
  /** For what only a thread shows: history does not tell of it. */
  readonly thread: string | undefined;
  readonly signal: AbortSignal;
}

/** No retry comes this late. */
const BACK_SECONDS = 24 * 3_600;
const MOST_PAGES = 10;

const pages = async function* (
  { api, signal }: LookUp,
  method: SlackMethod,
  args: Readonly<Record<string, unknown>>,
): AsyncGenerator<SlackAnswer & { readonly last: boolean }> {
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await api({ method, args: { ...args, ...(cursor && { cursor }) }, signal });
    cursor = answer.response_metadata?.next_cursor ?? '';
    yield { ...answer, last: cursor === '' };
    if (cursor === '') return;
  }
};

const resolveId = async (lookUp: LookUp): Promise<string | undefined> => {
  const { address, id } = lookUp;
  if (id !== undefined || /^[CGD][A-Z0-9]{6,}$/.test(address)) return id ?? address;
  const name = address.replace(/^#/, '');
  const args = { types: 'public_channel,private_channel', exclude_archived: true, limit: 999 };
  for await (const { channels = [] } of pages(lookUp, 'conversations.list', args)) {
    const channel = channels.find((each) => each.name === name);
    if (channel) return channel.id;
  }
  return undefined;
};

const search = async (lookUp: LookUp): Promise<Found> => {
  const channel = await resolveId(lookUp);
  if (channel === undefined) return { is: 'unknown' };
  const oldest = `${Math.floor(Date.now() / 1000) - BACK_SECONDS}`;
  const args = { channel, oldest, include_all_metadata: true, limit: 200 };
  const { thread: ts } = lookUp;
  const read =
    ts === undefined
      ? pages(lookUp, 'conversations.history', args)
      : pages(lookUp, 'conversations.replies', { ...args, ts });
  for await (const { messages = [], last } of read) {
    const found = messages.find(
      ({ metadata }) => metadata?.event_type === EVENT_TYPE && metadata.event_payload['key'] === lookUp.key,
    );
    if (found) return { is: 'there', ts: found.ts, channel };
    if (last) return { is: 'absent' };
  }
  return { is: 'unknown' };
};

/**
 * Looks a message up by its key. Where Slack will not tell (a scope is missing), the answer is `unknown`: somebody
 * woken twice is better than nobody. Where it cannot just now, rejects with an error that is worth another try.
 */
export const lookUp = async (asked: LookUp): Promise<Found> => {
  try {
    return await search(asked);
  } catch (error) {
    if (!(error instanceof ChannelError) || !error.recoverable) return { is: 'unknown' };
    const message = `could not look up whether an earlier try reached Slack: ${error.message}`;
    throw new ChannelError(message, { recoverable: true, unclear: true, retryAfterMs: error.retryAfterMs });
  }
};
