// How the rows of a condition are taken: deleted, or cleared of their object's path with a tombstone in its place.
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { type Condition, columnsSql, quote, tableSql } from '../../adapters/postgres/selection-sql.ts';
import type { BlobsStep } from '../../domain/job.ts';
import type { BatchContext } from './batch.ts';

/** Takes every row of the condition and returns how many they were. */
export const takeRows = async (
  tx: Queryable,
  context: Pick<BatchContext, 'step' | 'job' | 'claim'>,
  condition: Condition,
): Promise<number> => {
  const { step } = context;
  return step.action === 'delete'
    ? deleteRows(tx, tableSql(step.selection), condition)
    : markRows(tx, { ...context, step }, condition);
};

/** The predicate is asked again here: a row that became young since the bound was found stays. */
const deleteRows = async (tx: Queryable, table: string, { sql, values }: Condition): Promise<number> => {
  const { rowCount } = await tx.query(`DELETE FROM ${table} WHERE ${sql}`, [...values]);
  return rowCount ?? 0;
};

/**
 * The old path is read under the row's lock: `RETURNING` would give the new one. A row whose path a trigger gave back is
 * not marked: it still needs its object, and would be found again in every pass.
 */
const markRows = async (
  tx: Queryable,
  { step, job, claim }: Pick<BatchContext, 'job' | 'claim'> & { readonly step: BlobsStep },
  { sql, values }: Condition,
): Promise<number> => {
  const { selection, blobs } = step;
  const keys = columnsSql(selection.key);
  const sameRow = selection.key.map((key) => `t.${quote(key)} = old.${quote(key)}`).join(' AND ');
  const column = quote(blobs.column);
  const stamp = blobs.deletedAt === undefined ? '' : `, ${quote(blobs.deletedAt)} = sexton.now()`;
  const at = (place: number): string => `$${values.length + place}`;
  const { rows } = await tx.query(
    `WITH old AS MATERIALIZED (
       SELECT ${keys}, ${column}::text AS sexton_path FROM ${tableSql(selection)} WHERE ${sql} FOR UPDATE
     ), marked AS (
       UPDATE ${tableSql(selection)} t SET ${column} = NULL${stamp} FROM old WHERE ${sameRow}
       RETURNING old.sexton_path, t.${column} IS NULL AS sexton_cleared
     ), buried AS (
       INSERT INTO sexton.tombstone AS b (path, pack, job, step, run_id, not_before)
       SELECT DISTINCT sexton_path, ${at(1)}, ${at(2)}, ${at(3)}, ${at(4)}, sexton.now() + make_interval(secs => ${at(5)})
       FROM marked WHERE sexton_cleared ON CONFLICT (path) DO UPDATE SET run_id = excluded.run_id, not_before = excluded.not_before
     )
     SELECT count(*)::int AS n FROM marked WHERE sexton_cleared`,
    [...values, job.pack, job.name, step.name, claim.runId, blobs.graceSeconds],
  );
  return rows[0].n;
};
