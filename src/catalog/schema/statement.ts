// Checks a pack's SQL statements as far as that goes without a database: preflight asks Postgres for the rest.
import { z } from 'zod';
import { isControl, isPlanned, verbOf } from '../../domain/jobs/statement.ts';

const text = z
  .string()
  .transform((sql) => sql.trim().replace(/(\s*;)+$/, ''))
  .refine((sql) => verbOf(sql) !== '', { error: 'must be one SQL statement' })
  .refine((sql) => !isControl(sql), {
    error: 'must not control the transaction or the connection: it runs inside the one that counts it',
  });

/** One statement of whatever kind. */
export const statement = text.refine((sql) => verbOf(sql) !== 'vacuum', {
  error: 'must not vacuum, which no transaction may: use the action vacuum',
});

/** One statement over the keys of a batch. */
export const batchStatement = text
  .refine((sql) => isPlanned(sql), { error: 'must be SELECT, INSERT, UPDATE, DELETE, MERGE or WITH' })
  .refine((sql) => /\$1\b/.test(sql), { error: 'must use $1, the keys of the batch: WHERE id = ANY($1)' });

const STRINGS_AND_COMMENTS = /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g;
const OTHER_CLOCKS =
  /(?<!sexton\.)\b(now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(|\b(current_timestamp|current_date|localtimestamp)\b/i;

/** One statement that only looks. It runs in a read-only transaction, which holds it to that. */
export const readStatement = text
  .refine((sql) => /^(select|with|values)$/.test(verbOf(sql)), { error: 'must be SELECT, WITH or VALUES' })
  .refine((sql) => !OTHER_CLOCKS.test(sql.replaceAll(STRINGS_AND_COMMENTS, ' ')), {
    error: 'must ask sexton.now() and no other clock: the others do not move with it',
  });
