// Checks what a job says of its throttle and fills in what it leaves out. Figures become numbers; `'none'` leaves a probe out.
import { z } from 'zod';
import { parseDuration } from '../../domain/duration.ts';
import { DEFAULT_THROTTLE } from '../../domain/jobs/throttle.ts';
import { positiveDuration } from './names.ts';
import { window } from './windows.ts';

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
