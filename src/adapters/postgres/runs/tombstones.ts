// Tombstones: objects that are to leave their store. Written where their row lets go of them, purged in the
// transaction that counts them as gone.
import type { TableColumn } from '../../../domain/jobs/orphans.ts';
import type { Condemned, Upload } from '../../../domain/jobs/upload.ts';
import type { Queryable } from '../pool.ts';
import { quote, tableSql } from '../tables/selection-sql.ts';

/** The step that made them, whichever of its runs it was. */
export interface TombstoneOwner {
  readonly pack: string;
  readonly job: string;
  readonly step: string;
}

export interface Tombstone extends Condemned {
  readonly path: string;
}

/** The longest path of a tombstone, in bytes; `tombstone_path_of_at_most_2400_bytes` refuses others. */
export const LONGEST_PATH_BYTES = 2_400;

/** Oldest first, among those that are due and not set aside. */
export const readDue = async (
  db: Queryable,
  { pack, job, step }: TombstoneOwner,
  { excluded, limit }: { readonly excluded: readonly string[]; readonly limit: number },
): Promise<readonly Tombstone[]> => {
  const { rows } = await db.query(
    `SELECT path, extract(epoch FROM marked_at)::float8 * 1000 AS "markedAtMs", etag,
       extract(epoch FROM uploaded_at)::float8 * 1000 AS "uploadedAtMs"
     FROM sexton.tombstone
     WHERE pack = $1 AND job = $2 AND step = $3 AND not_before <= sexton.now() AND NOT path = ANY($4)
     ORDER BY not_before, path LIMIT $5`,
    [pack, job, step, excluded, limit],
  );
  return rows.map(({ path, markedAtMs, etag, uploadedAtMs }) => ({
    path,
    markedAtMs,
    // Milliseconds are all that a store tells, and more than a fraction of a second holds exactly.
    ...(etag !== null && { seen: { etag, uploadedAtMs: Math.round(uploadedAtMs) } }),
  }));
};

/** Writes down which upload is meant, where nobody has before. */
export const rememberUploads = async (
  tx: Queryable,
  uploads: readonly (Upload & { readonly path: string })[],
): Promise<void> => {
  await tx.query(
    `UPDATE sexton.tombstone t SET etag = found.etag, uploaded_at = to_timestamp(found.ms / 1000)
     FROM unnest($1::text[], $2::text[], $3::float8[]) found(path, etag, ms)
     WHERE t.path = found.path AND t.etag IS NULL`,
    [
      uploads.map(({ path }) => path),
      uploads.map(({ etag }) => etag),
      uploads.map(({ uploadedAtMs }) => uploadedAtMs),
    ],
  );
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

/**
 * How long the oldest tombstone of a job has been due, in seconds: its grace is over and its object may still be there. 0
 * where none is due. Those that wait for a person do not count.
 */
export const readOldestDueSeconds = async (
  db: Queryable,
  { pack, job }: Pick<TombstoneOwner, 'pack' | 'job'>,
): Promise<number> => {
  const { rows } = await db.query(
    `SELECT greatest(0, coalesce(extract(epoch FROM sexton.now() - min(t.not_before)), 0))::float8 AS seconds
     FROM sexton.tombstone t WHERE t.pack = $1 AND t.job = $2 AND t.not_before <= sexton.now() AND NOT EXISTS (
       SELECT FROM sexton.manual_resolution_queue q
       WHERE q.source_job = t.job AND q.resource_id = t.path AND q.status = 'pending')`,
    [pack, job],
  );
  return rows[0].seconds;
};

/** Those of the names that a row of one of the columns holds: their objects must stay. */
export const readReferenced = async (
  db: Queryable,
  columns: readonly TableColumn[],
  names: readonly string[],
): Promise<ReadonlySet<string>> => {
  const found = new Set<string>();
  if (names.length === 0) return found;
  for (const place of columns) {
    const column = quote(place.column);
    const { rows } = await db.query(
      `SELECT DISTINCT ${column}::text AS name FROM ${tableSql(place)} WHERE ${column} = ANY($1)`,
      [names],
    );
    for (const { name } of rows) found.add(name);
  }
  return found;
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
