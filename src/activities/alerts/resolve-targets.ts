// Who a tier's names are at this moment: roles by the worker's configuration, targets as they are written.
import { parseTarget, type Target } from '../../domain/alerts/policy.ts';
import type { Dependencies } from '../dependencies.ts';

export interface ResolveTargetsInput {
  readonly names: readonly string[];
  /** As the policy's snapshot had them: for a role that the configuration has lost since. */
  readonly people: Readonly<Record<string, readonly string[]>>;
}

/** Each target once, in the order of the names. A name that leads nowhere is told to `log`, never to nobody. */
export const createResolveTargets =
  ({ roles }: Pick<Dependencies, 'roles'>) =>
  async ({ names, people }: ResolveTargetsInput): Promise<readonly Target[]> => {
    const texts = names.flatMap((name) => roles[name] ?? people[name] ?? [name]);
    return [...new Set(texts)].map(parseTarget);
  };
