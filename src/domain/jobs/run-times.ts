// Where a run's time went, each part apart and all in milliseconds. Whatever happened between its start and its end is in
// exactly one of them; waits for lock and approval come before its start.

/** What only the run's workflow knows: it waits while no activity of it is going on. */
export interface RunWaits {
  /** Held by a person. */
  readonly pausedMs: number;
  /** After failed slices. */
  readonly waitingMs: number;
  /** For approval, before it began. */
  readonly approvalMs: number;
}

/** Absent where nobody can know any more, or where the run is of before it was measured. */
export interface RunTimes extends Partial<RunWaits> {
  /** Kept from working by its throttle, its rests between batches included. */
  readonly throttledMs?: number;
  /** For a worker: its slices, and its end. */
  readonly queuedMs?: number;
  /** For its lock, before it began. */
  readonly lockWaitMs?: number;
  /** Between batches and around them: pacing by `--rate`, looks at the tables, starting and ending. */
  readonly otherMs?: number;
  /** At slices; as many as there were slices where no worker died. */
  readonly attempts?: number;
  /** Events of the workflow's history until it told its end, over all its executions. */
  readonly historyEvents?: number;
}

interface Parts extends RunTimes {
  readonly durationSeconds: number;
  readonly workMs: number;
}

/** What is left of a run's time; 0 where parts of it went on at the same time. */
export const otherMs = (parts: Parts): number => {
  const { durationSeconds, workMs, throttledMs = 0, pausedMs = 0, waitingMs = 0, queuedMs = 0 } = parts;
  const told = workMs + throttledMs + pausedMs + waitingMs + queuedMs;
  return Math.max(0, Math.round(durationSeconds * 1000 - told));
};
