// A series without a value, or whose measure failed: states of their own, each with its own hold. What is known of it
// stays as it was until the rule's policy says otherwise.
import type { AlertTiming, Firing, Report } from './alert.ts';
import { afterGap } from './course.ts';

type UnknownState = NonNullable<Report['unknown']>['state'];

export interface UnknownMemory {
  readonly state: UnknownState;
  /** The last look that found a value, or the first one that did not. */
  readonly fromMs: number;
  /** Since when it is unknown in this way; kept while the ways alternate, so that each comes due. */
  readonly since: Readonly<Partial<Record<UnknownState, number>>>;
  /** What is told of its being unknown. */
  readonly told?: Firing;
}

interface UnknownInput {
  readonly unknown: NonNullable<Report['unknown']>;
  readonly timing: AlertTiming;
  readonly atMs: number;
  readonly lookedMs: number | undefined;
  /** The last look before a gap, where there was one. */
  readonly fromMs?: number;
}

/** `fine`: from now on it counts as if it were. */
export const stepUnknown = (
  before: UnknownMemory | undefined,
  { unknown, timing, atMs, lookedMs, fromMs }: UnknownInput,
): { readonly memory: UnknownMemory; readonly fine: boolean } => {
  const { state, firing } = unknown;
  const { means, afterSeconds = 0 } = timing[state] ?? { means: 'keep' };
  const { onGap } = timing;
  const moved = (sinceMs: number): number =>
    fromMs === undefined ? sinceMs : afterGap(sinceMs, { fromMs, atMs, ...(onGap && { onGap }) });
  const { noData, error } = before?.since ?? {};
  const since = {
    ...(noData !== undefined && { noData: moved(noData) }),
    ...(error !== undefined && { error: moved(error) }),
  };
  const sinceMs = since[state] ?? atMs;
  const due = atMs - sinceMs >= afterSeconds * 1000;
  const told = due && means === 'alert' ? firing : due && means === 'fine' ? undefined : before?.told;
  return {
    memory: {
      state,
      fromMs: before?.fromMs ?? lookedMs ?? atMs,
      since: { ...since, [state]: sinceMs },
      ...(told && { told }),
    },
    fine: due && means === 'fine',
  };
};
