// How far a VACUUM has come, as the server tells it.
import type { Queryable } from '../pool.ts';

export interface VacuumProgress {
  readonly phase: string;
  /** Of the table's pages, 0 to 100. */
  readonly scannedPercent: number;
}

/** Undefined where that process does not vacuum just now. */
export const readVacuumProgress = async (db: Queryable, pid: number): Promise<VacuumProgress | undefined> => {
  const { rows } = await db.query(
    `SELECT phase, round(100.0 * heap_blks_scanned / greatest(heap_blks_total, 1))::int AS "scannedPercent"
     FROM pg_stat_progress_vacuum WHERE pid = $1`,
    [pid],
  );
  return rows[0];
};
