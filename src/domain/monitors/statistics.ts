// The few statistics that conditions and figures share. Of no values at all they are NaN, so callers ask first.

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
};

/** Half-up to so many decimals, for output only. */
export const rounded = (value: number, decimals: number): number => {
  const factor = 10 ** decimals;
  // why: 1.005 * 100 is 100.49999999999999; an error that small is none of the value's.
  return Math.floor(Number((value * factor).toPrecision(15)) + 0.5) / factor;
};
