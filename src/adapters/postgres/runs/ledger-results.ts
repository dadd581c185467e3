// What the ledger says of single steps: what a one-shot step came to, and which rows a statement was handed.
import type { OneShotResult, StepResult } from '../../../domain/jobs/one-shot.ts';
import type { Queryable } from '../pool.ts';
import { LANE } from './fence.ts';

export interface ResultEntry {
  readonly runId: string;
  readonly step: string;
  /** Its place among what the step has to do, from 1. */
  readonly seq: number;
  readonly slice: number;
  readonly attempt: number;
  readonly ms: number;
  readonly result: OneShotResult;
}

/** Plain INSERT: what was already told of would violate the key and roll the second one back. */
export const writeResult = async (
  tx: Queryable,
  { runId, step, seq, slice, attempt, ms, result }: ResultEntry,
): Promise<void> => {
  await tx.query(
    `INSERT INTO sexton.ledger (run_id, step, lane, seq, slice, attempt, pass, deleted, ms, result)
     VALUES ($1, $2, $3, $4, $5, $6, 1, 0, $7, $8)`,
    [runId, step, LANE, seq, slice, attempt, ms, JSON.stringify(result)],
  );
};

/** How much of what the step has to do is told of. */
export const countResults = async (db: Queryable, runId: string, step: string): Promise<number> => {
  const { rows } = await db.query(
    'SELECT count(*)::int AS n FROM sexton.ledger WHERE run_id = $1 AND step = $2 AND result IS NOT NULL',
    [runId, step],
  );
  return rows[0].n;
};

/** In the order in which they came about. */
export const readResults = async (db: Queryable, runId: string): Promise<readonly StepResult[]> => {
  const { rows } = await db.query(
    `SELECT step, result FROM sexton.ledger WHERE run_id = $1 AND result IS NOT NULL ORDER BY slice, seq`,
    [runId],
  );
  return rows;
};

export interface Handed {
  /** Rows that batches took or set aside. */
  readonly handed: number;
  /** Rows that others held, and that were left out. */
  readonly locked: number;
  /** The first pass came to its end. */
  readonly over: boolean;
}

export const readHanded = async (db: Queryable, runId: string, step: string): Promise<Handed> => {
  const { rows } = await db.query(
    `SELECT coalesce(sum(deleted + set_aside), 0)::int AS handed, coalesce(sum(locked), 0)::int AS locked,
       coalesce(bool_or(cursor IS NULL), false) AS over
     FROM sexton.ledger WHERE run_id = $1 AND step = $2 AND lane = $3`,
    [runId, step, LANE],
  );
  return rows[0];
};
