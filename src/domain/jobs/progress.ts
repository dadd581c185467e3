// Rate, share done and time left, from counts at instants.

export interface Sample {
  readonly atMs: number;
  readonly deleted: number;
}

export interface Progress {
  readonly rowsPerSecond: number | undefined;
  /** 0 to 1, or undefined where the total is unknown. */
  readonly shareDone: number | undefined;
  readonly etaSeconds: number | undefined;
}

/** Weight of the newest rate: steady within a few samples, yet quick to show a stall. */
const SMOOTHING = 0.3;

/** The smoothed rate after one more sample. */
export const smoothRate = (rate: number | undefined, before: Sample, now: Sample): number | undefined => {
  const seconds = (now.atMs - before.atMs) / 1000;
  if (seconds <= 0) return rate;
  const current = (now.deleted - before.deleted) / seconds;
  return rate === undefined ? current : rate + SMOOTHING * (current - rate);
};

export const progressOf = (
  deleted: number,
  eligible: number,
  rowsPerSecond: number | undefined,
): Progress => ({
  rowsPerSecond,
  shareDone: eligible > 0 ? Math.min(1, deleted / eligible) : undefined,
  etaSeconds: rowsPerSecond ? Math.max(0, eligible - deleted) / rowsPerSecond : undefined,
});
