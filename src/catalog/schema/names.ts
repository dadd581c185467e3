// Small schemas that every declaration is made of.
import { z } from 'zod';
import { parseDuration } from '../../domain/duration.ts';
import { cronFault } from '../cron.ts';

/**
 * `^[a-z][a-z0-9_-]*$`: what ids, workflow ids and queue names are made of. At most 40 characters, so that
 * Postgres does not cut the names of tables that are made from it.
 */
export const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, { error: 'must be at most 40 of a-z, 0-9, _ and -, a letter first' });

/** A text that is there. */
export const line = z.string().trim().min(1, { error: 'must not be empty' });

/** Name of an environment variable. */
export const variableName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, { error: 'must be the name of a variable, such as DATABASE_URL' });

/** A column or table as Postgres stores its name; never more than one word, so it can be quoted safely. */
export const identifier = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_$]{0,62}$/, { error: 'must be a plain SQL name of at most 63 characters' });

const seconds = (words: string, allowed: (value: number) => boolean) =>
  z.string().transform((text, context): number => {
    const value = parseDuration(text);
    if (value !== undefined && allowed(value)) return value;
    context.addIssue({ code: 'custom', message: words });
    return z.NEVER;
  });

/** `5m` → 300; nothing or less is refused. */
export const positiveDuration = seconds(
  'must be a duration above 0, such as 5m or 1h30m',
  (value) => value > 0,
);

/** `24h` → 86400; `0s` is allowed. */
export const duration = seconds('must be a duration, such as 24h, 30d or 0s', () => true);

/** A schedule of the grammar in cron.ts. */
export const cron = z.string().superRefine((text, context) => {
  const message = cronFault(text);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});
