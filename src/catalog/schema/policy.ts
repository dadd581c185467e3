// Checks a policy by itself, so that no mistake in one is found at night: a ladder that tells nobody, a tier
// that is never reached. Whether its roles are known is checked where the config's roles are.
import { z } from 'zod';
import { duration, line, name, positiveDuration } from './names.ts';

const tier = z
  .strictObject({
    name,
    after: duration,
    notify: z.array(line).min(1, { error: 'must name at least one role or target' }).optional(),
    mark: name.optional(),
  })
  .refine(({ notify, mark }) => notify !== undefined || mark !== undefined, {
    error: 'must notify somebody, mark something, or both',
  })
  .transform(({ after, notify = [], mark, ...rest }) => ({
    ...rest,
    afterSeconds: after,
    notify,
    ...(mark === undefined ? {} : { mark }),
  }));

type Tier = z.output<typeof tier>;

interface Broken {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const firstTier = (tiers: readonly Tier[]): readonly Broken[] => {
  const [first] = tiers;
  if (!first) return [];
  if (tiers.every(({ notify }) => notify.length === 0)) {
    return [{ path: [], message: 'must notify somebody in at least one tier' }];
  }
  // why: a delay before the first notice is the rule's business, which knows what it waits for.
  const late = first.afterSeconds > 0 && { path: [0, 'after'], message: 'must be 0s in the first tier' };
  const mute = first.notify.length === 0 && { path: [0, 'notify'], message: 'must be set in the first tier' };
  return [late, mute].filter((each) => each !== false);
};

const laterTiers = (tiers: readonly Tier[]): readonly Broken[] =>
  tiers.flatMap(({ name: own, afterSeconds }, index) => {
    const before = tiers[index - 1];
    const early =
      before && afterSeconds <= before.afterSeconds
        ? [{ path: [index, 'after'], message: `must be after the tier before it (${before.name})` }]
        : [];
    const twice = tiers.findIndex((each) => each.name === own) < index;
    return [...early, ...(twice ? [{ path: [index, 'name'], message: 'must be unique in its policy' }] : [])];
  });

const tiers = z
  .array(tier)
  .min(1, { error: 'must have a tier' })
  .superRefine((list, context) => {
    for (const { path, message } of [...firstTier(list), ...laterTiers(list)]) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  });

/** A policy as declared; see PolicyDefinition. */
export const policySchema = z
  .strictObject({
    name,
    tiers,
    ackExpires: positiveDuration.optional(),
    degradedRouting: z.boolean().optional(),
  })
  .transform(({ ackExpires, degradedRouting = false, ...policy }) => ({
    ...policy,
    ...(ackExpires === undefined ? {} : { ackExpiresSeconds: ackExpires }),
    ...(degradedRouting ? { degradedRouting } : {}),
  }));

/** A policy that holds to every rule that can be judged without the config. */
export type CheckedPolicy = z.output<typeof policySchema>;
