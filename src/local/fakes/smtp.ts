// A mail server of our own for `npm start` and the tests: it keeps what it takes, and fails as it was told to, also
// after it has taken a message, which is why a sender can never be sure.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { createScript, type ScriptedFailure } from './script.ts';
import { replyTo, type SmtpFailure, smtpReply } from './smtp-failures.ts';
import { createGreylist } from './smtp-greylist.ts';
import { createMailbox, type ReceivedMail } from './smtp-mailbox.ts';

export interface FakeSmtp {
  /** For SMTP_URL, with user and password. */
  readonly url: string;
  readonly password: string;
  readonly messages: readonly ReceivedMail[];
  /** Texts that came whole, taken or not. */
  readonly texts: () => number;
  /** Connections that nobody has closed. */
  readonly open: () => number;
  readonly fail: (failures: ScriptedFailure<SmtpFailure>) => void;
  /** From now on the first try from a sender to an address gets 451, the next one is taken. */
  readonly greylist: () => void;
  readonly onMessage: (listener: (mail: ReceivedMail) => void) => () => void;
  readonly close: () => Promise<void>;
}

export interface FakeSmtpOptions {
  /** Clock of the log, epoch milliseconds. Default the machine's. */
  readonly now?: () => number;
  /** `untrusted`: STARTTLS with a certificate that nobody trusts. Default none. */
  readonly encryption?: 'none' | 'untrusted';
  /** Address that it listens at. Default 127.0.0.1. */
  readonly host?: string;
}

/** Serves until `close`. */
export const startFakeSmtp = async ({
  now = Date.now,
  encryption = 'none',
  host = '127.0.0.1',
}: FakeSmtpOptions = {}): Promise<FakeSmtp> => {
  const password = randomBytes(12).toString('hex');
  const script = createScript<SmtpFailure>();
  const mailbox = createMailbox(now);
  const failing = new Map<string, SmtpFailure | undefined>();
  const greylist = createGreylist();

  const failureOf = ({ id }: SMTPServerSession): SmtpFailure | undefined => failing.get(id);
  const drop = ({ id }: SMTPServerSession): void => {
    for (const connection of server.connections) if (connection.id === id) connection._socket.destroy();
  };

  const server = new SMTPServer({
    logger: false,
    disableReverseLookup: true,
    closeTimeout: 1,
    allowInsecureAuth: true,
    hideSTARTTLS: encryption === 'none',
    ...(encryption === 'none' && { disabledCommands: ['STARTTLS'] }),
    onConnect: (session, done) => {
      const failure = script.take();
      failing.set(session.id, failure);
      if (failure !== 'no-greeting') done(replyTo(failure, 'greeting'));
    },
    onAuth: ({ username, password: given }, session, done) => {
      const refused = replyTo(failureOf(session), 'login');
      if (refused) return done(refused);
      return username === 'sexton' && given === password
        ? done(null, { user: username })
        : done(smtpReply(535, '5.7.8 Authentication credentials invalid'));
    },
    onMailFrom: (_, session, done) => done(replyTo(failureOf(session), 'sender')),
    onRcptTo: ({ address }, session, done) => {
      done(greylist.refusal(session, address) ?? replyTo(failureOf(session), 'address'));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const failure = failureOf(session);
        const refused = replyTo(failure, 'text');
        const taken = !refused && failure !== 'drop' && failure !== 'no-answer';
        mailbox.hear(Buffer.concat(chunks).toString('utf8'), { session, taken });
        if (refused) return done(refused);
        if (failure?.startsWith('drop')) return drop(session);
        return failure?.startsWith('no-answer') ? undefined : done();
      });
    },
    onClose: ({ id }) => void failing.delete(id),
  });
  // A client that hangs up is what some tests are about.
  server.on('error', () => {});
  const listening = server.listen(0, host);
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;

  return {
    url: `smtp://sexton:${password}@${host}:${port}`,
    password,
    messages: mailbox.messages,
    texts: mailbox.texts,
    open: () => server.connections.size,
    fail: script.fail,
    greylist: greylist.begin,
    onMessage: mailbox.onMessage,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(resolve));
      for (const connection of server.connections) connection._socket.destroy();
      await closed;
    },
  };
};
