// Posts a letter as the bot. A retry looks for what an earlier try may have posted, by the key in its metadata.
import type { Receipt } from '../../domain/alerts/notification.ts';
import type { Posting } from '../channel.ts';
import { createSlackApi } from './api.ts';
import { letterSlack } from './letter.ts';
import { lookUp } from './lookup.ts';
import { slackPlace } from './place.ts';
import { PLAIN_LINKS, unlessSure } from './send.ts';

export const createSlackLetters = (settings: {
  readonly botToken: string;
  readonly apiUrl?: string | undefined;
}): ((posting: Posting) => Promise<Receipt>) => {
  const api = createSlackApi(settings);
  const post = async ({ letter, address, signal }: Posting): Promise<Receipt> => {
    const args = { ...letterSlack(letter), ...PLAIN_LINKS, channel: address };
    const { ts, channel } = await api({ method: 'chat.postMessage', args, signal });
    return ts === undefined ? {} : { id: slackPlace({ ts, channel }) };
  };
  return async (posting) => {
    const { letter, address, signal, retry } = posting;
    const asked = { api, address, key: letter.key, id: undefined, thread: undefined, signal };
    const found = retry ? await lookUp(asked) : undefined;
    if (found?.is === 'there') return { id: slackPlace(found) };
    return unlessSure(found?.is === 'unknown', post(posting));
  };
};
