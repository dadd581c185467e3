// What every way of reaching people has in common. A channel puts one notification into its provider's words and
// says how that ended; it never tries twice, never waits, and never writes a secret into what it returns or throws.
import type { Notification, Receipt } from '../domain/alerts/notification.ts';
import type { Letter } from '../domain/letters/letter.ts';

/** One try at one message to one address. */
export interface Sending {
  readonly notification: Notification;
  /** As the target names it after the colon; empty where the channel has one destination only. */
  readonly address: string;
  /** Ends the try; its time limit (at most 10 s) is the only one there is. */
  readonly signal: AbortSignal;
  /**
   * An earlier try under the same key ended unclear, or nobody knows how it ended. The channel then looks the
   * message up where it can, and otherwise sends again and says `possiblyDoubled` where the provider takes no key.
   */
  readonly retry: boolean;
  /** The provider's id of the incident's first message there; later ones answer to it where there are threads. */
  readonly thread?: string;
  /** Key of this message at a provider that folds alerts by key; `notification.key` where it is missing. */
  readonly dedupKey?: string;
  /** Every such key that this incident has used at this address; `acknowledged` and `resolved` end them all. */
  readonly openKeys?: readonly string[];
}

/** One try at one letter, which is nobody's incident, to one address. */
export interface Posting extends Pick<Sending, 'address' | 'signal' | 'retry'> {
  readonly letter: Letter;
}

/** What a channel may tell beyond that something fires, to those whom it told that. */
export type Also = 'acknowledged' | 'resolved';

export interface Channel {
  readonly name: string;
  /** What it tells beyond that something fires; missing: nothing more. Ask `alsoOf`: some addresses take less. */
  readonly also?: readonly Also[] | ((address: string) => readonly Also[]);
  /**
   * Finds out whether the provider would take a message, by a request that nobody sees; rejects with ChannelError where it
   * would not, or did not answer. Missing: there is no such request.
   */
  probe?(probing: Pick<Sending, 'address' | 'signal'>): Promise<void>;
  /** Resolves once the provider has taken the message; rejects with ChannelError and nothing else. */
  send(sending: Sending): Promise<Receipt>;
  /** The same of a letter; missing where the channel is for alarms only. */
  post?(posting: Posting): Promise<Receipt>;
}

/** What an address of a channel is told beyond that something fires. */
export const alsoOf = ({ also = [] }: Pick<Channel, 'also'>, address: string): readonly Also[] =>
  typeof also === 'function' ? also(address) : also;

interface ChannelErrorOptions {
  readonly recoverable: boolean;
  readonly unclear?: boolean;
  readonly retryAfterMs?: number | undefined;
}

/** A message that the provider did not confirm. The message says what happened and what to do. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
  /** The same message may be taken if it is sent again later; false where somebody must change something first. */
  readonly recoverable: boolean;
  /** The provider may have taken it all the same, in this try or an earlier one: the next must say `retry: true`. */
  readonly unclear: boolean;
  /** The provider asked to be left alone for so long. */
  readonly retryAfterMs?: number;

  constructor(message: string, { recoverable, unclear = false, retryAfterMs }: ChannelErrorOptions) {
    super(message);
    this.recoverable = recoverable;
    this.unclear = unclear;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}

/** The same error, owning that an earlier try may have arrived: what this one met says nothing about that. */
export const stillUnclear = (error: unknown): unknown =>
  error instanceof ChannelError
    ? new ChannelError(error.message, {
        recoverable: error.recoverable,
        unclear: true,
        retryAfterMs: error.retryAfterMs,
      })
    : error;

/** As much of a logger as channels need; a pino logger is one. */
export interface ChannelLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
