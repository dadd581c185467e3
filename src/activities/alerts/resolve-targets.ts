// Who a tier's names are at this moment, for escalations that began before `whomToWake` was there; those ask it once a
// wake and know neither holds nor overrides made at run time.
import { parseTarget, type Target } from '../../domain/alerts/policy.ts';
import type { Dependencies } from '../dependencies.ts';
import { reach } from './reach.ts';

export interface ResolveTargetsInput {
  readonly names: readonly string[];
  /** As the policy's snapshot had them: for a role that the configuration has lost since. */
  readonly people: Readonly<Record<string, readonly string[]>>;
}

/** Each target once, in the order of the names. A name that leads nowhere is told to `log`, never to nobody. */
export const createResolveTargets =
  ({ directory }: Pick<Dependencies, 'directory'>) =>
  async ({ names, people }: ResolveTargetsInput): Promise<readonly Target[]> => {
    const { targets, empty } = reach({ directory, names, people, atMs: Date.now() });
    return [...targets, ...empty.map(parseTarget)];
  };
