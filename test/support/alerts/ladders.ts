// Lets a ladder live as the workflow would: from one due instant to the next.
import {
  type LadderState,
  nextDue,
  passDue,
  type Step,
  startLadder,
  type Wake,
} from '../../../src/domain/alerts/ladder.ts';
import type { PolicySnapshot, TierSnapshot } from '../../../src/domain/alerts/policy.ts';
import { aPolicy, MINUTE } from './policies.ts';

export const T0 = Date.parse('2026-02-10T12:00:00Z');

export interface Lived {
  readonly state: LadderState;
  readonly wakes: readonly (Wake & { readonly atMs: number })[];
}

/** What it does until an instant (minutes from T0), and where it stands then. */
export const live = (policy: PolicySnapshot, from: LadderState | Step, untilMinute: number): Lived => {
  const wakes: (Wake & { atMs: number })[] = [];
  let state = 'state' in from ? from.state : from;
  for (;;) {
    const due = nextDue(policy, state);
    if (!due || due.atMs > T0 + untilMinute * MINUTE) return { state, wakes };
    const step = passDue(policy, state, due.atMs);
    state = step.state;
    if (step.wake) wakes.push({ ...step.wake, atMs: due.atMs });
  }
};

/** A ladder that began at T0, as it stands after some minutes without an answer. */
export const after = (policy: PolicySnapshot, minute: number): LadderState =>
  live(policy, startLadder(T0, 'warning'), minute).state;

export const at = (minute: number): number => T0 + minute * MINUTE;

/** `+30m page` a wake. */
export const told = ({ wakes }: Lived): readonly string[] =>
  wakes.map(({ atMs, tier }) => `+${(atMs - T0) / MINUTE}m ${tier.name}`);

type TierShape = readonly [minute: number, name: string, more?: Partial<TierSnapshot>];

/** Tiers by their minute; each tells a target of its own name unless it says otherwise. */
export const policyOf = (
  tiers: readonly [TierShape, ...TierShape[]],
  more: Partial<PolicySnapshot> = {},
): PolicySnapshot => {
  const [first, ...others] = tiers.map(
    ([minute, name, rest]): TierSnapshot => ({
      name,
      afterSeconds: minute * 60,
      notify: [`slack:${name}`],
      ...rest,
    }),
  );
  return aPolicy({ tiers: [first!, ...others], ...more });
};
