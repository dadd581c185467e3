// Who people are and whose turn it is, as data. Whose turn it is at an instant is computed, never stored: see
// src/activities/alerts/on-call.ts.

interface Person {
  /** Where they are reached, all of them at once: `slack:anna`, `email:anna@example.org`. */
  readonly targets: readonly string[];
  /** Their clock, for what is shown to them. */
  readonly zone?: string;
}

/** Somebody takes a rotation over for a while. */
export interface OnCallOverride {
  readonly fromMs: number;
  /** Excluded. */
  readonly untilMs: number;
  readonly person: string;
}

/** People who take turns, on the wall clock of a zone. */
export interface Rotation {
  readonly name: string;
  readonly zone: string;
  readonly members: readonly [string, ...string[]];
  /** Between two hand-overs, counted on the wall clock: a day of 23 hours is one day. */
  readonly everyHours: number;
  /** The first hand-over, to the first member, as what the wall clock shows: `2026-01-05T09:00`. Nobody before it. */
  readonly first: string;
  readonly overrides: readonly OnCallOverride[];
}

/** Everybody who can be woken, by name. No name means two things. */
export interface Directory {
  /** Role → people, rotations and targets. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  readonly people: Readonly<Record<string, Person>>;
  readonly rotations: Readonly<Record<string, Rotation>>;
}
