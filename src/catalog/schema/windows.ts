// Checks times of day, zones and the weekly windows made of them.
import { z } from 'zod';
import { WEEKDAYS } from '../../domain/work-windows.ts';
import { isZone } from '../wall-clock.ts';

/** `22:00` → minutes after midnight. */
export const timeOfDay = z.string().transform((text, context): number => {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours !== undefined) return Number(hours) * 60 + Number(minutes);
  context.addIssue({ code: 'custom', message: 'must be a time of day from 00:00 to 23:59, such as 22:00' });
  return z.NEVER;
});

export const zone = z.string().refine(isZone, { error: 'must be a time zone, such as Europe/Berlin or UTC' });

export const weekday = z.enum(WEEKDAYS);

/** See WindowDefinition. */
export const window = z
  .strictObject({
    from: timeOfDay,
    to: timeOfDay,
    zone,
    days: z
      .array(weekday)
      .min(1, { error: 'must name at least one day; to allow every day leave it out' })
      .optional(),
  })
  .refine(({ from, to }) => from !== to, {
    error: 'must end at another time than it begins; to allow the whole day leave it out',
  })
  .transform(({ from, to, zone: where, days }) => ({
    fromMinutes: from,
    toMinutes: to,
    zone: where,
    ...(days === undefined ? {} : { days: [...new Set(days)].map((day) => WEEKDAYS.indexOf(day)) }),
  }));
