// One series from look to look: what is remembered and what was seen go in, what is remembered comes out. Pure, and
// all of it is plain data in sexton.alert_state, so that a restart between any two looks changes nothing.
import type { AlertTiming, Complete, Firing, Report } from './alert.ts';
import { type Course, INACTIVE, isGap, stepCourse } from './course.ts';
import { type FlapMemory, stepFlap } from './flap.ts';
import { type KnownSubjects, order, remember } from './report-order.ts';
import { SEVERITIES } from './severity.ts';
import { stepUnknown, type UnknownMemory } from './unknown.ts';

export type AlertStatus = Course['state'] | UnknownMemory['state'];

/** Instants are epoch ms of what was looked at. */
export interface AlertMemory extends KnownSubjects {
  readonly status: AlertStatus;
  /** As the last value left it, whatever is missing since. */
  readonly course: Course;
  readonly unknown?: UnknownMemory;
  readonly flap?: FlapMemory;
  /** Complete evaluations in a row that did not find it, and the instant of the last. */
  readonly missed?: { readonly times: number; readonly atMs: number };
  /** What people are to know of it; missing while there is nothing. */
  readonly told?: Firing;
}

export const UNSEEN: AlertMemory = { status: 'inactive', course: INACTIVE };

/** A report of the series, or a complete evaluation that did not find it. */
type Seen = { readonly report: Report } | { readonly missing: Complete };

export interface AdvanceInput {
  readonly before: AlertMemory;
  readonly seen: Seen;
  readonly timing?: AlertTiming | undefined;
  /** The home database's clock. */
  readonly nowMs: number;
}

/** So many complete evaluations in a row without it, and a series is gone. */
const MISSED_IS_GONE = 2;

export const advance = ({ before, seen, timing = {}, nowMs }: AdvanceInput): AlertMemory =>
  'missing' in seen ? miss(before, seen.missing) : look(before, seen.report, timing, nowMs);

const miss = (before: AlertMemory, { subjectAt }: Complete): AlertMemory => {
  const atMs = Date.parse(subjectAt);
  // The same evaluation told again, or one from before it was last seen, says nothing new.
  if (atMs <= (before.missed?.atMs ?? before.lookedMs ?? Number.NEGATIVE_INFINITY)) return before;
  const missed = { times: (before.missed?.times ?? 0) + 1, atMs };
  if (missed.times < MISSED_IS_GONE) return { ...before, missed };
  const { told: _told, unknown: _unknown, flap: _flap, ...rest } = before;
  return { ...rest, status: 'inactive', course: INACTIVE, missed };
};

const look = (before: AlertMemory, report: Report, timing: AlertTiming, nowMs: number): AlertMemory => {
  if (report.settled && report.firing && before.course.state === 'inactive') return before;
  const placed = order(before, report, nowMs);
  if (!placed) return before;
  const { atMs } = placed;
  const { missed: _, unknown: wasUnknown, ...rest } = before;
  const known = { ...rest, ...remember(before, report, placed) };
  const gap = isGap(before.lookedMs, atMs, timing) ? { fromMs: before.lookedMs } : {};
  if (report.unknown && !report.firing) {
    const { lookedMs } = before;
    const { memory, fine } = stepUnknown(wasUnknown, {
      unknown: report.unknown,
      timing,
      atMs,
      lookedMs,
      ...gap,
    });
    const course = fine ? stepCourse(before.course, { seen: {}, timing, atMs, ...gap }) : before.course;
    return settle({ ...known, course, unknown: memory }, before, timing, atMs);
  }
  // Looks without a value are a gap to the waits of those with one.
  const from = wasUnknown ? { fromMs: wasUnknown.fromMs } : gap;
  const course = stepCourse(before.course, { seen: report, timing, atMs, ...from });
  return settle({ ...known, course }, before, timing, atMs);
};

/** What is to be told of it, held together where it flaps. */
const settle = (
  { told: _told, flap: _flap, ...known }: AlertMemory,
  before: AlertMemory,
  { flap: policy }: AlertTiming,
  atMs: number,
): AlertMemory => {
  const { course, unknown } = known;
  const wanted = worse(course.told, unknown?.told);
  const wasOn = { on: before.told !== undefined, changes: [] };
  const flap = policy && stepFlap(before.flap ?? wasOn, { policy, on: wanted !== undefined, atMs });
  const told = wanted ?? (flap?.holding ? before.told : undefined);
  const held = told !== undefined && wanted === undefined;
  const status = unknown?.state ?? (held ? 'resolving' : course.state);
  return { ...known, status, ...(flap && { flap }), ...(told && { told }) };
};

/** What fires goes before what is merely unknown: a source that comes and goes pages nobody anew. */
const worse = (course: Firing | undefined, unknown: Firing | undefined): Firing | undefined => {
  if (!course || !unknown) return course ?? unknown;
  const rank = ({ severity }: Firing): number => SEVERITIES.indexOf(severity);
  return rank(unknown) > rank(course) ? unknown : course;
};
