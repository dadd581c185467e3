// Attempts at slices, in the target database: each is written down in the transaction that lets it in.
import type { Claim } from '../../../domain/jobs/fence.ts';
import type { Queryable } from '../pool.ts';

export const recordAttempt = async (
  tx: Queryable,
  { runId, slice, attempt }: Pick<Claim, 'runId' | 'slice' | 'attempt'>,
  queuedMs: number,
): Promise<void> => {
  await tx.query(
    `INSERT INTO sexton.attempt (run_id, slice, attempt, queued_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [runId, slice, attempt, queuedMs],
  );
};

export interface Attempts {
  readonly attempts: number;
  /** Time in which its slices waited for a worker. */
  readonly queuedMs: number;
}

export const readAttempts = async (db: Queryable, runId: string): Promise<Attempts> => {
  const { rows } = await db.query(
    `SELECT count(*)::int AS attempts, coalesce(sum(queued_ms), 0)::float8 AS "queuedMs"
     FROM sexton.attempt WHERE run_id = $1`,
    [runId],
  );
  return rows[0];
};
