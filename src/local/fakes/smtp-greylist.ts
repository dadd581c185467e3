// Greylisting: the first try from a sender to an address is put off, the next one is taken.
import type { SMTPServerSession } from 'smtp-server';
import { smtpReply } from './smtp-failures.ts';
import { senderIn } from './smtp-mailbox.ts';

export const createGreylist = () => {
  const met = new Set<string>();
  let isOn = false;
  return {
    begin: () => {
      isOn = true;
    },
    refusal: (session: SMTPServerSession, address: string): Error | undefined => {
      const pair = `${senderIn(session)}|${address}`;
      const isNew = isOn && !met.has(pair);
      met.add(pair);
      return isNew ? smtpReply(451, '4.7.1 Greylisted, come back later') : undefined;
    },
  };
};
