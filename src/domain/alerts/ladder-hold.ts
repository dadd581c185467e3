// What keeps a wake back without anybody having answered: a silence, a window, an inhibition, quiet hours; and the
// tier that leads to nobody. Asked at each wake by an activity; what its answer makes of the ladder stands here.
import { tellAhead } from './ladder-climb.ts';
import { type LadderState, run, type Step, stand, type Wake, type WakeReason } from './ladder-state.ts';
import type { PolicySnapshot } from './policy.ts';

/** Without a known end it is asked again after this long. */
const ASK_EVERY_MS = 60_000;
/** And with one at least this often: a silence may be lifted before its end. */
const ASK_AT_LEAST_MS = 10 * 60_000;

/** The wake is the ladder's last one, and nobody has answered since it was made. */
const isCurrent = (state: LadderState, wake: number): boolean =>
  state.status === 'open' && state.lastWake === wake;

/**
 * Nobody is told of this wake now. The ladder stands still until `untilMs`, or until the question has another answer;
 * then the same people are told under a new number. Of a wake that is not the last one any more, as after an outage, its
 * people are told with the next. Changes nothing once somebody has answered.
 */
export const hold = (
  state: LadderState,
  {
    wake,
    reason,
    untilMs,
    atMs,
  }: {
    readonly wake: Wake;
    readonly reason: string;
    readonly untilMs?: number;
    readonly atMs: number;
  },
): LadderState => {
  if (state.status !== 'open') return state;
  if (!isCurrent(state, wake.wake))
    return { ...state, owed: [...new Set([...(state.owed ?? []), ...wake.tier.notify])] };
  const askMs = Math.min(untilMs ?? atMs + ASK_EVERY_MS, atMs + ASK_AT_LEAST_MS);
  const held = {
    reason,
    askMs: Math.max(askMs, atMs + 1_000),
    because: wake.reason,
    ...(untilMs !== undefined && { untilMs }),
  };
  return { ...stand(state, atMs), held };
};

/** Runs on and says why the wake that waited had come; a repeat that waited counts as the one that it was. */
export const release = (
  state: LadderState,
  atMs: number,
): { readonly state: LadderState; readonly because: WakeReason } => {
  const because = state.held?.because ?? 'due';
  return { state: run(state, atMs), because };
};

/** Mark of a tier that led to nobody when its time came. */
const emptyMark = (tier: string): string => `nobody-in/${tier}`;

/**
 * The tier led to nobody: it is marked, and the next one that tells anybody is told at once (after the last: the log).
 * Later tiers come when they would have come. Changes nothing once somebody has answered.
 */
export const passEmpty = (
  policy: PolicySnapshot,
  state: LadderState,
  { wake, atMs }: { readonly wake: Wake; readonly atMs: number },
): Step => {
  if (!isCurrent(state, wake.wake)) return { state };
  const marks = [...state.marks, { mark: emptyMark(wake.tier.name), atMs }];
  return tellAhead(policy, { ...state, marks }, atMs);
};

/** Nothing holds it any more, as far as is known: asked at once. */
export const askNow = (state: LadderState, atMs: number): LadderState =>
  state.held && state.held.askMs > atMs ? { ...state, held: { ...state.held, askMs: atMs } } : state;
