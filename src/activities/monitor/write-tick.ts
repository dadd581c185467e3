// Runs what a tick is to leave in its pack's databases. A write that fails is told like a measure that failed: it keeps
// nobody from being woken, and the next tick writes anew.
import type { Databases } from '../../adapters/postgres/databases.ts';
import type { MonitorSnapshot } from '../../domain/monitors/monitor.ts';
import { filledIn, isDue } from '../../domain/monitors/writes.ts';
import { messageOf, sqlState } from '../failures.ts';
import type { TakenMeasure } from '../measures/take-measures.ts';

export interface FailedWrite {
  /** `write <name>`. */
  readonly measure: string;
  readonly type: string;
  readonly message: string;
}

/** In the order of their declaration; answers with those that failed. */
export const writeTick = async (
  databases: Databases,
  { pack, writes = [] }: MonitorSnapshot,
  { tick, taken }: { readonly tick: string; readonly taken: readonly TakenMeasure[] },
): Promise<readonly FailedWrite[]> => {
  const failed: FailedWrite[] = [];
  for (const write of writes.filter((each) => isDue(each, tick))) {
    const told = (type: string, message: string): void => {
      failed.push({ measure: `write ${write.name}`, type, message });
    };
    const pool = databases.of(pack, write.database);
    if (!pool) {
      told('UNKNOWN_NAME', `pack ${pack} has no database ${write.database} in this worker's configuration`);
      continue;
    }
    const { text, values } = filledIn(write, { tick, taken });
    try {
      await pool.query({ text, values: [...values] });
    } catch (error) {
      const state = sqlState(error);
      told(state === undefined ? 'FAILED' : `SQL_${state}`, messageOf(error).slice(0, 300));
    }
  }
  return failed;
};
