// What is measured: a number per label set at an instant. A value that is not there and a measure that failed are
// told apart from numbers, and from each other.

/** One series of a measure as it was found. */
export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  /** Null: looked at, and there is nothing to count. Never a zero in its place. */
  readonly value: number | null;
  /** What was looked at where it is not the tick, such as a run, and since when it is. */
  readonly subject?: { readonly id: string; readonly at: string };
  /** It is of something that was over before it could have been news: what fires goes on, and nothing new is raised. */
  readonly settled?: true;
  /** For people, beside the value. */
  readonly facts?: readonly (readonly [string, string])[];
  /** Machine-readable, beside the value. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

/** What came of taking one measure. `asOf` is the clock of the database where it was taken, ISO-8601. */
export type Taken = { readonly measure: string; readonly asOf: string } & (
  | { readonly readings: readonly Reading[] }
  | { readonly error: { readonly type: string; readonly message: string } }
);

/** One stored value of a series. */
export interface Sample {
  readonly measure: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | null;
  /** The tick that it was taken at, as it was planned (not when the measure answered), ISO-8601: judging compares it with ticks. */
  readonly at: string;
}
