// What a team writes about who it is: people, and the turns that they take. Roles are alerts.ts's.

type Weekday = 'sun' | 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat';

export interface PersonDefinition {
  /** Where they are reached, all of them at once: `slack:anna`, `email:anna@example.org`. */
  readonly targets: readonly string[];
  /** Their clock, for times that are shown to them or that they write: `Europe/Berlin`. */
  readonly zone?: string;
}

/** Somebody takes a rotation over for a while, whoever's turn it is. */
export interface OverrideDefinition {
  /** `2026-12-24 09:00` on the rotation's clock, or an instant with its offset. */
  readonly from: string;
  /** Excluded. */
  readonly until: string;
  readonly person: string;
}

/** People who take turns. Whose turn it is follows from this at any instant; nothing is stored. */
export interface RotationDefinition {
  /** Clock that hand-overs go by: `Europe/Berlin`. Where it skips one, that happens when the clock jumps. */
  readonly zone: string;
  /** In the order of their turns. A person may have several. */
  readonly members: readonly string[];
  readonly handOver: {
    /** `day`, `week`, or whole hours: `12h`. */
    readonly every: string;
    /** `09:00`. */
    readonly at: string;
    /** Only where it is every week: the day on which `start` falls, said for whoever reads it. */
    readonly on?: Weekday;
  };
  /** Day of the first hand-over, to the first member: `2026-01-05`. Before it nobody is on call. */
  readonly start: string;
  readonly overrides?: readonly OverrideDefinition[];
}
