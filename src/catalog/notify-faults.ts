// Whom a policy names: every role must be one of the config file's, every target in a channel that there is.
import { isChannelName, targetRule } from '../domain/alerts/channels.ts';
import { parseTarget } from '../domain/alerts/policy.ts';
import type { Roles } from './define-alerts.ts';
import { type Fault, shownValue } from './faults.ts';
import { listOf, nameOf } from './inspect.ts';
import { LOG_ONLY } from './log-only.ts';

const notifyRule = (text: string, roles: Roles): string | undefined => {
  if (Object.hasOwn(roles, text)) return undefined;
  if (text.includes(':') || isChannelName(text)) return targetRule(parseTarget(text));
  const known = Object.keys(roles).join(', ') || 'it has none';
  return `must be a role of sexton.config.ts (${known}) or a target such as log`;
};

/** Roles and channels that a policy names and nobody knows; asked of the declaration as written. */
export const policyFaults = ({
  place,
  input,
  roles,
}: {
  readonly place: string;
  readonly input: unknown;
  readonly roles: Roles;
}): readonly Fault[] => {
  const unknown = listOf(input, 'tiers').flatMap((tier, step) =>
    listOf(tier, 'notify').flatMap((text, index) => {
      const named = typeof text === 'string' ? text.trim() : '';
      const rule = named === '' ? undefined : notifyRule(named, roles);
      const at = `${place}.tiers.${step}.notify.${index}`;
      return rule === undefined ? [] : [{ place: at, rule, value: shownValue(named) ?? '' }];
    }),
  );
  if (nameOf(input, '') !== LOG_ONLY.name) return unknown;
  return [...unknown, { place, rule: 'must have another name: this policy is built in' }];
};
