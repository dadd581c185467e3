// How many rows a run will find: counted where that is quick, else the planner's estimate, said to be one.
import type pg from 'pg';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { selected } from '../../adapters/postgres/selection-sql.ts';
import { countWhere, explainEstimate } from '../../adapters/postgres/table-facts.ts';
import type { Selection } from '../../domain/job.ts';
import { sqlState } from '../failures.ts';

const STATEMENT_TIMED_OUT = '57014';

export interface Eligible {
  readonly eligible: number;
  readonly eligibleIsEstimate: boolean;
}

export const countEligible = async (
  pool: pg.Pool,
  selection: Selection,
  { cutoff, excluded }: { readonly cutoff: string; readonly excluded: readonly string[] },
): Promise<Eligible> => {
  try {
    const eligible = await inTransaction(pool, async (tx) => {
      await tx.query("SET LOCAL statement_timeout = '3s'");
      return countWhere(tx, selection, selected(selection, cutoff, excluded));
    });
    return { eligible, eligibleIsEstimate: false };
  } catch (error) {
    if (sqlState(error) !== STATEMENT_TIMED_OUT) throw error;
    return { eligible: await explainEstimate(pool, selection, cutoff), eligibleIsEstimate: true };
  }
};
