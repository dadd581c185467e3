// Whether another pass is worth its time. Along the age index it would visit every row that has just gone once more, while
// the planner finds out soonest whether any is left at all.
import type { Position } from '../../adapters/postgres/ledger.ts';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { selected } from '../../adapters/postgres/selection-sql.ts';
import { avoidDeadEntries, isAny } from '../../adapters/postgres/table-facts.ts';
import type { BatchContext } from '../actions/batch.ts';
import { isRowFault, isTimeout } from '../failures.ts';

/** False where it is not known: then the pass itself finds out. Only asked before a pass that is not the first. */
export const isNothingLeft = async (
  { pool, selection, cutoff, excluded }: BatchContext,
  { pass, cursor }: Position,
): Promise<boolean> => {
  if (pass === 1 || cursor) return false;
  try {
    return await inTransaction(pool, async (tx) => {
      await avoidDeadEntries(tx);
      return !(await isAny(tx, selection, selected(selection, cutoff, excluded)));
    });
  } catch (error) {
    if (isTimeout(error) || isRowFault(error)) return false;
    throw error;
  }
};
