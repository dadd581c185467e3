// What the end of an SMTP conversation means for the message. The server's words are shown, cut and without what
// may not be: 4xx is worth another try, 5xx is not, and a connection that broke after the text had begun is unclear.
import { ChannelError } from '../channel.ts';
import { clip, printable } from '../text.ts';

interface SmtpEnd {
  readonly error: unknown;
  /** The server had asked for the text, so it may have all of it. */
  readonly begun: boolean;
  readonly signal: AbortSignal;
  /** Never shown, even where the server says them. */
  readonly secrets: readonly string[];
}

interface SmtpFailure {
  readonly message: string;
  /** nodemailer's own: ECONNECTION, ESOCKET, ETIMEDOUT, EDNS, ETLS, EAUTH, EENVELOPE, EMESSAGE. */
  readonly code: string;
  /** Of the system or of TLS: ECONNREFUSED, DEPTH_ZERO_SELF_SIGNED_CERT. */
  readonly originalCode: string;
  readonly responseCode: number | undefined;
  readonly response: string;
  readonly command: string;
}

const SERVER = 'the mail server';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const failureOf = (error: unknown): SmtpFailure => {
  const { message, code, originalCode, responseCode, response, command }: Record<string, unknown> =
    typeof error === 'object' && error !== null
      ? { ...error, message: error instanceof Error ? error.message : '' }
      : {};
  return {
    message: textOf(message),
    code: textOf(code),
    originalCode: textOf(originalCode),
    responseCode: typeof responseCode === 'number' ? responseCode : undefined,
    response: textOf(response),
    command: textOf(command),
  };
};

const final = (message: string): ChannelError => new ChannelError(message, { recoverable: false });
const later = (message: string): ChannelError => new ChannelError(message, { recoverable: true });
const maybe = (message: string): ChannelError =>
  new ChannelError(`${message}; it may have the message`, { recoverable: true, unclear: true });

/** The server's reply in one line; what was told in secret is not told on. */
const said = ({ response }: SmtpFailure, secrets: readonly string[]): string => {
  const hidden = secrets.filter((secret) => secret !== '');
  const line = hidden.reduce((text, secret) => text.replaceAll(secret, '…'), response);
  return `${SERVER} answered ${clip(printable(line).replace(/\s+/g, ' ').trim(), 200)}`;
};

/** What to do about a reply that will not change by itself. */
const todo = ({ code, command, responseCode }: SmtpFailure): string => {
  if (code === 'EAUTH' || responseCode === 530 || responseCode === 535) {
    return 'check user and password in SMTP_URL';
  }
  if (command === 'STARTTLS') {
    return 'SMTP_URL asks for encryption: use smtps://, another port, or ?requireTLS=false';
  }
  if (command === 'MAIL FROM') return 'check EMAIL_FROM: may SMTP_URL send for it?';
  if (command === 'RCPT TO') return 'check the target’s address';
  return 'it will not take this; check SMTP_URL and EMAIL_FROM';
};

const ofReply = (failure: SmtpFailure, status: number, secrets: readonly string[]): ChannelError =>
  // 503 is about the conversation, not about the message: another one may go well.
  status >= 500 && status !== 503
    ? final(`${said(failure, secrets)}; ${todo(failure)}`)
    : later(`${said(failure, secrets)}; try again later`);

const UNTRUSTED = /certificate|self.signed|altname|issuer|CERT_|SSL|wrong version/i;

export const smtpError = ({ error, begun, signal, secrets }: SmtpEnd): ChannelError => {
  if (error instanceof ChannelError) return error;
  if (signal.aborted) {
    const late = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
    const what = late ? `${SERVER} did not answer in time` : 'sending the e-mail was called off';
    return begun ? maybe(what) : later(`${what}; check SMTP_URL if it stays so, or try again later`);
  }
  const failure = failureOf(error);
  if (failure.responseCode !== undefined) return ofReply(failure, failure.responseCode, secrets);
  const why = failure.originalCode || failure.code || 'for no reason that is known';
  if (begun) return maybe(`the connection to ${SERVER} broke (${why})`);
  if (failure.code === 'EAUTH') return final(`${SERVER} takes no such login; check SMTP_URL`);
  if (UNTRUSTED.test(`${failure.originalCode} ${failure.message}`)) {
    const what = clip(printable(failure.message), 200);
    return final(
      `${SERVER} cannot be trusted (${what}); check SMTP_URL, or let NODE_EXTRA_CA_CERTS name its authority`,
    );
  }
  return later(`${SERVER} was not reached (${why}); check SMTP_URL if it stays so`);
};
