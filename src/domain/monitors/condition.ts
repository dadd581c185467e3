// Conditions as data: shown, tuned at run time, exported and replayed over history, because nothing in them is code.

/** Limits are strict where they say above or below (SLA-112). A null value meets none of them. */
export type Condition =
  | { readonly measure: string; readonly above: number }
  | { readonly measure: string; readonly atLeast: number }
  | { readonly measure: string; readonly below: number }
  | { readonly measure: string; readonly atMost: number }
  | { readonly measure: string; readonly equals: number }
  /** Each of the last so many values above the one before it. */
  | { readonly measure: string; readonly increasing: number }
  /** No other value within the time. */
  | { readonly measure: string; readonly unchangedForSeconds: number }
  /** No value at all within the time. */
  | { readonly measure: string; readonly absentForSeconds: number }
  /** The value against what it usually is. Without enough samples it holds for nothing. */
  | { readonly measure: string; readonly ratio: Ratio }
  | { readonly any: readonly Condition[] }
  | { readonly all: readonly Condition[] };

export interface Ratio {
  readonly above?: number;
  readonly below?: number;
  readonly to: 'mean' | 'median';
  readonly overSeconds: number;
  readonly minimumSamples: number;
}
