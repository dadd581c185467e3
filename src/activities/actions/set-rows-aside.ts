// Rows that fail by themselves. A window that holds one is taken row by row, so that the others go and the one waits
// for a person instead of blocking all that come after it.

import type { Queryable } from '../../adapters/postgres/pool.ts';
import { setAside } from '../../adapters/postgres/runs/manual-resolution-queue.ts';
import {
  columnsSql,
  keyTextSql,
  selectedIn,
  selectedNamed,
  tableSql,
  type Window,
} from '../../adapters/postgres/tables/selection-sql.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { MAX_SET_ASIDE } from '../../domain/jobs/control.ts';
import type { JobSnapshot } from '../../domain/jobs/job.ts';
import { failure, messageOf, sqlState } from '../failures.ts';
import type { BatchContext, Change } from './batch.ts';
import { eachApart } from './each-apart.ts';
import { takeRows } from './take-rows.ts';

interface Singly {
  /** By which the window's rows are found; their condition is asked of each by itself. */
  readonly found: BatchContext;
  /** How many items the run has set aside before. */
  readonly already: number;
  /** Tells Temporal that the slice lives: each row may take as long as a statement may. */
  readonly beat: () => void;
}

export const takeSingly =
  (context: BatchContext, { found, already, beat }: Singly): Change =>
  async (tx, window) => {
    let deleted = 0;
    let locked = 0;
    let waiting = await namesIn(tx, found, window);
    for (;;) {
      const before = deleted;
      const round = await eachApart(tx, waiting, async (name) => {
        beat();
        deleted += await takeRows(tx, context, selectedNamed(context, window, name));
      });
      locked += round.locked;
      const { faults } = round;
      waiting = [...faults.keys()];
      // A row that went may have been what kept another one: whoever still fails is tried again after it.
      if (deleted > before && waiting.length > 0) continue;
      requireFew(already + waiting.length, context.job, [...faults.values()].at(-1));
      for (const [resourceId, error] of faults) {
        await setAside(tx, { ...itemOf(context), resourceId, ...faultOf(error) });
      }
      return { deleted, setAside: waiting, locked };
    }
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

/** Whose item it is. */
export const itemOf = ({ job, claim }: Pick<BatchContext, 'job' | 'claim'>) => ({
  job: job.name,
  resourceType: job.resourceType,
  runId: claim.runId,
});

/** What was wrong with it. */
export const faultOf = (error: unknown): { readonly failureMode: string; readonly error: string } => ({
  failureMode: sqlState(error) ?? 'UNEXPECTED',
  error: messageOf(error),
});

/** Throws once a run has set aside more than it may: by then it is not the items that are wrong. */
export const requireFew = (
  count: number,
  { name, maxPoison = MAX_SET_ASIDE }: Pick<JobSnapshot, 'name' | 'maxPoison'>,
  cause: unknown,
): void => {
  if (count <= maxPoison) return;
  throw failure(
    FAILURE_TYPES.tooManySetAside,
    `more than ${maxPoison} items of ${name} failed by themselves, the last with: ${messageOf(cause)}; ` +
      'the run fails. What they have in common is in the manual resolution queue',
    { cause },
  );
};
