// How the rows of a condition are taken: deleted, moved, cleared of their object's path, or handed to a statement of the
// pack. All of them, or those that nobody else holds at the moment.
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { deleteNamed } from '../../adapters/postgres/runs/deleted-names.ts';
import { type Condition, columnsSql, tableSql } from '../../adapters/postgres/tables/selection-sql.ts';
import { archiveRows } from './archive-rows.ts';
import type { BatchContext } from './batch.ts';
import { markRows } from './mark-rows.ts';
import { runBatchSql } from './run-batch-sql.ts';

/** What taking rows needs to know of their batch. */
export type TakeContext = Pick<BatchContext, 'step' | 'job' | 'claim' | 'cutoff' | 'storeId' | 'archive'>;

/** Takes every row of the condition and returns how many they were. */
export const takeRows = async (
  tx: Queryable,
  context: TakeContext,
  condition: Condition,
): Promise<number> => {
  const { step } = context;
  if (step.action === 'delete') return deleteRows(tx, { ...context, step }, condition);
  if (step.action === 'archive') return archiveRows(tx, { ...context, step }, condition);
  if (step.action === 'blobs') return markRows(tx, { ...context, step }, condition);
  if (step.action === 'sql-batches') return runBatchSql(tx, { ...context, step }, condition);
  throw new TypeError(`step ${step.name} makes requests, which no transaction waits for`);
};

/** Takes the rows of the condition that nobody else holds, and counts those that somebody does. */
export const takeFreeRows = async (
  tx: Queryable,
  context: TakeContext,
  condition: Condition,
): Promise<{ readonly deleted: number; readonly locked: number }> => {
  const { selection } = context.step;
  const { sql, values } = condition;
  const table = tableSql(selection);
  const keys = columnsSql(selection.key);
  const { rows } = await tx.query(`SELECT count(*)::int AS n FROM ${table} WHERE ${sql}`, [...values]);
  const free = `SELECT ${keys} FROM ${table} WHERE ${sql} FOR UPDATE SKIP LOCKED`;
  const deleted = await takeRows(tx, context, { sql: `${sql} AND (${keys}) IN (${free})`, values });
  return { deleted, locked: Math.max(0, rows[0].n - deleted) };
};

/** The predicate is asked again here: a row that became young since the bound was found stays. */
const deleteRows = async (
  tx: Queryable,
  { step: { selection }, job: { auditIds }, claim: { runId } }: TakeContext,
  condition: Condition,
): Promise<number> => {
  if (auditIds !== undefined) return deleteNamed(tx, { selection, condition, runId, most: auditIds });
  const { sql, values } = condition;
  const { rowCount } = await tx.query(`DELETE FROM ${tableSql(selection)} WHERE ${sql}`, [...values]);
  return rowCount ?? 0;
};
