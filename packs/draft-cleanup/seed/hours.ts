// Instants of the seed, all in UTC and all from the one that ages are measured from.

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export const startOfHour = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;

export const startOfDay = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;

/** Monday 00:00; the epoch was a Thursday. */
export const startOfWeek = (ms: number): number => {
  const day = Math.floor(ms / DAY_MS);
  return (day - ((day + 3) % 7)) * DAY_MS;
};

export const iso = (ms: number): string => new Date(ms).toISOString();

/** From 0 to 1, spread evenly over the numbers from 1 on, and always the same. */
export const spread = (n: number): number => (n * 0.618_033_988_749_895) % 1;
