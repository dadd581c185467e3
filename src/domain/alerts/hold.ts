// What keeps an alert that fires from opening its incident and from waking anybody. It never changes the alert's state.

export interface Hold {
  readonly kind: 'silence' | 'window' | 'inhibition';
  /** For people, such as `silence 12 by ana: moving the database`. */
  readonly reason: string;
  /** When it ends by itself, ISO-8601; missing where nobody can know. */
  readonly until?: string;
}

/** An inhibited rule waits so long for its cause (design §7). */
export const GROUP_WAIT_SECONDS = 30;

/** An alert as holds look at it. */
export interface Holdable {
  readonly rule: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** As `Inhibition` of a rule. */
interface Explained {
  readonly rule: string;
  readonly equal: readonly string[];
}

const keyOf = ({ rule, equal }: Explained, labels: Holdable['labels']): string =>
  JSON.stringify([rule, ...equal.map((label) => labels[label] ?? '')]);

/** Finds the alert among those that fire which explains one; a label that both lack is equal. */
export const causesAmong = (
  firing: readonly Holdable[],
  inhibitedBy: readonly Explained[],
): ((alert: Holdable) => Holdable | undefined) => {
  const causes = new Map<string, Holdable>();
  for (const cause of firing) {
    for (const each of inhibitedBy)
      if (each.rule === cause.rule) causes.set(keyOf(each, cause.labels), cause);
  }
  return ({ rule, labels }) =>
    inhibitedBy
      .filter((each) => each.rule !== rule)
      .map((each) => causes.get(keyOf(each, labels)))
      .find((cause) => cause !== undefined);
};

/**
 * Several alerts at once are held while each of them is. The first one's reason stands for all; the end is the
 * earliest that is known, when it must be asked again.
 */
export const holdOfAll = (holds: readonly (Hold | undefined)[]): Hold | undefined => {
  const held = holds.filter((hold) => hold !== undefined);
  const [first] = held;
  if (!first || held.length < holds.length) return undefined;
  const [until] = held.flatMap((hold) => hold.until ?? []).toSorted();
  return { kind: first.kind, reason: first.reason, ...(until !== undefined && { until }) };
};
