// Whom a policy names: a role, person or rotation of the config file's, or a target in a channel that there is.
import { wakeableNames } from '../../domain/alerts/directory.ts';
import type { Directory } from '../../domain/alerts/on-call.ts';
import { listOf, nameOf } from '../inspect.ts';
import { LOG_ONLY } from '../log-only.ts';
import { type Fault, shownValue } from './fault.ts';
import { wakeableRule } from './people.ts';

/** Roles and channels that a policy names and nobody knows; asked of the declaration as written. */
export const policyFaults = ({
  place,
  input,
  directory,
}: {
  readonly place: string;
  readonly input: unknown;
  readonly directory: Directory;
}): readonly Fault[] => {
  const names = wakeableNames(directory);
  const unknown = listOf(input, 'tiers').flatMap((tier, step) =>
    listOf(tier, 'notify').flatMap((text, index) => {
      const named = typeof text === 'string' ? text.trim() : '';
      const rule =
        named === '' ? undefined : wakeableRule(named, { names, kinds: 'role, person or rotation' });
      const at = `${place}.tiers.${step}.notify.${index}`;
      return rule === undefined ? [] : [{ place: at, rule, value: shownValue(named) ?? '' }];
    }),
  );
  if (nameOf(input, '') !== LOG_ONLY.name) return unknown;
  return [...unknown, { place, rule: 'must have another name: this policy is built in' }];
};
