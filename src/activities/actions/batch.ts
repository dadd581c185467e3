// One batch: fence check, stretch, change and ledger row in one transaction. Whatever commits here is gone and counted;
// whatever does not is neither.
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { inTransaction, type Queryable } from '../../adapters/postgres/pool.ts';
import { type Held, holdFence, type TransactionLimits } from '../../adapters/postgres/runs/fence.ts';
import { nextPass, type Position, writeEntry } from '../../adapters/postgres/runs/ledger.ts';
import type { ArchiveFacts } from '../../adapters/postgres/tables/archive-facts.ts';
import type { Scope, Window } from '../../adapters/postgres/tables/selection-sql.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { Hold } from '../../domain/jobs/control.ts';
import type { Claim } from '../../domain/jobs/fence.ts';
import type { JobSnapshot } from '../../domain/jobs/job.ts';
import type { BatchedStep } from '../../domain/jobs/step.ts';
import { failure, isContention, isRowFault, isTimeout } from '../failures.ts';
import type { Stretch, Walk } from '../walk/walk.ts';

export interface BatchContext extends Scope {
  readonly pool: pg.Pool;
  readonly claim: Claim;
  readonly job: JobSnapshot;
  readonly step: BatchedStep;
  /** The blob store's, whose addresses rows may hold; absent where there is no store. */
  readonly storeId?: string;
  /** How rows are copied; of every step that archives. */
  readonly archive?: ArchiveFacts;
}

export interface BatchResult {
  readonly position: Position;
  readonly deleted: number;
  readonly ms: number;
  /** Rows that the batch was allowed. */
  readonly size: number;
  /** Names of rows that this batch set aside. */
  readonly setAside: readonly string[];
  /** A whole pass over the age index found nothing that could be taken. */
  readonly done: boolean;
}

/** A batch that did not take place because somebody holds the run. */
export interface HeldBatch {
  readonly hold: Hold;
}

/**
 * A batch that was rolled back and is tried differently: because of one of its rows, nobody knows which (`fault`), of a
 * row that another transaction holds (`contended`), of its time (`slow`), or of more rows than it was allowed (`crowded`).
 */
export interface FailedBatch {
  readonly failed: 'fault' | 'contended' | 'slow' | 'crowded';
  readonly error: unknown;
  /** Rows that the batch was allowed. */
  readonly size: number;
  /** Only where it was crowded: the rows that it found. */
  readonly rows: number;
  readonly ms: number;
}

/** What a batch does to the rows of its window. */
export type Change = (
  tx: Queryable,
  window: Window,
) => Promise<{
  readonly deleted: number;
  readonly setAside: readonly string[];
  /** Rows that others hold, and that stay where they are. */
  readonly locked: number;
}>;

export interface BatchInput {
  readonly position: Position;
  readonly walk: Walk;
  /** Narrows the batch below the size that the job or an operator states. */
  readonly most: number;
  readonly lockTimeoutMs: number;
  readonly change: Change;
}

/** A stretch whose length was guessed held more rows than the batch was allowed. */
class Crowded extends Error {
  readonly rows: number;
  constructor(rows: number) {
    super(`the stretch held ${rows} rows`);
    this.rows = rows;
  }
}

export const runBatch = async (
  context: BatchContext,
  { position, walk, most, lockTimeoutMs, change }: BatchInput,
): Promise<BatchResult | HeldBatch | FailedBatch> => {
  const { pool, step } = context;
  const startedAt = performance.now();
  const elapsed = (): number => Math.round((performance.now() - startedAt) * 10) / 10;

  let size = most;
  const take = async (tx: Queryable): Promise<Covered | HeldBatch> => {
    const alongIndex = walk.name === 'age-index-windows';
    const { hold, batchRows, walFrom } = await requireFence(tx, context, { lockTimeoutMs, alongIndex });
    if (hold) return { hold };
    size = Math.min(batchRows ?? step.batchRows, most);
    const stretch = await walk.next(tx, context, { position, size });
    if (!stretch) return { leads: false };
    const { deleted, setAside, locked } = await change(tx, stretch.window);
    if (stretch.guessed && deleted > size) throw new Crowded(deleted);
    const covered = { leads: true as const, stretch, deleted, setAside, locked };
    if (isWorthAnEntry(covered)) {
      const { runId, slice, attempt } = context.claim;
      const { seq, pass } = position;
      const at = { runId, step: step.name, seq: seq + 1, slice, attempt, pass, walk: walk.name };
      const counts = { deleted, setAside: setAside.length, locked, ms: elapsed(), walFrom };
      await writeEntry(tx, { ...at, cursor: stretch.end, ...counts });
    }
    return covered;
  };
  try {
    const covered = await inTransaction(pool, take);
    if ('hold' in covered) return covered;
    const { deleted = 0, setAside = [] } = covered.leads ? covered : {};
    return { ...advance(position, covered), deleted, setAside, size, ms: elapsed() };
  } catch (error) {
    const failed = howItFailed(error);
    if (!failed) throw error;
    return { failed, error, size, rows: error instanceof Crowded ? error.rows : 0, ms: elapsed() };
  }
};

const howItFailed = (error: unknown): FailedBatch['failed'] | undefined => {
  if (error instanceof Crowded) return 'crowded';
  if (isContention(error)) return 'contended';
  if (isTimeout(error)) return 'slow';
  return isRowFault(error) ? 'fault' : undefined;
};

/** For work that is not the rows of a window. */
const PATIENT: TransactionLimits = { lockTimeoutMs: 2_000, alongIndex: false };

/** Inside a transaction: the fence's own row is held to its end. */
export const requireFence = async (
  tx: Queryable,
  { job, claim }: Pick<BatchContext, 'job' | 'claim'>,
  limits: TransactionLimits = PATIENT,
): Promise<Held> => {
  const held = await holdFence(tx, { resource: job.lockKey, claim, limits });
  if (held) return held;
  throw failure(
    FAILURE_TYPES.superseded,
    `slice ${claim.slice} attempt ${claim.attempt} no longer holds the fence of ${job.lockKey}; it deleted nothing more`,
  );
};

type Covered =
  | {
      readonly leads: true;
      readonly stretch: Stretch;
      readonly deleted: number;
      readonly setAside: readonly string[];
      readonly locked: number;
    }
  /** The walk leads no further. */
  | { readonly leads: false };

export const isWorthAnEntry = (covered: Covered): boolean =>
  covered.leads &&
  (covered.stretch.end !== undefined ||
    covered.deleted > 0 ||
    covered.setAside.length > 0 ||
    covered.locked > 0);

/** The next position. The pass is over without an end; it was the last one if it went along the age index and took nothing. */
export const advance = (position: Position, covered: Covered): Pick<BatchResult, 'position' | 'done'> => {
  const seq = isWorthAnEntry(covered) ? position.seq + 1 : position.seq;
  if (!covered.leads) return { position: nextPass(position), done: false };
  const deletedInPass = position.deletedInPass + covered.deleted;
  const { end } = covered.stretch;
  if (end) return { position: { ...position, seq, cursor: end, deletedInPass }, done: false };
  const last = position.walk === 'age-index-windows' && deletedInPass === 0;
  return { position: nextPass({ ...position, seq }), done: last };
};
