// A letter for a webhook: signed like a notification, told from one by `letter`.
import { type Letter, letterText } from '../../domain/letters/letter.ts';
import { signedRequest, type WebhookAsked } from './sign.ts';

/** Fields may be added to version 1, never changed or taken away. */
export const letterRequest = (letter: Letter, asked: Pick<WebhookAsked, 'secret' | 'nowMs'>) => {
  const { key, pack, kind, name, subject, at, parts, closing, payload } = letter;
  return signedRequest(
    { notification: letter, ...asked },
    {
      version: 1,
      letter: kind,
      key,
      pack,
      name,
      subject,
      at,
      parts: parts.map(({ title, lines, table }) => ({ title, lines, table: table ?? null })),
      closing,
      text: letterText(letter),
      payload,
    },
  );
};
