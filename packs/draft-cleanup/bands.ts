// Limits that the pack's figures are shown by, like a traffic light (DRAFT-29). They are for eyes: what an alert fires at is
// its rule's.

interface Limit {
  readonly above?: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

interface Bands {
  readonly warning?: Limit;
  readonly critical?: Limit;
}

export const totalDrafts: Bands = { warning: { atLeast: 20 }, critical: { above: 50 } };
export const pollution: Bands = { warning: { atLeast: 10 }, critical: { above: 30 } };
export const pendingCleanup: Bands = { warning: { atLeast: 1 }, critical: { above: 5 } };
/** Red on the panel from 1.5 h on, an alert from 2 h on (DRAFT-112). */
export const hoursSinceLastRun: Bands = { warning: { above: 1.5 }, critical: { above: 2 } };
export const createdLastHour: Bands = { critical: { above: 100 } };
/** Targets, not limits: what misses them is never critical. */
export const usageRate: Bands = { warning: { atMost: 80 } };
export const abandonmentRate: Bands = { warning: { atLeast: 20 } };

const ORDER = ['healthy', 'warning', 'critical'] as const;

export type BandName = (typeof ORDER)[number];

const holds = (limit: Limit | undefined, value: number): boolean =>
  limit !== undefined &&
  value > (limit.above ?? Number.NEGATIVE_INFINITY) &&
  value >= (limit.atLeast ?? Number.NEGATIVE_INFINITY) &&
  value <= (limit.atMost ?? Number.POSITIVE_INFINITY);

/** Where no report judges it. What there is nothing of is healthy. */
export const bandOf = ({ warning, critical }: Bands, value: number | null): BandName => {
  if (value === null) return 'healthy';
  if (holds(critical, value)) return 'critical';
  return holds(warning, value) ? 'warning' : 'healthy';
};

export const worstOf = (bands: readonly BandName[]): BandName =>
  ORDER.findLast((band) => bands.includes(band)) ?? 'healthy';
