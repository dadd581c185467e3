// The ledger: what is gone, batch by batch. It is the truth in both directions, where to go on and how much
// was done, so nothing else is ever asked for either.
import type { RunTotals } from '../../../domain/jobs/run.ts';
import type { Strategy } from '../../../domain/jobs/step.ts';
import type { Queryable } from '../pool.ts';
import { LANE } from './fence.ts';

/**
 * Where a batch ended, as text. Along the age index: the order columns of its last row. In heap order: the first page
 * after it.
 */
export type Cursor = readonly string[];

/** Where a step stands: `cursor` is undefined at the start of a pass. */
export interface Position {
  readonly seq: number;
  readonly pass: number;
  readonly walk: Strategy;
  readonly cursor: Cursor | undefined;
  readonly deletedInPass: number;
}

/** How rows or objects were found. */
export type Walked = Strategy | 'store-listing';

export interface LedgerEntry {
  readonly runId: string;
  readonly step: string;
  readonly seq: number;
  readonly slice: number;
  readonly attempt: number;
  readonly pass: number;
  readonly walk: Walked;
  /** Undefined where the batch was the last of its pass. */
  readonly cursor: Cursor | undefined;
  readonly deleted: number;
  /** Objects that left their store. */
  readonly objects?: number;
  /** Rows or objects that wait for a person from now on. */
  readonly setAside?: number;
  /** Rows that others held locked, and that the batch left where they were. */
  readonly locked?: number;
  readonly ms: number;
  /** Where the server's WAL stood when the batch began. */
  readonly walFrom?: string;
}

/** A step begins by its strategy; every pass after the first one goes along the age index. */
export const readPosition = async (
  db: Queryable,
  { runId, step, strategy }: { readonly runId: string; readonly step: string; readonly strategy: Strategy },
): Promise<Position> => {
  const { rows } = await db.query(
    `SELECT seq, pass, walk, cursor,
       (SELECT coalesce(sum(p.deleted), 0)::int FROM sexton.ledger p
        WHERE p.run_id = l.run_id AND p.step = l.step AND p.lane = l.lane AND p.pass = l.pass) AS "deletedInPass"
     FROM sexton.ledger l WHERE run_id = $1 AND step = $2 AND lane = $3 ORDER BY seq DESC LIMIT 1`,
    [runId, step, LANE],
  );
  const last = rows[0];
  if (!last) return { seq: 0, pass: 1, walk: strategy, cursor: undefined, deletedInPass: 0 };
  const { seq, pass, walk, cursor, deletedInPass } = last;
  return cursor === null ? nextPass({ seq, pass }) : { seq, pass, walk, cursor, deletedInPass };
};

/** The start of the pass after this one. */
export const nextPass = ({ seq, pass }: Pick<Position, 'seq' | 'pass'>): Position => ({
  seq,
  pass: pass + 1,
  walk: 'age-index-windows',
  cursor: undefined,
  deletedInPass: 0,
});

export const writeEntry = async (tx: Queryable, entry: LedgerEntry): Promise<void> => {
  await tx.query(
    `INSERT INTO sexton.ledger (run_id, step, lane, seq, slice, attempt, pass, cursor, deleted, ms, objects, set_aside,
       walk, locked, wal_bytes)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
       coalesce(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $15::pg_lsn), 0))`,
    [
      entry.runId,
      entry.step,
      LANE,
      entry.seq,
      entry.slice,
      entry.attempt,
      entry.pass,
      entry.cursor ? JSON.stringify(entry.cursor) : null,
      entry.deleted,
      entry.ms,
      entry.objects ?? 0,
      entry.setAside ?? 0,
      entry.walk,
      entry.locked ?? 0,
      entry.walFrom ?? null,
    ],
  );
};

/** Totals of a run over all its steps, or of one slice of it. */
export const readTotals = async (
  db: Queryable,
  runId: string,
  slice?: number,
): Promise<Required<RunTotals>> => {
  const { rows } = await db.query(
    `SELECT coalesce(sum(deleted), 0)::float8 AS deleted, count(*) FILTER (WHERE result IS NULL)::int AS batches,
       coalesce(sum(objects), 0)::float8 AS objects, coalesce(sum(set_aside), 0)::int AS "setAside",
       coalesce(sum(locked) FILTER (WHERE pass = newest), 0)::int AS locked,
       coalesce(max(ms) FILTER (WHERE result IS NULL), 0) AS "maxBatchMs",
       coalesce(avg(ms) FILTER (WHERE result IS NULL), 0) AS "avgBatchMs",
       coalesce(sum(ms), 0) AS "workMs", coalesce(sum(wal_bytes), 0)::float8 AS "walBytes"
     FROM (SELECT *, max(pass) OVER (PARTITION BY step, lane) AS newest FROM sexton.ledger WHERE run_id = $1) entry
     WHERE $2::int IS NULL OR slice = $2`,
    [runId, slice ?? null],
  );
  return rows[0];
};
