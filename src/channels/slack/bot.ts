// Posts as the bot. The incident's first message there is its card, kept up to date; what comes later answers in
// the card's thread: a page in the channel too, because one that only a thread shows wakes nobody.
import type { Receipt } from '../../domain/alerts/notification.ts';
import { ChannelError, type Sending } from '../channel.ts';
import { createSlackApi, type SlackApi } from './api.ts';
import { lookUp } from './lookup.ts';
import { slackMessage } from './message.ts';
import { parsePlace, type SlackPlace, slackPlace } from './place.ts';
import { PLAIN_LINKS, type SlackSend, unlessSure } from './send.ts';

interface Bot {
  readonly api: SlackApi;
  /** Channel ids that answers have told, by address. */
  readonly ids: Map<string, string>;
}

type Card = SlackPlace | undefined;

export const createSlackBot = (settings: {
  readonly botToken: string;
  readonly apiUrl?: string | undefined;
}): SlackSend => {
  const bot = { api: createSlackApi(settings), ids: new Map<string, string>() };
  return async (sending) => {
    const { address, thread, retry, signal, notification } = sending;
    const id = bot.ids.get(address);
    const card = parsePlace(thread, id);
    const isPage = (notification.status ?? 'firing') === 'firing';
    // First the card: what it says can be said twice, so a try that fails here has left nothing behind.
    const first = !isPage && card?.channel !== undefined;
    if (first) await updateCard(bot, sending, card);
    const asked = { api: bot.api, address, key: notification.key, id: card?.channel ?? id, signal };
    const found = retry ? await lookUp({ ...asked, thread: isPage ? undefined : card?.ts }) : undefined;
    if (found?.is === 'there') return { id: slackPlace(found) };
    const receipt = await unlessSure(found?.is === 'unknown', reply(bot, sending, card));
    // A late try must not paint over what the card has been told since; nor must a card cost a message that is out.
    const now = first || retry ? undefined : parsePlace(thread, bot.ids.get(address));
    await updateCard(bot, sending, now).catch(() => {});
    return receipt;
  };
};

const post = async ({ api, ids }: Bot, sending: Sending, inThread: object): Promise<Receipt> => {
  const { notification, address, signal } = sending;
  const args = { ...slackMessage(notification), ...PLAIN_LINKS, ...inThread, channel: address };
  const { ts, channel } = await api({ method: 'chat.postMessage', args, signal });
  if (channel !== undefined) ids.set(address, channel);
  return ts === undefined ? {} : { id: slackPlace({ ts, channel }) };
};

const reply = async (bot: Bot, sending: Sending, card: Card): Promise<Receipt> => {
  if (card === undefined) return post(bot, sending, {});
  const isPage = (sending.notification.status ?? 'firing') === 'firing';
  const inThread = { thread_ts: card.ts, ...(isPage && { reply_broadcast: true }) };
  return post(bot, sending, inThread).catch((error: unknown) => {
    // Somebody may have deleted the thread, which must not cost the message.
    if (error instanceof ChannelError && !error.recoverable) return post(bot, sending, {});
    throw error;
  });
};

/**
 * Makes the card say what is so now. Its metadata, by which a retry finds it, stays: Slack keeps what an update leaves
 * out. A card that cannot be changed any more (deleted, too old to edit) costs nothing.
 */
const updateCard = async (
  { api }: Bot,
  { notification, signal, retry }: Sending,
  card: Card,
): Promise<void> => {
  if (card?.channel === undefined) return;
  const { text, blocks } = slackMessage(notification);
  const args = { channel: card.channel, ts: card.ts, text, blocks };
  try {
    await api({ method: 'chat.update', args, signal });
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    if (!error.recoverable) return;
    // The update is harmless twice; whether an earlier try has posted stays as unclear as it was.
    const { message, retryAfterMs } = error;
    throw new ChannelError(message, { recoverable: true, unclear: retry, retryAfterMs });
  }
};
