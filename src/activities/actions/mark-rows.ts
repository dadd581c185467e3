// Rows let go of their objects: their path is cleared, and a tombstone under the object's path in its store is written in its
// place. What deletes the objects is the sweep.
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { type Condition, columnsSql, quote, tableSql } from '../../adapters/postgres/tables/selection-sql.ts';
import type { BlobsStep } from '../../domain/jobs/step.ts';
import type { BatchContext } from './batch.ts';

/** A path that is longer than a tombstone may hold violates its constraint, which is its row's own fault. */
export const markRows = async (
  tx: Queryable,
  {
    step,
    job,
    claim,
    storeId = '',
  }: Pick<BatchContext, 'job' | 'claim' | 'storeId'> & { readonly step: BlobsStep },
  { sql, values }: Condition,
): Promise<number> => {
  const { selection, blobs } = step;
  const keys = columnsSql(selection.key);
  const sameRow = selection.key.map((key) => `t.${quote(key)} = old.${quote(key)}`).join(' AND ');
  const column = quote(blobs.column);
  const stamp = blobs.deletedAt === undefined ? '' : `, ${quote(blobs.deletedAt)} = sexton.now()`;
  const at = (place: number): string => `$${values.length + place}`;
  // The old path is read under the row's lock: `RETURNING` would give the new one. A row whose path a trigger gave back is
  // not marked: it still needs its object, and would be found again in every pass.
  const { rows } = await tx.query(
    `WITH old AS MATERIALIZED (
       SELECT ${keys}, ${column}::text AS sexton_path FROM ${tableSql(selection)} WHERE ${sql} FOR UPDATE
     ), marked AS (
       UPDATE ${tableSql(selection)} t SET ${column} = NULL${stamp} FROM old WHERE ${sameRow}
       RETURNING old.sexton_path, t.${column} IS NULL AS sexton_cleared
     ), buried AS (
       INSERT INTO sexton.tombstone AS b (path, pack, job, step, run_id, not_before)
       SELECT DISTINCT sexton.object_path(sexton_path, ${at(6)}), ${at(1)}, ${at(2)}, ${at(3)}, ${at(4)},
         sexton.now() + make_interval(secs => ${at(5)})
       FROM marked WHERE sexton_cleared
       ON CONFLICT (path) DO UPDATE SET run_id = excluded.run_id, not_before = excluded.not_before,
         marked_at = excluded.marked_at, etag = NULL, uploaded_at = NULL
     )
     SELECT count(*)::int AS n FROM marked WHERE sexton_cleared`,
    [...values, job.pack, job.name, step.name, claim.runId, blobs.graceSeconds, storeId],
  );
  return rows[0].n;
};
