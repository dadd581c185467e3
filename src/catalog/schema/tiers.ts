// What is wrong with the tiers of a policy when they are seen together: one that is never reached, a repeat that the next
// one cuts off.
import type { TierSnapshot } from '../../domain/alerts/policy.ts';
import { SEVERITIES } from '../../domain/alerts/severity.ts';
import { formatDuration } from '../../domain/duration.ts';

export interface Broken {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Tiers = readonly TierSnapshot[];

const firstTier = (tiers: Tiers): readonly Broken[] => {
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

const laterTiers = (tiers: Tiers): readonly Broken[] =>
  tiers.flatMap(({ name, afterSeconds }, index) => {
    const before = tiers[index - 1];
    const early =
      before && afterSeconds <= before.afterSeconds
        ? [{ path: [index, 'after'], message: `must be after the tier before it (${before.name})` }]
        : [];
    const twice = tiers.findIndex((each) => each.name === name) < index;
    return [...early, ...(twice ? [{ path: [index, 'name'], message: 'must be unique in its policy' }] : [])];
  });

/** A repeat that would come with the next tier or after it never does, and whoever wrote it counts on it. */
const repeats = (tiers: Tiers): readonly Broken[] =>
  tiers.flatMap(({ notify, repeat, afterSeconds }, index): readonly Broken[] => {
    if (!repeat) return [];
    if (notify.length === 0)
      return [{ path: [index, 'repeat'], message: 'must be left out where nobody is notified' }];
    const next = tiers.slice(index + 1).find((each) => each.notify.length > 0);
    const last = afterSeconds + repeat.everySeconds * (repeat.times ?? 1);
    if (!next || last < next.afterSeconds) return [];
    const when = `${next.name}, after ${formatDuration(next.afterSeconds)}`;
    return [
      {
        path: [index, 'repeat'],
        message: `must be over before the next tier that tells anybody (${when}); its ${repeat.times === undefined ? 'first' : 'last'} would come after ${formatDuration(last)}`,
      },
    ];
  });

const raises = (tiers: Tiers): readonly Broken[] =>
  tiers.flatMap(({ raiseTo }, index): readonly Broken[] => {
    if (raiseTo === undefined) return [];
    const before =
      tiers.slice(0, index).findLast((each) => each.raiseTo !== undefined)?.raiseTo ?? SEVERITIES[0];
    return SEVERITIES.indexOf(raiseTo) > SEVERITIES.indexOf(before)
      ? []
      : [{ path: [index, 'raiseTo'], message: `must be above ${before}` }];
  });

/** Every fault of the tiers of a policy together. */
export const tierFaults = (tiers: Tiers): readonly Broken[] => [
  ...firstTier(tiers),
  ...laterTiers(tiers),
  ...repeats(tiers),
  ...raises(tiers),
];
