// The escalation ladder, pure: state and instant in, next state and what must follow out. The workflow only waits
// and calls; every promise about who is woken when is decided, and tested, here and in the ladder-* files beside.
import { expire } from './ladder-answers.ts';
import { climb, repeatAtMs, repeatTier, tierAtMs, wakeAgain } from './ladder-climb.ts';
import { release } from './ladder-hold.ts';
import { type Due, isHigher, type LadderState, run, type Step, startLadder } from './ladder-state.ts';
import type { PolicySnapshot } from './policy.ts';
import type { Severity } from './severity.ts';

export {
  acknowledge,
  escalateNow,
  escalateTo,
  reassign,
  resolve,
  snooze,
  unacknowledge,
} from './ladder-answers.ts';
export { tierAtMs } from './ladder-climb.ts';
export { askNow, hold, passEmpty } from './ladder-hold.ts';
export {
  type Due,
  isByHand,
  type LadderState,
  type Step,
  shownSeverity,
  startLadder,
  takeNumber,
  type Wake,
} from './ladder-state.ts';

/** Mark of an acknowledged incident that nobody resolved in its time. */
const OVERDUE_MARK = 'acknowledgement-overdue';

/** What the ladder waits for, or undefined where only a person or a new state moves it. */
export const nextDue = (policy: PolicySnapshot | undefined, state: LadderState): Due | undefined => {
  if (state.status === 'resolved') return undefined;
  if (state.status === 'acknowledged' || state.status === 'snoozed') return endOfAnswer(state);
  if (state.held) return { atMs: state.held.askMs, what: 'hold ends' };
  if (!policy) return undefined;
  const tier = policy.tiers[state.nextTier];
  const tierMs = tier && tierAtMs(state, tier);
  const repeatMs = repeatAtMs(policy, state);
  if (repeatMs !== undefined && (tierMs === undefined || repeatMs < tierMs)) {
    return { atMs: repeatMs, what: 'repeat' };
  }
  return tierMs === undefined ? undefined : { atMs: tierMs, what: 'tier' };
};

const endOfAnswer = ({ status, untilMs, overdueAtMs }: LadderState): Due | undefined => {
  const what = status === 'snoozed' ? 'snooze ends' : 'acknowledgement expires';
  if (overdueAtMs !== undefined && (untilMs === undefined || overdueAtMs <= untilMs)) {
    return { atMs: overdueAtMs, what: 'acknowledgement is overdue' };
  }
  return untilMs === undefined ? undefined : { atMs: untilMs, what };
};

interface Passing {
  readonly policy: PolicySnapshot;
  readonly state: LadderState;
  /** When it was due; what a person waits for ends then, however late that is noticed. */
  readonly dueMs: number;
  readonly atMs: number;
}

const PASS: Readonly<Record<Due['what'], (passing: Passing) => Step>> = {
  tier: ({ policy, state, atMs }) => climb(policy, state, atMs, 'due'),
  repeat: ({ policy, state, atMs }) => repeatTier(policy, state, atMs),
  'acknowledgement expires': ({ policy, state, dueMs }) => expire(policy, state, dueMs),
  'acknowledgement is overdue': ({ state, dueMs }) => ({ state: overdue(state, dueMs) }),
  'snooze ends': ({ policy, state, dueMs }) => wakeAgain(policy, run(state, dueMs), dueMs, 'snooze ended'),
  'hold ends': ({ policy, state, dueMs }) => letGo(policy, state, dueMs),
};

/** Passes the due instant at or before `atMs`: one tier, one repeat, or the end of an answer or a hold. */
export const passDue = (policy: PolicySnapshot, state: LadderState, atMs: number): Step => {
  const due = nextDue(policy, state);
  return due && due.atMs <= atMs ? PASS[due.what]({ policy, state, dueMs: due.atMs, atMs }) : { state };
};

const overdue = (state: LadderState, atMs: number): LadderState => {
  const { overdueAtMs: _, ...rest } = state;
  return { ...rest, overdue: true, marks: [...state.marks, { mark: OVERDUE_MARK, atMs }] };
};

/** What waited is asked for again; a repeat that waited is still counted. */
const letGo = (policy: PolicySnapshot, state: LadderState, atMs: number): Step => {
  const { state: running, because } = release(state, atMs);
  const again = wakeAgain(policy, running, atMs, because);
  const { repeats } = state;
  return repeats === undefined ? again : { ...again, state: { ...again.state, repeats } };
};

/**
 * A severity told anew. A rise begins the ladder of the higher severity at once, whoever had acknowledged the
 * lower one; a fall changes what is shown and nothing else.
 */
export const observeSeverity = (state: LadderState, severity: Severity, atMs: number): LadderState =>
  isHigher(severity, state.severity) ? restart({ ...state, severity }, atMs) : { ...state, severity };

/** Another alert joined the group. Where its rule says `page`, that ends whatever kept people from being told. */
export const observeMember = (
  policy: PolicySnapshot | undefined,
  state: LadderState,
  onNewMember: 'silent' | 'page' | undefined,
  atMs: number,
): Step => {
  const answered = state.status === 'acknowledged' || state.status === 'snoozed';
  if (onNewMember !== 'page' || !answered || !policy) return { state };
  return wakeAgain(policy, run(state, atMs), atMs, 'another joined the group');
};

/** Fires again after it was resolved: from the first tier, with wake numbers that go on. */
export const reopen = (state: LadderState, severity: Severity, atMs: number): LadderState =>
  restart({ ...state, severity }, atMs);

const restart = ({ severity, lastWake, marks }: LadderState, atMs: number): LadderState => ({
  ...startLadder(atMs, severity),
  lastWake,
  marks,
});
