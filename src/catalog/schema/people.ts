// Checks people and rotations, each by itself. Whether the names in them are known is people-faults.ts's.
import { z } from 'zod';
import { isChannelName, targetRule } from '../../domain/alerts/channels.ts';
import type { Rotation } from '../../domain/alerts/on-call.ts';
import { parseTarget } from '../../domain/alerts/policy.ts';
import { parseDuration } from '../../domain/duration.ts';
import { WEEKDAYS } from '../../domain/work-windows.ts';
import { instantOf, instantWords, parseWall, skippedWords, wallText } from '../wall-clock.ts';
import { line, name } from './names.ts';
import { timeOfDay, weekday, zone } from './windows.ts';

/** Name of a role, person or rotation: targets are told from them by their channel. */
export const wakeable = name.refine((text) => !isChannelName(text), {
  error: 'must not be the name of a channel',
});

const target = z.string().superRefine((text, context) => {
  const message = targetRule(parseTarget(text));
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

export const personSchema = z
  .strictObject({
    targets: z.array(target).min(1, { error: 'must name at least one target' }),
    zone: zone.optional(),
  })
  .transform(({ targets, zone: where }) => ({ targets, ...(where === undefined ? {} : { zone: where }) }));

const WEEK_HOURS = 168;

/** `day`, `week`, or `12h`. */
const period = z.string().transform((text, context): number => {
  const hours = { day: 24, week: WEEK_HOURS }[text] ?? (parseDuration(text) ?? 0) / 3600;
  if (Number.isInteger(hours) && hours > 0) return hours;
  context.addIssue({ code: 'custom', message: 'must be day, week, or whole hours such as 12h' });
  return z.NEVER;
});

const handOver = z
  .strictObject({ every: period, at: timeOfDay, on: weekday.optional() })
  .refine(({ every, on }) => on === undefined || every % WEEK_HOURS === 0, {
    path: ['on'],
    error: 'must be left out where a shift is not whole weeks',
  });

const day = line.refine((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseWall(text) !== undefined, {
  error: 'must be a day that there is, such as 2026-01-05',
});

const override = z.strictObject({ from: line, until: line, person: name });

/** An instant as written: with an offset it is one; on the wall clock it must be shown exactly once. */
const instant = (where: string, text: string): number | string => {
  const exact = /(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(exact)) return exact;
  const wall = parseWall(text);
  if (wall === undefined) return `must be a time such as 2026-12-24 09:00 (in ${where}) or 2026-12-24T09:00Z`;
  const { ms, shown } = instantOf(where, wall);
  if (shown === 'never') return `must be a time that the clock shows: ${skippedWords(where, ms)}`;
  if (shown === 'twice')
    return `must say which, as the clock of ${where} shows it twice: the first is ${new Date(ms).toISOString()}`;
  return ms;
};

type Fault = (path: readonly (string | number)[], message: string) => void;

const overridesOf = (where: string, list: readonly z.output<typeof override>[], fault: Fault) => {
  const read = list.map(({ from, until, person }, place) => {
    const [start, end] = [instant(where, from), instant(where, until)];
    if (typeof start === 'string') fault(['overrides', place, 'from'], start);
    if (typeof end === 'string') fault(['overrides', place, 'until'], end);
    const [fromMs, untilMs] = [start, end].map((each) => (typeof each === 'string' ? Number.NaN : each));
    if ((untilMs ?? 0) <= (fromMs ?? 0)) fault(['overrides', place, 'until'], 'must be after from');
    return { fromMs: fromMs ?? 0, untilMs: untilMs ?? 0, person };
  });
  for (const [place, { fromMs, untilMs }] of read.entries()) {
    const other = read.slice(0, place).find((each) => each.fromMs < untilMs && fromMs < each.untilMs);
    if (other)
      fault(
        ['overrides', place],
        `must not overlap another: ${other.person} has it from ${instantWords(where, other.fromMs)}`,
      );
  }
  return read;
};

/** See RotationDefinition; its name is its key. */
export const rotationSchema = z
  .strictObject({
    zone,
    members: z.array(name).min(1, { error: 'must name at least one person' }),
    handOver,
    start: day,
    overrides: z.array(override).default([]),
  })
  .transform((rotation, context): Omit<Rotation, 'name'> => {
    const { zone: where, members, handOver: turn, start } = rotation;
    const fault: Fault = (path, message) =>
      context.addIssue({ code: 'custom', path: [...path], message, input: rotation });
    const midnight = parseWall(start) ?? 0;
    const startsOn = WEEKDAYS[new Date(midnight).getUTCDay()];
    if (turn.on !== undefined && turn.on !== startsOn)
      fault(['start'], `must be a ${turn.on}, the day of the hand-over, and is a ${startsOn}`);
    const [first, ...others] = members;
    return {
      zone: where,
      members: [first ?? '', ...others],
      everyHours: turn.every,
      first: wallText(midnight + turn.at * 60_000),
      overrides: overridesOf(where, rotation.overrides, fault),
    };
  });
