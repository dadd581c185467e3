// Checks a step that looks for objects which no row names. What it would take for orphans by mistake is gone for good, so
// young objects and large shares are refused here already.
import { z } from 'zod';
import { DEFAULT_MAX_SHARE } from '../../domain/jobs/orphans.ts';
import { duration, identifier, name } from './names.ts';
import { qualifiedTable } from './selection.ts';

/** An upload whose row is still to be written looks like an orphan. */
const LEAST_AGE_SECONDS = 3_600;

/** The most that a page of the store holds. */
const LONGEST_PAGE = 1_000;

const tuple = <T>(list: readonly T[]): readonly [T, ...T[]] => {
  const [first, ...others] = list;
  if (first === undefined) throw new RangeError('an empty list was let through');
  return [first, ...others];
};

export const pathUse = z.enum(['immutable', 'reused'], { error: 'must be immutable or reused' });

const column = z
  .strictObject({ table: qualifiedTable, column: identifier })
  .transform(({ table, ...rest }) => ({ ...table, ...rest }));

const orphans = z
  .strictObject({
    prefix: z.string().refine((text) => !text.startsWith('/'), {
      error: 'must be the beginning of paths, without a / before it',
    }),
    referencedBy: z.array(column).min(1, { error: 'must name every column that names objects' }),
    olderThan: duration.refine((seconds) => seconds >= LEAST_AGE_SECONDS, {
      error: 'must be at least 1h: an upload whose row is still to be written looks like an orphan',
    }),
    maxShare: z
      .number({ error: 'must be a number above 0 and at most 1' })
      .positive({ error: 'must be above 0; 0.1 is a tenth of the objects' })
      .max(1, { error: 'must be at most 1; 0.1 is a tenth of the objects' })
      .default(DEFAULT_MAX_SHARE),
    grace: duration.prefault('1d'),
    paths: pathUse.default('reused'),
  })
  .transform(({ olderThan, grace, referencedBy, ...rest }) => ({
    ...rest,
    referencedBy: tuple(referencedBy),
    olderThanSeconds: olderThan,
    graceSeconds: grace,
  }));

export const orphansStep = z.strictObject({
  name,
  action: z.literal('orphans'),
  database: name,
  batch: z
    .int({ error: `must be a whole number from 1 to ${LONGEST_PAGE}` })
    .min(1)
    .max(LONGEST_PAGE)
    .default(LONGEST_PAGE),
  orphans,
});
