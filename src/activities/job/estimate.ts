// How many rows a run will find, and how many it left: counted where that can be done in time, else the planner's
// estimate, said to be one.
import type pg from 'pg';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { type Condition, selected, selectedSafely } from '../../adapters/postgres/tables/selection-sql.ts';
import {
  avoidDeadEntries,
  countWhere,
  explainEstimate,
  isAny,
} from '../../adapters/postgres/tables/table-facts.ts';
import type { Selection } from '../../domain/jobs/step.ts';
import { isRowFault, isTimeout } from '../failures.ts';

export interface Count {
  readonly rows: number;
  readonly isEstimate: boolean;
}

interface CountInput {
  readonly cutoff: string;
  readonly excluded: readonly string[];
  /** The longest that counting may take. */
  readonly seconds: number;
}

/** A condition that fails on a row, which no run has set aside yet, keeps no run from beginning or ending. */
export const countSelected = async (
  pool: pg.Pool,
  selection: Selection,
  { cutoff, excluded, seconds }: CountInput,
): Promise<Count> => {
  for (const condition of [
    selected(selection, cutoff, excluded),
    selectedSafely(selection, cutoff, excluded),
  ]) {
    try {
      return { rows: await countWithin(pool, selection, condition, seconds), isEstimate: false };
    } catch (error) {
      if (isTimeout(error)) break;
      if (!isRowFault(error)) throw error;
    }
  }
  return { rows: await explainEstimate(pool, selection, cutoff), isEstimate: true };
};

/** What a run left, which is mostly nothing: that is found out much sooner than a count of nothing. */
export const countRest = async (pool: pg.Pool, selection: Selection, input: CountInput): Promise<Count> =>
  (await isNoneLeft(pool, selection, input))
    ? { rows: 0, isEstimate: false }
    : countSelected(pool, selection, input);

/** False where it is not known within the pool's statement timeout. */
export const isNoneLeft = async (
  pool: pg.Pool,
  selection: Selection,
  { cutoff, excluded }: Pick<CountInput, 'cutoff' | 'excluded'>,
): Promise<boolean> => {
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

/** Every row of the selection's table; undefined where that takes longer. */
export const countAll = (pool: pg.Pool, selection: Selection, seconds: number): Promise<number | undefined> =>
  countWithin(pool, selection, { sql: 'true', values: [] }, seconds).catch((error: unknown) => {
    if (isTimeout(error)) return undefined;
    throw error;
  });

const countWithin = (
  pool: pg.Pool,
  selection: Selection,
  condition: Condition,
  seconds: number,
): Promise<number> =>
  inTransaction(pool, async (tx) => {
    await tx.query(`SET LOCAL statement_timeout = '${Math.trunc(seconds)}s'`);
    await avoidDeadEntries(tx);
    return countWhere(tx, selection, condition);
  });
