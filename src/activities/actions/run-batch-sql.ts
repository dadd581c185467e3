// A statement of the pack over the rows of a batch: they are locked, so that nobody changes them under it, and it is given
// their keys. The ledger row of the same transaction makes it happen once.

import type { Queryable } from '../../adapters/postgres/pool.ts';
import { type KeyArrays, runPackSql, tellPackSql } from '../../adapters/postgres/tables/pack-sql.ts';
import { type Condition, quote, tableSql } from '../../adapters/postgres/tables/selection-sql.ts';
import type { Selection, SqlBatchesStep } from '../../domain/jobs/step.ts';
import type { BatchContext } from './batch.ts';

/** Returns how many rows it was handed, whatever it did with them. */
export const runBatchSql = async (
  tx: Queryable,
  { step, claim, cutoff }: Pick<BatchContext, 'claim' | 'cutoff'> & { readonly step: SqlBatchesStep },
  condition: Condition,
): Promise<number> => {
  const keys = await lockRows(tx, step.selection, condition);
  const count = keys[0]?.length ?? 0;
  if (count === 0) return 0;
  await tellPackSql(tx, { cutoff, runId: claim.runId });
  await runPackSql(tx, step.sql, keys);
  return count;
};

const lockRows = async (
  tx: Queryable,
  selection: Selection,
  { sql, values }: Condition,
): Promise<KeyArrays> => {
  const { key } = selection;
  const columns = key.map((column, place) => `${quote(column)}::text AS "${place}"`).join(', ');
  const { rows } = await tx.query(`SELECT ${columns} FROM ${tableSql(selection)} WHERE ${sql} FOR UPDATE`, [
    ...values,
  ]);
  return key.map((_, place) => rows.map((row): string => row[place]));
};
