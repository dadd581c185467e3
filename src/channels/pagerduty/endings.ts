// Ends the alerts of an incident, one request a key. What is ended stays ended, so a later try takes up only what is
// left; ending a key twice would change nothing, it would only wear out PagerDuty's patience.
import { ChannelError } from '../channel.ts';

/** At once; an incident that was repeated for days has hundreds of keys. */
const AT_ONCE = 5;
/** Notices that are remembered between their tries. */
const REMEMBERED = 500;

interface Ending {
  /** The same on every try of one notice. */
  readonly notice: string;
  readonly keys: readonly string[];
  readonly signal: AbortSignal;
  readonly end: (key: string) => Promise<unknown>;
}

/** Rejects with ChannelError while a key is left, recoverable where another try may end it. */
export type EndAll = (ending: Ending) => Promise<void>;

const errorOf = (errors: readonly ChannelError[], left: number, all: number): ChannelError | undefined => {
  const again = errors.find(({ recoverable }) => recoverable);
  const told = again ?? errors[0];
  if (!told) return undefined;
  const waits = errors.map(({ retryAfterMs = 0 }) => retryAfterMs);
  const message = all === 1 ? told.message : `${left} of ${all} alerts are not ended: ${told.message}`;
  return new ChannelError(message, {
    recoverable: again !== undefined,
    unclear: errors.some(({ unclear }) => unclear),
    retryAfterMs: Math.max(...waits) || undefined,
  });
};

export const createEndAll = (): EndAll => {
  const ended = new Map<string, Set<string>>();
  const endedOf = (notice: string): Set<string> => {
    const known = ended.get(notice);
    if (known) return known;
    const [oldest] = ended.keys();
    if (ended.size >= REMEMBERED && oldest !== undefined) ended.delete(oldest);
    const fresh = new Set<string>();
    ended.set(notice, fresh);
    return fresh;
  };
  return async ({ notice, keys, signal, end }) => {
    const done = endedOf(notice);
    const all = new Set(keys);
    const waiting = [...all].filter((key) => !done.has(key));
    const errors: ChannelError[] = [];
    let halted = false;
    const take = async (): Promise<void> => {
      for (let key = waiting.shift(); key !== undefined && !halted; key = waiting.shift()) {
        try {
          await end(key);
          done.add(key);
        } catch (error) {
          if (!(error instanceof ChannelError)) throw error;
          errors.push(error);
          // Asked to wait, or out of time: what is left is the next try's.
          halted ||= signal.aborted || error.retryAfterMs !== undefined;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, take));
    const error = errorOf(errors, [...all].filter((key) => !done.has(key)).length, all.size);
    if (error) throw error;
    ended.delete(notice);
  };
};
