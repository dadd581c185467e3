// One batch: fence check, bound, change and ledger row in one transaction. Whatever commits here is gone and counted;
// whatever does not is neither.
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { holdFence } from '../../adapters/postgres/fence.ts';
import { type Cursor, type Position, writeEntry } from '../../adapters/postgres/ledger.ts';
import { inTransaction, type Queryable } from '../../adapters/postgres/pool.ts';
import {
  columnsSql,
  orderAsTextSql,
  type Scope,
  selectedIn,
  tableSql,
  type Window,
} from '../../adapters/postgres/selection-sql.ts';
import type { Hold } from '../../domain/control.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { Claim } from '../../domain/fence.ts';
import type { JobSnapshot, StepSnapshot } from '../../domain/job.ts';
import { failure, isRowFault } from '../failures.ts';

export interface BatchContext extends Scope {
  readonly pool: pg.Pool;
  readonly claim: Claim;
  readonly job: JobSnapshot;
  readonly step: StepSnapshot;
}

export interface BatchResult {
  readonly position: Position;
  readonly deleted: number;
  readonly ms: number;
  /** Rows that the batch was allowed. */
  readonly size: number;
  /** Names of rows that this batch set aside. */
  readonly setAside: readonly string[];
  /** A whole pass over the age index found nothing any more. */
  readonly done: boolean;
}

/** A batch that did not take place because somebody holds the run. */
export interface HeldBatch {
  readonly hold: Hold;
}

/** A batch that was rolled back because of one of its rows, nobody knows which. */
export interface FaultyBatch {
  readonly fault: unknown;
  /** Rows that the batch was allowed. */
  readonly size: number;
}

/** What a batch does to the rows of its window. */
export type Change = (
  tx: Queryable,
  window: Window,
) => Promise<{ readonly deleted: number; readonly setAside: readonly string[] }>;

/** `most` narrows the batch below the size that the job or an operator states. */
export const runBatch = async (
  context: BatchContext,
  { position, most, change }: { readonly position: Position; readonly most: number; readonly change: Change },
): Promise<BatchResult | HeldBatch | FaultyBatch> => {
  const { pool, step } = context;
  const startedAt = performance.now();
  const elapsed = (): number => Math.round((performance.now() - startedAt) * 10) / 10;

  let size = most;
  const take = async (tx: Queryable): Promise<Covered | HeldBatch> => {
    const { hold, batchRows = step.batchRows } = await requireFence(tx, context);
    if (hold) return { hold };
    size = Math.min(batchRows, most);
    const bound = await findBound(tx, context, position.cursor, size);
    const { deleted, setAside } = await change(tx, { after: position.cursor, upTo: bound });
    if (wroteEntry(bound, deleted, setAside)) {
      const { runId, slice, attempt } = context.claim;
      const at = { runId, step: step.name, seq: position.seq + 1, slice, attempt, pass: position.pass };
      const counts = { deleted, setAside: setAside.length, ms: elapsed() };
      await writeEntry(tx, { ...at, cursor: bound, ...counts });
    }
    return { bound, deleted, setAside };
  };
  try {
    const covered = await inTransaction(pool, take);
    if ('hold' in covered) return covered;
    return { ...advance(position, covered), ...covered, size, ms: elapsed() };
  } catch (error) {
    if (isRowFault(error)) return { fault: error, size };
    throw error;
  }
};

/** Inside a transaction: the fence's own row is held to its end. */
export const requireFence = async (
  tx: Queryable,
  { job, claim }: Pick<BatchContext, 'job' | 'claim'>,
): Promise<NonNullable<Awaited<ReturnType<typeof holdFence>>>> => {
  const held = await holdFence(tx, job.lockKey, claim);
  if (held) return held;
  throw failure(
    FAILURE_TYPES.superseded,
    `slice ${claim.slice} attempt ${claim.attempt} no longer holds the fence of ${job.lockKey}; it deleted nothing more`,
  );
};

const wroteEntry = (bound: Cursor | undefined, deleted: number, setAside: readonly string[]): boolean =>
  bound !== undefined || deleted > 0 || setAside.length > 0;

interface Covered {
  readonly bound: Cursor | undefined;
  readonly deleted: number;
  readonly setAside: readonly string[];
}

/** The next position; without a bound the pass is over, and it was the last one if it deleted nothing. */
const advance = (
  position: Position,
  { bound, deleted, setAside }: Covered,
): Pick<BatchResult, 'position' | 'done'> => {
  const seq = wroteEntry(bound, deleted, setAside) ? position.seq + 1 : position.seq;
  const deletedInPass = position.deletedInPass + deleted;
  if (bound) return { position: { ...position, seq, cursor: bound, deletedInPass }, done: false };
  const next: Position = { seq, pass: position.pass + 1, cursor: undefined, deletedInPass: 0 };
  return { position: next, done: deletedInPass === 0 };
};

const findBound = async (
  tx: Queryable,
  context: BatchContext,
  after: Cursor | undefined,
  size: number,
): Promise<Cursor | undefined> => {
  const { selection } = context;
  const { sql, values } = selectedIn(context, { after });
  const { rows } = await tx.query(
    `SELECT ${orderAsTextSql(selection)} FROM ${tableSql(selection)} WHERE ${sql}
     ORDER BY ${columnsSql(selection.orderBy)} OFFSET $${values.length + 1} LIMIT 1`,
    [...values, size - 1],
  );
  const row: Readonly<Record<string, string>> | undefined = rows[0];
  return row && selection.orderBy.map((_, place) => row[place] ?? '');
};
