// What a fake mail server has heard, and what of it it took.
import type { SMTPServerSession } from 'smtp-server';
import { type Mail, readMail } from './smtp-mail.ts';

/** A message that was taken, whether or not the sender heard of it. */
export interface ReceivedMail extends Mail {
  /** ISO-8601, by the fake's clock. */
  readonly at: string;
  readonly from: string;
  readonly to: string;
}

export const senderIn = ({ envelope: { mailFrom } }: SMTPServerSession): string =>
  mailFrom ? mailFrom.address : '';

export const createMailbox = (now: () => number) => {
  const messages: ReceivedMail[] = [];
  const listeners = new Set<(mail: ReceivedMail) => void>();
  let texts = 0;
  return {
    messages: messages as readonly ReceivedMail[],
    texts: () => texts,
    hear: (
      raw: string,
      { session, taken }: { readonly session: SMTPServerSession; readonly taken: boolean },
    ): void => {
      texts += 1;
      if (!taken) return;
      const to = session.envelope.rcptTo.map(({ address }) => address).join(',');
      const mail = { ...readMail(raw), at: new Date(now()).toISOString(), from: senderIn(session), to };
      messages.push(mail);
      for (const listener of listeners) listener(mail);
    },
    onMessage: (listener: (mail: ReceivedMail) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
