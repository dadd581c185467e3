// Checks what a job says of its throttle and fills in what it leaves out. Figures become numbers; `'none'` leaves a probe out.
import { z } from 'zod';
import { parseDuration } from '../../domain/duration.ts';
import { DEFAULT_THROTTLE } from '../../domain/jobs/throttle.ts';
import { WEEKDAYS } from '../../domain/work-windows.ts';
import { positiveDuration } from './names.ts';

const NONE = 'none';

/** `10s` → 10; `none` → undefined. */
const secondsOrNone = z.string().transform((text, context): number | undefined => {
  const value = text === NONE ? undefined : parseDuration(text);
  if (text === NONE || (value !== undefined && value > 0)) return value;
  context.addIssue({ code: 'custom', message: "must be a duration above 0, such as 10s, or 'none'" });
  return z.NEVER;
});

const COUNT = { error: 'must be a whole number from 0' };

const countOrNone = z
  .int(COUNT)
  .min(0, COUNT)
  .or(z.literal(NONE))
  .transform((value) => (value === NONE ? undefined : value));

const timeOfDay = z.string().transform((text, context): number => {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours !== undefined) return Number(hours) * 60 + Number(minutes);
  context.addIssue({ code: 'custom', message: 'must be a time of day from 00:00 to 23:59, such as 22:00' });
  return z.NEVER;
});

const isZone = (text: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: text }).format(0) !== '';
  } catch {
    return false;
  }
};

const window = z
  .strictObject({
    from: timeOfDay,
    to: timeOfDay,
    zone: z.string().refine(isZone, { error: 'must be a time zone, such as Europe/Berlin or UTC' }),
    days: z
      .array(z.enum(WEEKDAYS))
      .min(1, { error: 'must name at least one day; to allow every day leave it out' })
      .optional(),
  })
  .refine(({ from, to }) => from !== to, {
    error: 'must end at another time than it begins; to allow the whole day leave it out',
  })
  .transform(({ from, to, zone, days }) => ({
    fromMinutes: from,
    toMinutes: to,
    zone,
    ...(days === undefined ? {} : { days: [...new Set(days)].map((day) => WEEKDAYS.indexOf(day)) }),
  }));

const rest = z.number().positive({ error: 'must be > 0' }).max(10);

const yields = z
  .strictObject({ rest: rest.default(DEFAULT_THROTTLE.yield.rest) })
  .or(z.literal(NONE))
  .transform((value) => (value === NONE ? undefined : value));

/** `throttle` of a job; absent means every default. Its limit has none here: that is half of the job's budget. */
export const throttleSchema = z
  .strictObject({
    replicaLag: secondsOrNone.prefault(`${DEFAULT_THROTTLE.replicaLagSeconds}s`),
    lockWaiters: countOrNone.prefault(DEFAULT_THROTTLE.lockWaiters),
    oldestSnapshot: secondsOrNone.prefault(NONE),
    windows: z
      .array(window)
      .min(1, { error: 'must have a window; to allow every hour leave it out' })
      .optional(),
    yield: yields.prefault({}),
    limit: positiveDuration.optional(),
  })
  .prefault({});

export type CheckedThrottle = z.output<typeof throttleSchema>;
