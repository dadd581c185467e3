// Whose turn it is in a rotation at an instant. Computed from what is declared and from overrides, on the wall clock of
// the rotation's zone; nothing is stored that could be wrong tomorrow.
import { instantOf, parseWall, wallMs } from '../../catalog/wall-clock.ts';
import type { Directory, OnCallOverride, Rotation } from '../../domain/alerts/on-call.ts';

const HOUR_MS = 3_600_000;

/** One person's time without a break, as declared or by an override. */
export interface Shift {
  /** Missing before the rotation's first hand-over. */
  readonly person?: string;
  readonly fromMs: number;
  /** Excluded. */
  readonly untilMs: number;
  /** Whom the override stands in for, and that it is one. */
  readonly insteadOf?: string;
  readonly overridden: boolean;
}

/** Instant of the n-th hand-over. Counted on the wall clock, so a day with a change of clocks is one day. */
const handOverMs = ({ zone, first, everyHours }: Rotation, n: number): number =>
  instantOf(zone, (parseWall(first) ?? 0) + n * everyHours * HOUR_MS).ms;

/** Number of the hand-over that is the last one at an instant; negative before the first. */
const turnAt = (rotation: Rotation, atMs: number): number => {
  const elapsed = wallMs(rotation.zone, atMs) - (parseWall(rotation.first) ?? 0);
  let turn = Math.floor(elapsed / (rotation.everyHours * HOUR_MS)) + 1;
  // The clock may have been changed since: at most a day of turns lies between guess and truth.
  while (handOverMs(rotation, turn) > atMs) turn -= 1;
  while (handOverMs(rotation, turn + 1) <= atMs) turn += 1;
  return turn;
};

const memberAt = ({ members }: Rotation, turn: number): string | undefined =>
  turn < 0 ? undefined : members[turn % members.length];

const covers =
  (atMs: number) =>
  ({ fromMs, untilMs }: OnCallOverride): boolean =>
    fromMs <= atMs && atMs < untilMs;

/**
 * Who is on call at an instant, and for how long. Of the overrides that hold then the first one counts, once: those made
 * at run time stand before the declared ones.
 */
export const shiftAt = (
  rotation: Rotation,
  atMs: number,
  madeAtRunTime: readonly OnCallOverride[] = [],
): Shift => {
  const overrides = [...madeAtRunTime, ...rotation.overrides];
  const turn = turnAt(rotation, atMs);
  const declared = memberAt(rotation, turn);
  const override = overrides.find(covers(atMs));
  const edges = overrides.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]);
  const [start, next] = [
    turn < 0 ? Number.NEGATIVE_INFINITY : handOverMs(rotation, turn),
    handOverMs(rotation, Math.max(turn + 1, 0)),
  ];
  const person = override?.person ?? declared;
  return {
    ...(person !== undefined && { person }),
    fromMs: Math.max(start, ...edges.filter((edge) => edge <= atMs)),
    untilMs: Math.min(next, ...edges.filter((edge) => edge > atMs)),
    ...(override && declared !== undefined && declared !== override.person && { insteadOf: declared }),
    overridden: override !== undefined,
  };
};

/** Who is on call at an instant; undefined before the rotation's first hand-over. */
export const onCallAt = (
  rotation: Rotation,
  atMs: number,
  madeAtRunTime: readonly OnCallOverride[] = [],
): string | undefined => shiftAt(rotation, atMs, madeAtRunTime).person;

/** Every shift that touches a time, in order; neighbours of one person and kind are one. */
export const shiftsBetween = (
  rotation: Rotation,
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
  madeAtRunTime: readonly OnCallOverride[] = [],
): readonly Shift[] => {
  const shifts: Shift[] = [];
  for (let at = fromMs; at < untilMs; ) {
    const shift = shiftAt(rotation, at, madeAtRunTime);
    const last = shifts.at(-1);
    const same =
      last?.person === shift.person &&
      last?.insteadOf === shift.insteadOf &&
      last?.overridden === shift.overridden;
    if (last && same) shifts[shifts.length - 1] = { ...last, untilMs: shift.untilMs };
    else shifts.push(shift);
    at = shift.untilMs;
  }
  return shifts;
};

/** Overrides made at run time, by rotation, newest first. */
export type RunTimeOverrides = Readonly<Record<string, readonly OnCallOverride[]>>;

/** Rotations that a name may lead to. */
export const rotationsOf = ({ roles, rotations }: Directory, names: readonly string[]): readonly string[] => [
  ...new Set(
    names
      .flatMap((name) => [name, ...(Object.hasOwn(roles, name) ? (roles[name] ?? []) : [])])
      .filter((name) => Object.hasOwn(rotations, name)),
  ),
];
