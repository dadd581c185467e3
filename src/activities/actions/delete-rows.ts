// One batch of the `delete` action: fence check, bound, delete and ledger row in one transaction. Whatever
// commits here is gone and counted; whatever does not is neither.
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { holdFence } from '../../adapters/postgres/fence.ts';
import { type Cursor, type Position, writeEntry } from '../../adapters/postgres/ledger.ts';
import { inTransaction, type Queryable } from '../../adapters/postgres/pool.ts';
import { columnsSql, orderAsTextSql, selectedIn, tableSql } from '../../adapters/postgres/selection-sql.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { Claim } from '../../domain/fence.ts';
import type { DeleteStep } from '../../domain/job.ts';
import { failure } from '../failures.ts';

export interface BatchContext {
  readonly pool: pg.Pool;
  readonly resource: string;
  readonly claim: Claim;
  readonly step: DeleteStep;
  readonly cutoff: string;
  readonly columnTypes: ReadonlyMap<string, string>;
}

export interface BatchResult {
  readonly position: Position;
  readonly deleted: number;
  readonly ms: number;
  /** A whole pass over the age index found nothing any more. */
  readonly done: boolean;
}

export const deleteBatch = async (
  context: BatchContext,
  position: Position,
  limit: number,
): Promise<BatchResult> => {
  const { pool, resource, claim, step } = context;
  const startedAt = performance.now();
  const elapsed = (): number => Math.round((performance.now() - startedAt) * 10) / 10;

  const covered = await inTransaction(pool, async (tx) => {
    if (!(await holdFence(tx, resource, claim))) {
      throw failure(
        FAILURE_TYPES.superseded,
        `slice ${claim.slice} attempt ${claim.attempt} no longer holds the fence of ${resource}; it deleted nothing more`,
      );
    }
    const bound = await findBound(tx, context, position.cursor, limit);
    const deleted = await deleteWindow(tx, context, position.cursor, bound);
    if (bound || deleted > 0) {
      const { runId, slice, attempt } = claim;
      const { seq, pass } = position;
      const entry = { runId, step: step.name, seq: seq + 1, slice, attempt, pass, cursor: bound, deleted };
      await writeEntry(tx, { ...entry, ms: elapsed() });
    }
    return { bound, deleted };
  });
  return { ...advance(position, covered.bound, covered.deleted), deleted: covered.deleted, ms: elapsed() };
};

/** The next position; without a bound the pass is over, and it was the last one if it deleted nothing. */
const advance = (
  position: Position,
  bound: Cursor | undefined,
  deleted: number,
): Pick<BatchResult, 'position' | 'done'> => {
  const wrote = bound !== undefined || deleted > 0;
  const seq = wrote ? position.seq + 1 : position.seq;
  const deletedInPass = position.deletedInPass + deleted;
  if (bound) return { position: { ...position, seq, cursor: bound, deletedInPass }, done: false };
  const next: Position = { seq, pass: position.pass + 1, cursor: undefined, deletedInPass: 0 };
  return { position: next, done: deletedInPass === 0 };
};

const findBound = async (
  tx: Queryable,
  { step: { selection }, cutoff, columnTypes }: BatchContext,
  after: Cursor | undefined,
  limit: number,
): Promise<Cursor | undefined> => {
  const { sql, values } = selectedIn(selection, cutoff, { after }, columnTypes);
  const { rows } = await tx.query(
    `SELECT ${orderAsTextSql(selection)} FROM ${tableSql(selection)} WHERE ${sql}
     ORDER BY ${columnsSql(selection.orderBy)} OFFSET $${values.length + 1} LIMIT 1`,
    [...values, limit - 1],
  );
  const row: Readonly<Record<string, string>> | undefined = rows[0];
  return row && selection.orderBy.map((_, place) => row[place] ?? '');
};

/** The predicate is asked again here: a row that became young since the bound was found stays. */
const deleteWindow = async (
  tx: Queryable,
  { step: { selection }, cutoff, columnTypes }: BatchContext,
  after: Cursor | undefined,
  upTo: Cursor | undefined,
): Promise<number> => {
  const { sql, values } = selectedIn(selection, cutoff, { after, upTo }, columnTypes);
  const { rowCount } = await tx.query(`DELETE FROM ${tableSql(selection)} WHERE ${sql}`, [...values]);
  return rowCount ?? 0;
};
