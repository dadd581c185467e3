// Tombstones: objects that are to leave their store. Written where their row lets go of them, purged in the
// transaction that counts them as gone.
import type { BlobsStep } from '../../domain/job.ts';
import type { Queryable } from './pool.ts';
import { quote, tableSql } from './selection-sql.ts';

/** The step that made them, whichever of its runs it was. */
export interface TombstoneOwner {
  readonly pack: string;
  readonly job: string;
  readonly step: string;
}

/** Oldest first, among those that are due and not set aside. */
export const readDue = async (
  db: Queryable,
  { pack, job, step }: TombstoneOwner,
  { excluded, limit }: { readonly excluded: readonly string[]; readonly limit: number },
): Promise<readonly string[]> => {
  const { rows } = await db.query(
    `SELECT path FROM sexton.tombstone
     WHERE pack = $1 AND job = $2 AND step = $3 AND not_before <= sexton.now() AND NOT path = ANY($4)
     ORDER BY not_before, path LIMIT $5`,
    [pack, job, step, excluded, limit],
  );
  return rows.map((row): string => row.path);
};

export interface PendingObjects {
  /** Could have been deleted when the run last did something: each of its sweeps goes on until none is due. */
  readonly due: number;
  /** Came due since, or wait for their grace to end. */
  readonly waiting: number;
}

export const countPending = async (
  db: Queryable,
  { pack, job, step }: TombstoneOwner,
  { excluded, runId }: { readonly excluded: readonly string[]; readonly runId: string },
): Promise<PendingObjects> => {
  const { rows } = await db.query(
    `SELECT count(*) FILTER (WHERE not_before <= last.at)::int AS due,
       count(*) FILTER (WHERE (not_before <= last.at) IS NOT TRUE)::int AS waiting
     FROM sexton.tombstone, (SELECT max(at) AS at FROM (
       SELECT at FROM sexton.ledger WHERE run_id = $5
       UNION ALL
       SELECT "timestamp" FROM sexton.audit_log WHERE run_id = $5 AND action = 'CLEANUP_STARTED') seen) last
     WHERE pack = $1 AND job = $2 AND step = $3 AND NOT path = ANY($4)`,
    [pack, job, step, excluded, runId],
  );
  return rows[0];
};

/** Those of the paths that a row of the table names again: their object must stay. */
export const readReferenced = async (
  db: Queryable,
  { selection, blobs }: BlobsStep,
  paths: readonly string[],
): Promise<readonly string[]> => {
  const column = quote(blobs.column);
  const { rows } = await db.query(
    `SELECT DISTINCT ${column}::text AS path FROM ${tableSql(selection)} WHERE ${column} = ANY($1)`,
    [paths],
  );
  return rows.map((row): string => row.path);
};

export const purge = async (tx: Queryable, paths: readonly string[]): Promise<number> => {
  const { rowCount } = await tx.query('DELETE FROM sexton.tombstone WHERE path = ANY($1)', [paths]);
  return rowCount ?? 0;
};

/** Counts one more try that left the objects there; returns those that have had `most` tries. */
export const countAttempt = async (
  tx: Queryable,
  paths: readonly string[],
  most: number,
): Promise<readonly string[]> => {
  const { rows } = await tx.query(
    'UPDATE sexton.tombstone SET attempts = attempts + 1 WHERE path = ANY($1) RETURNING path, attempts',
    [paths],
  );
  return rows.filter((row) => row.attempts >= most).map((row): string => row.path);
};
