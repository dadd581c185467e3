// How a mail server fails that was told to, and what it says then.

export type SmtpFailure =
  /** 421 instead of a greeting. */
  | 'busy'
  /** Takes the connection and never says a word. */
  | 'no-greeting'
  | 'login-later'
  | 'refused-login'
  | 'refused-sender'
  | 'refused-address'
  | 'address-later'
  /** After the whole text. */
  | 'refused-text'
  | 'text-later'
  /** The connection breaks after the text; nothing is taken, or it is, but nobody is told. */
  | 'drop'
  | 'drop-after-take'
  /** No answer to the text, ever. */
  | 'no-answer'
  | 'no-answer-after-take';

type Stage = 'greeting' | 'login' | 'sender' | 'address' | 'text';

/** A reply of the server as its library wants it. */
export const smtpReply = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode });

const REPLIES: Readonly<Partial<Record<SmtpFailure, readonly [Stage, number, string]>>> = {
  busy: ['greeting', 421, '4.3.2 Too many connections'],
  'login-later': ['login', 454, '4.7.0 Temporary authentication failure'],
  'refused-login': ['login', 535, '5.7.8 Authentication credentials invalid'],
  'refused-sender': ['sender', 553, '5.7.1 Sender address rejected: not yours'],
  'refused-address': ['address', 550, '5.1.1 No such user here'],
  'address-later': ['address', 451, '4.3.0 Temporary lookup failure'],
  'refused-text': ['text', 554, '5.7.1 Message rejected as spam'],
  'text-later': ['text', 451, '4.3.0 Queue file write error'],
};

/** What a failure says at this stage of the conversation; null where it says nothing then. */
export const replyTo = (failure: SmtpFailure | undefined, at: Stage): Error | null => {
  const [stage, code, text] = (failure && REPLIES[failure]) ?? [];
  return stage === at && code !== undefined && text !== undefined ? smtpReply(code, text) : null;
};
