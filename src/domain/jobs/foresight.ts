// What a run that goes on can be told about its end: how long it still takes at its present rate, and whether that breaks
// its budget. The rate is over the time that it works and rests; waits in which it cannot work say nothing about it.
import { type Sample, smoothRate } from './progress.ts';
import { utilization } from './sla.ts';

/** What is remembered from look to look; travels when the run continues as new. */
export interface Sight {
  /** Time in slices, so far. */
  readonly workedMs: number;
  readonly rowsPerSecond?: number;
  readonly sample: Sample;
  /** Rows that were gone when the present step began. */
  readonly goneBefore: number;
  /** Consecutive looks that found the budget broken at the end, or kept. */
  readonly beyond: number;
  readonly within: number;
  /** People have been told. */
  readonly told: boolean;
}

export const FIRST_SIGHT: Sight = {
  workedMs: 0,
  sample: { atMs: 0, deleted: 0 },
  goneBefore: 0,
  beyond: 0,
  within: 0,
  told: false,
};

/** What one look at a run sees ahead of it. */
export interface Outlook {
  readonly rowsPerSecond: number;
  readonly etaSeconds: number;
  /** From its start to its end. */
  readonly projectedSeconds: number;
  /** Of the budget, unrounded. */
  readonly projectedPercent: number;
}

/** As of the end of a slice. */
export interface Standing {
  readonly deleted: number;
  /** Of the step that the run is at, and of those after it. */
  readonly eligible: { readonly step: number; readonly later: number };
  readonly elapsedSeconds: number;
  readonly budgetSeconds: number;
  /** The slice found the run held and did nothing, which says nothing about its rate. */
  readonly idle: boolean;
}

/** One look alone may be a stumble, so it takes two in a row to say something, and to take it back. */
const LOOKS = 2;

/** Another slice's time. */
export const worked = (sight: Sight, ms: number): Sight => ({ ...sight, workedMs: sight.workedMs + ms });

export const look = (
  sight: Sight,
  standing: Standing,
): { readonly sight: Sight; readonly outlook: Outlook | undefined } => {
  const { deleted, eligible, elapsedSeconds, budgetSeconds, idle } = standing;
  const now: Sample = { atMs: sight.workedMs, deleted };
  const measured = idle ? sight.rowsPerSecond : smoothRate(sight.rowsPerSecond, sight.sample, now);
  const seen: Sight = {
    ...sight,
    ...(measured !== undefined && { rowsPerSecond: measured }),
    // A slice that took no time at all is counted together with the next one.
    sample: now.atMs > sight.sample.atMs ? now : sight.sample,
  };
  // Where nothing has gone yet there is nothing to go by.
  if (!measured) return { sight: seen, outlook: undefined };
  const left = Math.max(0, eligible.step - (deleted - sight.goneBefore)) + eligible.later;
  const etaSeconds = left / measured;
  const projectedSeconds = elapsedSeconds + etaSeconds;
  const projectedPercent = utilization(projectedSeconds, budgetSeconds);
  const breaks = projectedPercent > 100;
  return {
    sight: { ...seen, beyond: breaks ? sight.beyond + 1 : 0, within: breaks ? 0 : sight.within + 1 },
    outlook: { rowsPerSecond: measured, etaSeconds, projectedSeconds, projectedPercent },
  };
};

/** What is to be told now, if anything: that the budget will be broken, or that it will not be after all. */
export const newsOf = ({ beyond, within, told }: Sight): 'beyond' | 'within' | undefined => {
  if (!told && beyond >= LOOKS) return 'beyond';
  return told && within >= LOOKS ? 'within' : undefined;
};

/** The longest that the first slices of a run may last. */
const FIRST_SLICE_SECONDS = 5;
/** Shorter ones cost more history than their look is worth. */
const SHORTEST_SLICE_SECONDS = 1;

/**
 * How long a slice lasts, by its number: the first ones end early, so that there are two looks before much of the budget is
 * gone. Undefined where the run's settings hold.
 */
export const sliceSecondsOf = (
  slice: number,
  { budgetSeconds, sliceSeconds }: { readonly budgetSeconds: number; readonly sliceSeconds: number },
): number | undefined => {
  if (slice > LOOKS) return undefined;
  const early = Math.max(SHORTEST_SLICE_SECONDS, Math.min(FIRST_SLICE_SECONDS, budgetSeconds / 10));
  return early < sliceSeconds ? early : undefined;
};
