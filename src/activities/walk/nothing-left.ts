// Whether another pass is worth its time. Along the age index it would visit every row that has just gone once more, while
// the planner finds out soonest whether any is left at all.
import type { Position } from '../../adapters/postgres/runs/ledger.ts';
import type { BatchContext } from '../actions/batch.ts';
import { isNoneLeft } from '../job/estimate.ts';

/** False where it is not known: then the pass itself finds out. Only asked before a pass that is not the first. */
export const isNothingLeft = async (context: BatchContext, { pass, cursor }: Position): Promise<boolean> =>
  pass > 1 && !cursor && (await isNoneLeft(context.pool, context.selection, context));
