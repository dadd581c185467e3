// The escalation ladder, pure: state and instant in, next state and what must follow out. The workflow only waits
// and calls; every promise about who is woken when is decided, and tested, here.
import type { PolicySnapshot, TierSnapshot } from './policy.ts';
import { SEVERITIES, type Severity } from './severity.ts';

/** Plain data: it stands in the incident row and travels through continue-as-new. Instants are epoch ms. */
export interface LadderState {
  readonly status: 'open' | 'acknowledged' | 'snoozed' | 'resolved';
  readonly severity: Severity;
  /** From here the tiers' delays count: the first firing, or the last rise in severity. */
  readonly sinceMs: number;
  /** Time that the ladder stood still (acknowledged, snoozed); later tiers move by it. */
  readonly stoodStillMs: number;
  /** When it came to stand still; missing while it runs. */
  readonly stoppedAtMs?: number;
  /** Index of the tier that comes next. */
  readonly nextTier: number;
  /** Number of the last wake. Every wake has its own, never used twice in an incident. */
  readonly lastWake: number;
  readonly by?: string;
  /** End of an acknowledgement or snooze; an acknowledgement without one holds until it is resolved. */
  readonly untilMs?: number;
  readonly marks: readonly { readonly mark: string; readonly atMs: number }[];
}

/** Something to tell people: a tier for the first time, or again. */
export interface Wake {
  readonly wake: number;
  readonly tier: TierSnapshot;
  readonly reason: 'due' | 'acknowledgement expired' | 'snooze ended' | 'escalated by hand';
}

export interface Step {
  readonly state: LadderState;
  readonly wake?: Wake;
}

export interface Due {
  readonly atMs: number;
  readonly what: 'tier' | 'acknowledgement expires' | 'snooze ends';
}

export const startLadder = (sinceMs: number, severity: Severity): LadderState => ({
  status: 'open',
  severity,
  sinceMs,
  stoodStillMs: 0,
  nextTier: 0,
  lastWake: 0,
  marks: [],
});

/** When a tier is due as the ladder stands, were it to run on. */
export const tierAtMs = (state: LadderState, tier: TierSnapshot): number =>
  state.sinceMs + state.stoodStillMs + tier.afterSeconds * 1000;

/** What the ladder waits for, or undefined where only a person or a new state moves it. */
export const nextDue = (policy: PolicySnapshot | undefined, state: LadderState): Due | undefined => {
  if (state.status === 'resolved') return undefined;
  if (state.status === 'acknowledged' || state.status === 'snoozed') {
    const what = state.status === 'snoozed' ? 'snooze ends' : 'acknowledgement expires';
    return state.untilMs === undefined ? undefined : { atMs: state.untilMs, what };
  }
  const tier = policy?.tiers[state.nextTier];
  return tier && { atMs: tierAtMs(state, tier), what: 'tier' };
};

/** Passes the due instant at or before `atMs`: one tier, or the end of an acknowledgement or snooze. */
export const passDue = (policy: PolicySnapshot, state: LadderState, atMs: number): Step => {
  const due = nextDue(policy, state);
  if (!due || due.atMs > atMs) return { state };
  if (due.what === 'tier') return climb(policy, state, atMs, 'due');
  const reason = due.what === 'snooze ends' ? 'snooze ended' : 'acknowledgement expired';
  return wakeAgain(policy, run(state, due.atMs), reason);
};

/**
 * The next tier that tells anybody, now; what it passes over is not marked, since nothing was missed. Ends an
 * acknowledgement or snooze; after the last tier it wakes that one again.
 */
export const escalateNow = (policy: PolicySnapshot, state: LadderState, atMs: number): Step => {
  const running = run(state, atMs);
  const next = policy.tiers.findIndex(({ notify }, place) => place >= running.nextTier && notify.length > 0);
  return next < 0
    ? wakeAgain(policy, running, 'escalated by hand')
    : climb(policy, { ...running, nextTier: next }, atMs, 'escalated by hand');
};

export const acknowledge = (
  policy: PolicySnapshot | undefined,
  state: LadderState,
  { by, atMs }: { readonly by: string; readonly atMs: number },
): LadderState => {
  const expires = policy?.ackExpiresSeconds;
  return {
    ...stand(state, atMs),
    status: 'acknowledged',
    by,
    ...(expires !== undefined && { untilMs: atMs + expires * 1000 }),
  };
};

export const snooze = (
  state: LadderState,
  { by, atMs, untilMs }: { readonly by: string; readonly atMs: number; readonly untilMs: number },
): LadderState => ({ ...stand(state, atMs), status: 'snoozed', by, untilMs });

export const resolve = (state: LadderState, by?: string): LadderState => {
  const { untilMs: _until, stoppedAtMs: _stopped, by: _by, ...rest } = state;
  return { ...rest, status: 'resolved', ...(by !== undefined && { by }) };
};

/**
 * A severity told anew. A rise begins the ladder of the higher severity at once, whoever had acknowledged the
 * lower one; a fall changes what is shown and nothing else.
 */
export const observeSeverity = (state: LadderState, severity: Severity, atMs: number): LadderState => {
  const rank = (each: Severity): number => SEVERITIES.indexOf(each);
  if (rank(severity) <= rank(state.severity)) return { ...state, severity };
  return restart({ ...state, severity }, atMs);
};

/** Fires again after it was resolved: from the first tier, with wake numbers that go on. */
export const reopen = (state: LadderState, severity: Severity, atMs: number): LadderState =>
  restart({ ...state, severity }, atMs);

const restart = ({ severity, lastWake, marks }: LadderState, atMs: number): LadderState => ({
  ...startLadder(atMs, severity),
  lastWake,
  marks,
});

const stand = (state: LadderState, atMs: number): LadderState => {
  const { untilMs: _, ...rest } = state;
  return { ...rest, stoppedAtMs: state.stoppedAtMs ?? atMs };
};

const run = (state: LadderState, atMs: number): LadderState => {
  const { untilMs: _until, stoppedAtMs, by: _by, ...rest } = state;
  const stood = stoppedAtMs === undefined ? 0 : Math.max(0, atMs - stoppedAtMs);
  return { ...rest, status: 'open', stoodStillMs: state.stoodStillMs + stood };
};

const climb = (policy: PolicySnapshot, state: LadderState, atMs: number, reason: Wake['reason']): Step => {
  const tier = policy.tiers[state.nextTier];
  if (!tier) return { state };
  const marks = tier.mark === undefined ? state.marks : [...state.marks, { mark: tier.mark, atMs }];
  const climbed = { ...state, nextTier: state.nextTier + 1, marks };
  return tier.notify.length === 0 ? { state: climbed } : rouse(climbed, tier, reason);
};

/** The last tier that told somebody, told again: whoever had taken it on may be gone. */
const wakeAgain = (policy: PolicySnapshot, state: LadderState, reason: Wake['reason']): Step => {
  const tier = policy.tiers.slice(0, state.nextTier).findLast(({ notify }) => notify.length > 0);
  return tier ? rouse(state, tier, reason) : { state };
};

const rouse = (state: LadderState, tier: TierSnapshot, reason: Wake['reason']): Step => {
  const wake = state.lastWake + 1;
  return { state: { ...state, lastWake: wake }, wake: { wake, tier, reason } };
};
