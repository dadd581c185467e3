// Conditions as data: shown, tuned at run time, exported and replayed over history, because nothing in them is code.

/**
 * One comparison. Limits are strict where they say above or below (SLA-112). A value that is not there meets none of
 * them, but `absentForSeconds`.
 */
export type Comparison =
  | { readonly measure: string; readonly above: number }
  | { readonly measure: string; readonly atLeast: number }
  | { readonly measure: string; readonly below: number }
  | { readonly measure: string; readonly atMost: number }
  | { readonly measure: string; readonly equals: number }
  /** Each of the last so many values above the one before it, so one value more is looked at. */
  | { readonly measure: string; readonly increasing: number }
  /** No other value within the time, and one that old. */
  | { readonly measure: string; readonly unchangedForSeconds: number }
  /** No value at all within the time; counted from the last value, or from the first look where there was none. */
  | { readonly measure: string; readonly absentForSeconds: number }
  /** The value against what it usually is. Without enough samples it holds for nothing. */
  | { readonly measure: string; readonly ratio: Ratio };

export type Condition =
  | Comparison
  | { readonly any: readonly Condition[] }
  | { readonly all: readonly Condition[] };

/** Of the value to the mean or median of the ticks before; never of a baseline of 0. */
export interface Ratio {
  readonly above?: number;
  readonly below?: number;
  readonly to: 'mean' | 'median';
  readonly overSeconds: number;
  readonly minimumSamples: number;
}

/** The kinds of comparison whose limit is one number of the measure's own. */
export const LIMITS = ['above', 'atLeast', 'below', 'atMost', 'equals'] as const;
export type Limit = (typeof LIMITS)[number];

/** Every comparison of a condition, in the order of its declaration. */
export const comparisonsOf = (condition: Condition): readonly Comparison[] => {
  if ('any' in condition) return condition.any.flatMap(comparisonsOf);
  if ('all' in condition) return condition.all.flatMap(comparisonsOf);
  return [condition];
};

/** The limit of a comparison with a number, and which kind it is. */
export const limitOf = (
  comparison: Comparison,
): { readonly limit: Limit; readonly value: number } | undefined => {
  for (const limit of LIMITS) {
    const value: unknown = Reflect.get(comparison, limit);
    if (typeof value === 'number') return { limit, value };
  }
  return undefined;
};
