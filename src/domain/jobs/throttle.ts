// When a run has to leave its database alone: what was seen there against what the job allows. A probe that cannot be
// read counts as one that says no, so a run never goes on blindly (design §6.6).
import { formatDuration } from '../duration.ts';
import { secondsUntilOpen, type WorkWindow, windowWords } from '../work-windows.ts';

/** What a job allows, in its snapshot. A probe that is absent was declared `'none'`: nobody looks. */
export interface ThrottleSnapshot {
  /** Replicas may be behind by this much. */
  readonly replicaLagSeconds?: number;
  /** So many sessions of others may wait for locks. */
  readonly lockWaiters?: number;
  /** Transactions of others may be open for this long. */
  readonly oldestSnapshotSeconds?: number;
  /** When it may work; always where there are none. */
  readonly windows?: readonly WorkWindow[];
  /** While others work: rests so many times as long as each batch took. */
  readonly yield?: { readonly rest: number };
  /** Throttled for longer than this, the run is observed (design §6.6). */
  readonly limitSeconds: number;
}

/** Probes of the database, each with one figure. */
export const FIGURES = ['replicaLag', 'lockWaiters', 'oldestSnapshot', 'yield'] as const;
export type Figure = (typeof FIGURES)[number];

/** Why a run did not work: what its holds are summed by. */
export type Probe = Figure | 'windows';

/** What one look at the database saw. */
export interface Look {
  /** The target's clock, milliseconds since 1970. */
  readonly atMs: number;
  /** Seconds, sessions, seconds, sessions; null where there is nothing to measure, as without replicas. */
  readonly figures: Readonly<Partial<Record<Figure, number | null>>>;
  /** Probes that could not be read, and why. */
  readonly failed: Readonly<Partial<Record<Figure, string>>>;
}

/** No batch begins now. */
export interface Verdict {
  /** The first that says no; the reason names every one. */
  readonly probe: Probe;
  readonly reason: string;
  /** Known only where it is a matter of time. */
  readonly seconds?: number;
}

/** A run that is held by its throttle, as its slice tells the workflow. */
export interface Throttled {
  readonly probe: Probe;
  readonly reason: string;
  /** ISO-8601, by the target's clock. */
  readonly since: string;
  /** The next slice looks again after this long; the lock is kept for longer. */
  readonly waitSeconds: number;
}

/** The defaults of a job that declares nothing: quick where nobody else works, polite where somebody does. */
export const DEFAULT_THROTTLE = {
  /** A third of what a replica gives its own queries before it cancels them (`max_standby_streaming_delay`). */
  replicaLagSeconds: 10,
  lockWaiters: 5,
  yield: { rest: 3 },
} as const;

/** The longest single wait for a window; then the run looks again, so that nothing is slept through. */
const LONGEST_WAIT_SECONDS = 900;

/** A batch's length while others work: their statements wait behind it for no longer. */
export const YIELDING_TARGET_MS = 20;

const LIMITS: Readonly<Record<Exclude<Figure, 'yield'>, (throttle: ThrottleSnapshot) => number | undefined>> =
  {
    replicaLag: ({ replicaLagSeconds }) => replicaLagSeconds,
    lockWaiters: ({ lockWaiters }) => lockWaiters,
    oldestSnapshot: ({ oldestSnapshotSeconds }) => oldestSnapshotSeconds,
  };

const sessions = (count: number): string => `${count} session${count === 1 ? '' : 's'}`;

const WORDS: Readonly<Record<Exclude<Figure, 'yield'>, (value: number, limit: number) => string>> = {
  replicaLag: (value, limit) => `replica lag ${formatDuration(value)} (limit ${formatDuration(limit)})`,
  lockWaiters: (value, limit) =>
    `${sessions(value)} wait${value === 1 ? 's' : ''} for locks (limit ${limit})`,
  oldestSnapshot: (value, limit) =>
    `a transaction of others is open for ${formatDuration(value)} (limit ${formatDuration(limit)})`,
};

/** The figures that a job wants to be looked at. */
export const figuresOf = (throttle: ThrottleSnapshot): readonly Figure[] =>
  FIGURES.filter((figure) =>
    figure === 'yield' ? throttle.yield !== undefined : LIMITS[figure](throttle) !== undefined,
  );

const windowVerdict = ({ windows }: ThrottleSnapshot, atMs: number): Verdict | undefined => {
  if (windows === undefined) return undefined;
  const seconds = secondsUntilOpen(windows, atMs, LONGEST_WAIT_SECONDS) ?? LONGEST_WAIT_SECONDS;
  if (seconds === 0) return undefined;
  return { probe: 'windows', reason: `outside its windows: ${windows.map(windowWords).join(', ')}`, seconds };
};

const figureVerdict = (figure: Figure, throttle: ThrottleSnapshot, look: Look): Verdict | undefined => {
  const failed = look.failed[figure];
  if (failed !== undefined) return { probe: figure, reason: `probe ${figure} failed: ${failed}` };
  if (figure === 'yield') return undefined;
  const value = look.figures[figure] ?? undefined;
  const limit = LIMITS[figure](throttle);
  if (value === undefined || limit === undefined || value <= limit) return undefined;
  return { probe: figure, reason: WORDS[figure](value, limit) };
};

/** Whether the run has to wait, and why; undefined where it may go on. Limits are strict: exactly the limit is allowed. */
export const judge = (throttle: ThrottleSnapshot, look: Look): Verdict | undefined => {
  const verdicts = [
    windowVerdict(throttle, look.atMs),
    ...figuresOf(throttle).map((figure) => figureVerdict(figure, throttle, look)),
  ].filter((verdict) => verdict !== undefined);
  const [first] = verdicts;
  return first && { ...first, reason: verdicts.map(({ reason }) => reason).join('; ') };
};

export const yieldReason = (active: number): string =>
  `yields to ${active} active session${active === 1 ? '' : 's'}`;

/** What a slice tells of its run's throttle; nothing where the job has none. */
export interface ThrottledSlice {
  /** The throttle holds the run; no batch began after that. */
  readonly throttle?: Throttled;
  /** Of the whole run so far. */
  readonly throttledMs?: number;
}

/** Waits of a run whose throttle goes on holding it, in seconds; the last one again and again. */
const WAITS = [10, 20, 30, 60] as const;

export const throttleWaitSeconds = (waited: number): number => WAITS[waited] ?? 60;
