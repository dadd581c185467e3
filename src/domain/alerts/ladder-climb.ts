// The steps of a ladder: the next tier, a tier told again, one taken up anew. Each takes a number of its own.
import {
  forgiven,
  isHigher,
  type LadderState,
  type Step,
  takeNumber,
  type WakeReason,
} from './ladder-state.ts';
import type { PolicySnapshot, TierSnapshot } from './policy.ts';
import type { Severity } from './severity.ts';

/** When a tier is due as the ladder stands, were it to run on. */
export const tierAtMs = (state: LadderState, tier: TierSnapshot): number =>
  state.sinceMs + state.stoodStillMs + tier.afterSeconds * 1000;

/** Index of the last tier that told somebody, -1 where none has. */
export const lastTold = (policy: PolicySnapshot, { nextTier, toldTo = 0 }: LadderState): number =>
  policy.tiers.slice(0, Math.max(nextTier, toldTo)).findLastIndex(({ notify }) => notify.length > 0);

/** Index of the next tier that tells somebody and has not been told, -1 where there is none. */
export const nextTelling = (policy: PolicySnapshot, { nextTier, toldTo = 0 }: LadderState): number =>
  policy.tiers.findIndex(({ notify }, place) => place >= Math.max(nextTier, toldTo) && notify.length > 0);

/** When the last tier told is told again, undefined where it is not, or not any more. */
export const repeatAtMs = (policy: PolicySnapshot, state: LadderState): number | undefined => {
  const { toldMs, repeats = 0, stoodStillMs } = state;
  const repeat = policy.tiers[lastTold(policy, state)]?.repeat;
  if (!repeat || toldMs === undefined || repeats >= (repeat.times ?? Number.POSITIVE_INFINITY))
    return undefined;
  return toldMs + stoodStillMs + repeat.everySeconds * 1000;
};

/** Whose severity a tier raises, it raises for good. */
const raised = (state: LadderState, to: Severity | undefined): LadderState =>
  to === undefined || (state.raisedTo !== undefined && !isHigher(to, state.raisedTo))
    ? state
    : { ...state, raisedTo: to };

/** Told just now, for the first time or anew: its repeats begin. */
const told = (state: LadderState, atMs: number): LadderState => {
  const { repeats: _, ...rest } = state;
  return { ...rest, toldMs: atMs - state.stoodStillMs };
};

const rouse = (state: LadderState, tier: TierSnapshot, reason: WakeReason): Step => {
  const { owed = [] } = state;
  const taken = takeNumber(forgiven(state));
  const notify = [...new Set([...owed, ...tier.notify])];
  return { state: taken.state, wake: { wake: taken.wake, tier: { ...tier, notify }, reason } };
};

/** The next tier, now. It marks what it marks; one that was told ahead of its time tells nobody again. */
export const climb = (policy: PolicySnapshot, state: LadderState, atMs: number, reason: WakeReason): Step => {
  const tier = policy.tiers[state.nextTier];
  if (!tier) return { state };
  const ahead = state.nextTier < (state.toldTo ?? 0);
  const marks = tier.mark === undefined ? state.marks : [...state.marks, { mark: tier.mark, atMs }];
  const climbed = raised({ ...state, nextTier: state.nextTier + 1, marks }, tier.raiseTo);
  if (tier.notify.length === 0 || ahead) return { state: climbed };
  const { responsible: _, ...handed } = climbed;
  return rouse(told(handed, atMs), tier, reason);
};

/** The last tier that told somebody, told again: whoever had taken it on may be gone. */
export const wakeAgain = (
  policy: PolicySnapshot,
  state: LadderState,
  atMs: number,
  reason: WakeReason,
): Step => {
  const tier = policy.tiers[lastTold(policy, state)];
  return tier ? rouse(told(state, atMs), withResponsible(tier, state), reason) : { state };
};

/** Due again by the tier's own repeat. Those that were slept through are told once. */
export const repeatTier = (policy: PolicySnapshot, state: LadderState, atMs: number): Step => {
  const tier = policy.tiers[lastTold(policy, state)];
  if (!tier?.repeat || state.toldMs === undefined) return { state };
  const everyMs = tier.repeat.everySeconds * 1000;
  const periods = Math.max(1, Math.floor((atMs - state.stoodStillMs - state.toldMs) / everyMs));
  const moved = { ...state, toldMs: state.toldMs + periods * everyMs, repeats: (state.repeats ?? 0) + 1 };
  return rouse(moved, withResponsible(tier, state), 'repeated');
};

/** A tier taken up out of its turn: told now, and later ones keep their distance from it. */
export const arm = (
  policy: PolicySnapshot,
  state: LadderState,
  index: number,
  { atMs, reason }: { readonly atMs: number; readonly reason: WakeReason },
): Step => {
  const tier = policy.tiers[index];
  if (!tier) return { state };
  const { toldTo: _, ...rest } = state;
  const placed = { ...rest, sinceMs: atMs - tier.afterSeconds * 1000, stoodStillMs: 0, nextTier: index };
  return climb(policy, placed, atMs, reason);
};

/** The next tier told ahead of its time, which still comes for what it marks. The log where there is none. */
export const tellAhead = (policy: PolicySnapshot, state: LadderState, atMs: number): Step => {
  const index = nextTelling(policy, state);
  const tier = policy.tiers[index];
  const reason = 'nobody in the tier before';
  if (!tier) return rouse(state, { name: 'last-resort', afterSeconds: 0, notify: ['log'] }, reason);
  return rouse(told(raised({ ...state, toldTo: index + 1 }, tier.raiseTo), atMs), tier, reason);
};

/** Only the one who was made responsible. The tier told last counts as told now, so the next one leaves them its time. */
export const tellResponsible = (
  policy: PolicySnapshot,
  state: LadderState,
  { to, atMs }: { readonly to: string; readonly atMs: number },
): Step => {
  const last = policy.tiers[lastTold(policy, state)];
  const placed =
    last === undefined || state.toldTo !== undefined
      ? state
      : { ...state, sinceMs: atMs - last.afterSeconds * 1000, stoodStillMs: 0 };
  const tier = { name: 'reassigned', afterSeconds: 0, notify: [to] };
  return rouse({ ...told(placed, atMs), responsible: to }, tier, 'reassigned');
};

const withResponsible = (tier: TierSnapshot, { responsible }: LadderState): TierSnapshot =>
  responsible === undefined || tier.notify.includes(responsible)
    ? tier
    : { ...tier, notify: [responsible, ...tier.notify] };
