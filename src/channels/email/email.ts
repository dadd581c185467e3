// E-mail over SMTP, a connection a message, so that none is left behind at a shutdown. SMTP takes no key: a retry
// after an unclear end has the same Message-ID, and says that it may be there twice.
import MailComposer from 'nodemailer/lib/mail-composer';
import { targetRule } from '../../domain/alerts/channels.ts';
import type { Receipt } from '../../domain/alerts/notification.ts';
import { type Channel, ChannelError, type Sending, stillUnclear } from '../channel.ts';
import type { EmailSettings } from '../settings.ts';
import { letterEmail } from './letter.ts';
import { type EmailMessage, emailMessage } from './message.ts';
import { createSmtp, createSmtpProbe } from './smtp.ts';

/** `Sexton <sexton@example.org>` → `sexton@example.org`. */
const addressIn = (from: string): string => /<([^<>]+)>$/.exec(from)?.[1] ?? from;

const composed = (message: EmailMessage, { from, to }: { readonly from: string; readonly to: string }) =>
  new MailComposer({
    ...message,
    from,
    to: { name: '', address: to },
    references: [...message.references],
    headers: { ...message.headers },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();

export const createEmailChannel = ({ smtpUrl, from }: EmailSettings): Channel => {
  const smtp = createSmtp(smtpUrl);
  const probe = createSmtpProbe(smtpUrl);
  const sender = addressIn(from);
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  const mail = async (
    { address, signal, retry }: Pick<Sending, 'address' | 'signal' | 'retry'>,
    message: EmailMessage,
  ): Promise<Receipt> => {
    // Judged again here, because a role may have changed since a declaration was checked.
    const unsound = targetRule({ channel: 'email', address });
    if (unsound !== undefined) {
      throw new ChannelError(`no e-mail can be sent there; its target ${unsound}`, { recoverable: false });
    }
    const content = await composed(message, { from, to: address });
    try {
      await smtp({ from: sender, to: address, content, signal });
    } catch (error) {
      throw retry ? stillUnclear(error) : error;
    }
    return { id: message.messageId, ...(retry && { possiblyDoubled: true }) };
  };
  return {
    name: 'email',
    also: ['acknowledged', 'resolved'],
    probe: ({ signal }) => probe(signal),
    send: ({ notification, thread, ...way }) => mail(way, emailMessage(notification, { domain, thread })),
    post: ({ letter, ...way }) => mail(way, letterEmail(letter, domain)),
  };
};
