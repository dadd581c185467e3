// Chance that can be had again: the same seed gives the same numbers.

export interface Chance {
  readonly seed: number;
  /** 0 up to, never, 1. */
  readonly share: () => number;
  /** A whole number, both ends included. */
  readonly whole: (from: number, to: number) => number;
  readonly one: <T>(of: readonly T[]) => T;
}

/** The seed of SEXTON_FAULTS_SEED, or one that nobody has chosen. */
export const seeded = (
  seed = Number(process.env['SEXTON_FAULTS_SEED'] ?? Date.now() % 1_000_000),
): Chance => {
  let state = seed >>> 0;
  // mulberry32: 32 bits of state are plenty for instants.
  const share = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (from: number, to: number): number => from + Math.floor(share() * (to - from + 1));
  return { seed, share, whole, one: (of) => of[whole(0, of.length - 1)]! };
};
