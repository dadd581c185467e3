// Which rows a run deleted, for a job that wants the first of them told in its ending. Written in the delete's own
// statement, so that what is told is what is gone.
import type { Selection } from '../../../domain/jobs/step.ts';
import type { Queryable } from '../pool.ts';
import { type Condition, keyTextSql, tableSql } from '../tables/selection-sql.ts';

interface NamedDelete {
  readonly selection: Selection;
  readonly condition: Condition;
  readonly runId: string;
  /** A batch that begins below it is written down whole; the ending tells no more than this. */
  readonly most: number;
}

/** Deletes the rows of the condition, writes their names down while there are few of them, and returns how many went. */
export const deleteNamed = async (
  tx: Queryable,
  { selection, condition: { sql, values }, runId, most }: NamedDelete,
): Promise<number> => {
  const run = `$${values.length + 1}`;
  const { rows } = await tx.query(
    `WITH gone AS (DELETE FROM ${tableSql(selection)} WHERE ${sql} RETURNING ${keyTextSql(selection)} AS name),
       noted AS (INSERT INTO sexton.deleted_name (run_id, name) SELECT ${run}, name FROM gone
         WHERE (SELECT count(*) FROM sexton.deleted_name WHERE run_id = ${run}) < $${values.length + 2})
     SELECT count(*)::int AS n FROM gone`,
    [...values, runId, most],
  );
  return rows[0].n;
};

/** In the order in which they went. */
export const readDeletedNames = async (
  db: Queryable,
  runId: string,
  most: number,
): Promise<readonly string[]> => {
  const { rows } = await db.query(
    'SELECT name FROM sexton.deleted_name WHERE run_id = $1 ORDER BY seq LIMIT $2',
    [runId, most],
  );
  return rows.map((row): string => row.name);
};

/** Once the ending stands, which tells them. */
export const forgetDeletedNames = async (db: Queryable, runId: string): Promise<void> => {
  await db.query('DELETE FROM sexton.deleted_name WHERE run_id = $1', [runId]);
};
