// What an escalation's ladder is made of. Plain data: it stands in the incident row and travels through
// continue-as-new, so a field that was added later may be missing and its absence has a meaning.
import type { TierSnapshot } from './policy.ts';
import { SEVERITIES, type Severity } from './severity.ts';

/** Instants are epoch ms. */
export interface LadderState {
  readonly status: 'open' | 'acknowledged' | 'snoozed' | 'resolved';
  /** As it was told last by whoever observes. What people are shown is `shownSeverity`. */
  readonly severity: Severity;
  /** A tier has raised it to this since. */
  readonly raisedTo?: Severity;
  /** From here the tiers' delays count: the first firing, the last rise in severity, or so that a tier is due now. */
  readonly sinceMs: number;
  /** Time that the ladder stood still (acknowledged, snoozed, held); later tiers move by it. */
  readonly stoodStillMs: number;
  /** When it came to stand still; missing while it runs. */
  readonly stoppedAtMs?: number;
  /** Index of the tier that comes next. */
  readonly nextTier: number;
  /** Tiers below this index have been told although their time has not come: one before them was empty. */
  readonly toldTo?: number;
  /** When the last tier told was told, less the time that the ladder had stood still by then: repeats count from here. */
  readonly toldMs?: number;
  /** How often it has been repeated. Missing: never. */
  readonly repeats?: number;
  /** Number of the last wake. Every wake has its own, never used twice in an incident. */
  readonly lastWake: number;
  readonly by?: string;
  /** Who was made responsible: told at once, and again with whoever is told again. */
  readonly responsible?: string;
  /** End of an acknowledgement or snooze; an acknowledgement without one holds until it is resolved. */
  readonly untilMs?: number;
  /** The same end on the clock of whoever asked for it: `Wed 2026-02-11 09:00 Europe/Berlin`. */
  readonly untilWords?: string;
  /** An acknowledged incident counts as overdue from here on; nobody is paged for that. */
  readonly overdueAtMs?: number;
  /** Acknowledged and overdue. */
  readonly overdue?: true;
  /** The last wake was held back and waits; see `hold`. */
  readonly held?: Held;
  /** Names of tiers whose wake was held back when a later one had been made already: told with the next wake. */
  readonly owed?: readonly string[];
  readonly marks: readonly { readonly mark: string; readonly atMs: number }[];
}

/** Why nobody is woken just now, and when that is asked again. */
interface Held {
  /** In words: `quiet hours 22:00–06:00 Europe/Berlin`. */
  readonly reason: string;
  /** When it ends, where that is known. */
  readonly untilMs?: number;
  readonly askMs: number;
  /** Why the wake that waits came. */
  readonly because: WakeReason;
}

export type WakeReason =
  | 'due'
  | 'repeated'
  | 'acknowledgement expired'
  | 'acknowledgement undone'
  | 'snooze ended'
  | 'escalated by hand'
  | 'reassigned'
  | 'another joined the group'
  | 'nobody in the tier before';

/** Something to tell people: a tier for the first time, or again. */
export interface Wake {
  readonly wake: number;
  readonly tier: TierSnapshot;
  readonly reason: WakeReason;
}

/** A person asked for it, so nothing holds it back. */
export const isByHand = (reason: WakeReason): boolean =>
  reason === 'escalated by hand' || reason === 'reassigned';

export interface Step {
  readonly state: LadderState;
  readonly wake?: Wake;
}

export interface Due {
  readonly atMs: number;
  readonly what:
    | 'tier'
    | 'repeat'
    | 'acknowledgement expires'
    | 'acknowledgement is overdue'
    | 'snooze ends'
    | 'hold ends';
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

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

export const isHigher = (a: Severity, b: Severity): boolean => rank(a) > rank(b);

/** What people are shown and quiet hours are asked about: the severity observed, or the higher one of a tier. */
export const shownSeverity = ({
  severity,
  raisedTo,
}: Pick<LadderState, 'severity' | 'raisedTo'>): Severity =>
  raisedTo !== undefined && isHigher(raisedTo, severity) ? raisedTo : severity;

/** A number for a message that is no tier: that somebody has it, or that it is over. */
export const takeNumber = (state: LadderState): { readonly state: LadderState; readonly wake: number } => {
  const wake = state.lastWake + 1;
  return { state: { ...state, lastWake: wake }, wake };
};

/** Without what only an answer or a hold had brought along. */
const unanswered = (state: LadderState): LadderState => {
  const { untilMs: _u, untilWords: _w, overdueAtMs: _o, overdue: _d, held: _h, ...rest } = state;
  return rest;
};

/** Somebody has taken it on, so nobody is owed a word any more. */
export const forgiven = (state: LadderState): LadderState => {
  const { owed: _, ...rest } = state;
  return rest;
};

/** Stands still from `atMs` on, if it does not already. */
export const stand = (state: LadderState, atMs: number): LadderState => ({
  ...unanswered(state),
  stoppedAtMs: state.stoppedAtMs ?? atMs,
});

/** Runs on: later tiers move by the time that it stood still. */
export const run = (state: LadderState, atMs: number): LadderState => {
  const { stoppedAtMs, by: _by, ...rest } = unanswered(state);
  const stood = stoppedAtMs === undefined ? 0 : Math.max(0, atMs - stoppedAtMs);
  return { ...rest, status: 'open', stoodStillMs: state.stoodStillMs + stood };
};

/** Neither running nor standing still: over. */
export const end = (state: LadderState): LadderState => {
  const { stoppedAtMs: _stopped, by: _by, ...rest } = forgiven(unanswered(state));
  return { ...rest, status: 'resolved' };
};
