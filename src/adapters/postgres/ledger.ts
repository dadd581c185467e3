// The ledger: what is gone, batch by batch. It is the truth in both directions, where to go on and how much
// was done, so nothing else is ever asked for either.
import type { RunTotals } from '../../domain/run.ts';
import { LANE } from './fence.ts';
import type { Queryable } from './pool.ts';

/** Values of the order columns, as text, of the last row that a batch covered. */
export type Cursor = readonly string[];

/** Where a run stands: `cursor` is undefined at the start of a pass. */
export interface Position {
  readonly seq: number;
  readonly pass: number;
  readonly cursor: Cursor | undefined;
  readonly deletedInPass: number;
}

export interface LedgerEntry {
  readonly runId: string;
  readonly step: string;
  readonly seq: number;
  readonly slice: number;
  readonly attempt: number;
  readonly pass: number;
  /** Undefined where the batch was the last of its pass. */
  readonly cursor: Cursor | undefined;
  readonly deleted: number;
  /** Objects that left their store. */
  readonly objects?: number;
  /** Rows or objects that wait for a person from now on. */
  readonly setAside?: number;
  readonly ms: number;
}

export const readPosition = async (db: Queryable, runId: string, step: string): Promise<Position> => {
  const { rows } = await db.query(
    `SELECT seq, pass, cursor,
       (SELECT coalesce(sum(p.deleted), 0)::int FROM sexton.ledger p
        WHERE p.run_id = l.run_id AND p.step = l.step AND p.lane = l.lane AND p.pass = l.pass) AS "deletedInPass"
     FROM sexton.ledger l WHERE run_id = $1 AND step = $2 AND lane = $3 ORDER BY seq DESC LIMIT 1`,
    [runId, step, LANE],
  );
  const last = rows[0];
  if (!last) return { seq: 0, pass: 1, cursor: undefined, deletedInPass: 0 };
  if (last.cursor === null)
    return { seq: last.seq, pass: last.pass + 1, cursor: undefined, deletedInPass: 0 };
  return { seq: last.seq, pass: last.pass, cursor: last.cursor, deletedInPass: last.deletedInPass };
};

export const writeEntry = async (tx: Queryable, entry: LedgerEntry): Promise<void> => {
  await tx.query(
    `INSERT INTO sexton.ledger (run_id, step, lane, seq, slice, attempt, pass, cursor, deleted, ms, objects, set_aside)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
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
    `SELECT coalesce(sum(deleted), 0)::int AS deleted, count(*)::int AS batches,
       coalesce(sum(objects), 0)::int AS objects, coalesce(sum(set_aside), 0)::int AS "setAside",
       coalesce(max(ms), 0) AS "maxBatchMs", coalesce(avg(ms), 0) AS "avgBatchMs"
     FROM sexton.ledger WHERE run_id = $1 AND ($2::int IS NULL OR slice = $2)`,
    [runId, slice ?? null],
  );
  return rows[0];
};
