// Rows that fail by themselves. A window that holds one is taken row by row, so that the others go and the one waits
// for a person instead of blocking all that come after it.
import { setAside } from '../../adapters/postgres/manual-resolution-queue.ts';
import type { Queryable } from '../../adapters/postgres/pool.ts';
import {
  type Condition,
  columnsSql,
  keyTextSql,
  selectedIn,
  tableSql,
  type Window,
} from '../../adapters/postgres/selection-sql.ts';
import { MAX_SET_ASIDE } from '../../domain/control.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { failure, messageOf, sqlState } from '../failures.ts';
import type { BatchContext, Change } from './batch.ts';
import { takeRows } from './take-rows.ts';

/** Only these are the row's own fault: bad data, a violated constraint, a trigger that objects (design §6.7). */
export const isRowFault = (error: unknown): boolean => /^(22...|23...|P0001)$/.test(sqlState(error) ?? '');

/** Windows of at most this many rows are taken row by row; larger ones are halved first. */
export const SINGLY_ROWS = 16;

/** `already` is how many the run has set aside before. */
export const takeSingly =
  (context: BatchContext, already: number): Change =>
  async (tx, window) => {
    // A deferred constraint would object only at the commit, when nobody knows any more to which row.
    await tx.query('SET CONSTRAINTS ALL IMMEDIATE');
    const aside: string[] = [];
    let deleted = 0;
    for (const name of await namesIn(tx, context, window)) {
      await tx.query('SAVEPOINT one_row');
      try {
        deleted += await takeRows(tx, context, only(context, window, name));
      } catch (error) {
        if (!isRowFault(error)) throw error;
        await tx.query('ROLLBACK TO SAVEPOINT one_row');
        await setAside(tx, { ...itemOf(context), resourceId: name, ...faultOf(error) });
        aside.push(name);
        requireFew(already + aside.length, context.job.name, error);
      }
      await tx.query('RELEASE SAVEPOINT one_row');
    }
    return { deleted, setAside: aside };
  };

const namesIn = async (tx: Queryable, context: BatchContext, window: Window): Promise<readonly string[]> => {
  const { selection } = context;
  const { sql, values } = selectedIn(context, window);
  const { rows } = await tx.query(
    `SELECT ${keyTextSql(selection)} AS name FROM ${tableSql(selection)} WHERE ${sql}
     ORDER BY ${columnsSql(selection.orderBy)}`,
    [...values],
  );
  return rows.map((row): string => row.name);
};

const only = (context: BatchContext, window: Window, name: string): Condition => {
  const { sql, values } = selectedIn(context, window);
  return {
    sql: `${sql} AND ${keyTextSql(context.selection)} = $${values.length + 1}`,
    values: [...values, name],
  };
};

/** Whose item it is. */
export const itemOf = ({ job, claim }: Pick<BatchContext, 'job' | 'claim'>) => ({
  job: job.name,
  resourceType: job.resourceType,
  runId: claim.runId,
});

const faultOf = (error: unknown): { readonly failureMode: string; readonly error: string } => ({
  failureMode: sqlState(error) ?? 'UNEXPECTED',
  error: messageOf(error),
});

/** Throws once a run has set aside more than it may: by then it is not the items that are wrong. */
export const requireFew = (count: number, job: string, cause: unknown): void => {
  if (count <= MAX_SET_ASIDE) return;
  throw failure(
    FAILURE_TYPES.tooManySetAside,
    `more than ${MAX_SET_ASIDE} items of ${job} failed by themselves, the last with: ${messageOf(cause)}; ` +
      'the run fails. What they have in common is in the manual resolution queue',
    { cause },
  );
};
