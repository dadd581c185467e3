// A series with a value: true for long enough it fires, fine for long enough it resolves. Waits count what was looked
// at: over a gap they begin anew, or go on without the time between.
import type { AlertTiming, Firing, Report } from './alert.ts';

export interface Course {
  readonly state: 'inactive' | 'pending' | 'firing' | 'resolving';
  /** When the wait in hand began: the first look that was true (pending) or fine (resolving), epoch ms. */
  readonly sinceMs?: number;
  /** While it fires or resolves. */
  readonly told?: Firing;
}

export const INACTIVE: Course = { state: 'inactive' };

/** More than so many cadences between two looks is a gap (design §7). */
const GAP_CADENCES = 2;

export const isGap = (
  lastMs: number | undefined,
  atMs: number,
  { cadenceSeconds }: AlertTiming,
): lastMs is number =>
  lastMs !== undefined &&
  cadenceSeconds !== undefined &&
  atMs - lastMs > GAP_CADENCES * cadenceSeconds * 1000;

/** Where a wait stands after a gap that began with the look at `fromMs`. */
export const afterGap = (
  sinceMs: number,
  {
    fromMs,
    atMs,
    onGap = 'reset',
  }: { readonly fromMs: number; readonly atMs: number } & Pick<AlertTiming, 'onGap'>,
): number => (onGap === 'reset' ? atMs : Math.min(atMs, sinceMs + (atMs - fromMs)));

interface StepInput {
  readonly seen: Pick<Report, 'firing' | 'notRecovered'>;
  readonly timing: AlertTiming;
  readonly atMs: number;
  /** The last look before a gap, where there was one. */
  readonly fromMs?: number;
}

const FIRED_AT = 'fired_at';

/** A payload that tells when its alert began goes on telling it, whatever the look. */
const sinceItBegan = (firing: Firing, before: Firing | undefined): Firing =>
  before && FIRED_AT in before.payload && FIRED_AT in firing.payload
    ? { ...firing, payload: { ...firing.payload, [FIRED_AT]: before.payload[FIRED_AT] } }
    : firing;

export const stepCourse = (course: Course, input: StepInput): Course => {
  const { seen, timing, atMs, fromMs } = input;
  const { onGap } = timing;
  const began =
    course.sinceMs !== undefined && fromMs !== undefined
      ? afterGap(course.sinceMs, { fromMs, atMs, ...(onGap && { onGap }) })
      : course.sinceMs;
  const waited = (seconds = 0): boolean => atMs - (began ?? atMs) >= seconds * 1000;
  const fires = course.state === 'firing' || course.state === 'resolving';
  if (seen.firing) {
    return fires || waited(timing.forSeconds)
      ? { state: 'firing', told: sinceItBegan(seen.firing, course.told) }
      : { state: 'pending', sinceMs: began ?? atMs };
  }
  if (!fires || !course.told) return INACTIVE;
  if (seen.notRecovered) return { state: 'firing', told: course.told };
  return waited(timing.keepFiringSeconds)
    ? INACTIVE
    : { state: 'resolving', sinceMs: began ?? atMs, told: course.told };
};
