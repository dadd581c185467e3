// Checks what a monitor leaves in its pack's databases by itself; which measures it names is checked where they are known.
import { z } from 'zod';
import { isPlanned, verbOf } from '../../domain/jobs/statement.ts';
import { name, positiveDuration } from './names.ts';
import { statement } from './statement.ts';

/** A write as declared; see WriteDefinition. */
export const writeSchema = z
  .strictObject({
    name,
    database: name,
    sql: statement.refine((sql) => isPlanned(sql) && verbOf(sql) !== 'select', {
      error: 'must be INSERT, UPDATE, DELETE, MERGE or WITH',
    }),
    every: positiveDuration.optional(),
  })
  .transform(({ every, ...rest }) => ({ ...rest, ...(every !== undefined && { everySeconds: every }) }));
