// What Slack's two ways have in common.
import type { Receipt } from '../../domain/alerts/notification.ts';
import { type Sending, stillUnclear } from '../channel.ts';

export type SlackSend = (sending: Sending) => Promise<Receipt>;

/** Its links would unfold into previews of runbooks, longer than the message. */
export const PLAIN_LINKS = { unfurl_links: false, unfurl_media: false } as const;

/** Sends although an earlier try may have arrived, and says so however it ends. */
export const unlessSure = async (doubt: boolean, sending: Promise<Receipt>): Promise<Receipt> => {
  if (!doubt) return sending;
  try {
    return { ...(await sending), possiblyDoubled: true };
  } catch (error) {
    throw stillUnclear(error);
  }
};
