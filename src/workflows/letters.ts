// Sends a letter that is written down: to each target that the names lead to now, side by side, each on its own.
import { formatTarget, type Target } from '../domain/alerts/policy.ts';
import { postLetter, whomToWake } from './proxies.ts';

/** Where it goes when the names lead to nobody: never to nothing. */
const LOG: Target = { channel: 'log', address: '' };

export interface SendLetterInput {
  /** As it was written. */
  readonly letter: number;
  /** Roles, people, rotations and targets. */
  readonly names: readonly string[];
  /** Whose turn it is, is asked of this instant, ISO-8601. */
  readonly at: string;
}

/** What became of it, a line a target: `email:anna@example.org: sent`. Never rejects: a letter stops nothing. */
export const sendLetter = async ({ letter, names, at }: SendLetterInput): Promise<readonly string[]> => {
  const { targets } = await whomToWake({ at, names, people: {}, severity: 'info' }).catch(() => ({
    targets: [],
  }));
  const told = (targets.length > 0 ? targets : [LOG]).map(async (target) => {
    const { outcome } = await postLetter({ letter, target }).catch(() => ({ outcome: 'dead' }));
    return `${formatTarget(target)}: ${outcome}`;
  });
  return Promise.all(told);
};
