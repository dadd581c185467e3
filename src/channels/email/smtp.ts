// One e-mail over one connection to the server of SMTP_URL, within the time limit of its signal.
import { Readable } from 'node:stream';
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { ChannelError } from '../channel.ts';
import { smtpError } from './smtp-errors.ts';

export interface SmtpSending {
  readonly from: string;
  readonly to: string;
  /** The whole message with its headers. */
  readonly content: Buffer;
  readonly signal: AbortSignal;
}

/** Nothing may hang longer than a try may take, whatever becomes of its signal. */
const TIMEOUT_MS = 10_000;

interface Server {
  readonly options: SMTPConnectionOptions;
  readonly credentials?: { readonly user: string; readonly pass: string };
}

const isHere = (host: string): boolean => ['localhost', '127.0.0.1', '::1'].includes(host);

/** A password leaves this machine encrypted only, unless the address says `?requireTLS=false`. */
const parse = (smtpUrl: string): Server => {
  const { protocol, hostname, port, username, password, searchParams } = new URL(smtpUrl);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = protocol === 'smtps:';
  const wanted = searchParams.get('requireTLS');
  const requireTLS = !secure && (wanted === null ? username !== '' && !isHere(host) : wanted === 'true');
  const timeouts = {
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    dnsTimeout: TIMEOUT_MS,
    // What the server does after we have what we want is its own affair.
    socketCloseTimeout: 0,
  };
  return {
    options: { host, ...(port && { port: Number(port) }), secure, requireTLS, ...timeouts },
    ...(username && {
      credentials: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
  };
};

/** A step of the conversation as a promise. */
const step = (begin: (done: (error?: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    begin((error) => (error ? reject(error) : resolve()));
  });

/** Never resolves: rejects once the connection breaks or the signal ends the try, whatever step that meets. */
const broken = (connection: SMTPConnection, signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    connection.once('error', reject);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** Whether the server answers and takes the credentials; nothing is sent. Rejects with ChannelError. */
export const createSmtpProbe = (smtpUrl: string): ((signal: AbortSignal) => Promise<void>) => {
  const { options, credentials } = parse(smtpUrl);
  return async (signal) => {
    const connection = new SMTPConnection(options);
    const converse = async (): Promise<void> => {
      await step((done) => connection.connect(done));
      if (credentials) await step((done) => connection.login({ ...credentials, credentials }, done));
    };
    const conversation = converse();
    // Whichever of the two is later to fail tells nobody anything new.
    conversation.catch(() => {});
    try {
      await Promise.race([conversation, broken(connection, signal)]);
    } catch (error) {
      const secrets = credentials ? Object.values(credentials) : [];
      throw smtpError({ error, begun: false, signal, secrets });
    } finally {
      connection.on('error', () => {});
      connection.close();
    }
  };
};

/** Resolves once the server has taken the message; rejects with ChannelError. */
export const createSmtp = (smtpUrl: string): ((sending: SmtpSending) => Promise<void>) => {
  const { options, credentials } = parse(smtpUrl);
  return async ({ from, to, content, signal }) => {
    if (signal.aborted) {
      throw new ChannelError('sending the e-mail was called off before it began', { recoverable: true });
    }
    const connection = new SMTPConnection(options);
    // The server has asked for the text only once it is read: from then on it may have the message.
    let begun = false;
    const message = Readable.from(
      (function* () {
        begun = true;
        yield content;
      })(),
    );
    const converse = async (): Promise<void> => {
      await step((done) => connection.connect(done));
      if (credentials) await step((done) => connection.login({ ...credentials, credentials }, done));
      await step((done) => connection.send({ from, to }, message, done));
    };
    const conversation = converse();
    // Whichever of the two is later to fail tells nobody anything new.
    conversation.catch(() => {});
    try {
      await Promise.race([conversation, broken(connection, signal)]);
    } catch (error) {
      throw smtpError({ error, begun, signal, secrets: credentials ? Object.values(credentials) : [] });
    } finally {
      connection.on('error', () => {});
      connection.close();
      message.destroy();
    }
  };
};
