// Where each ladder stands, in its incident's row, and what an answer forbids. Written by the escalation's execution
// that began from the newest state; another one's is turned away.
import type { LadderState } from '../../../domain/alerts/ladder.ts';
import type { Queryable } from '../pool.ts';

export interface StoredLadder {
  readonly ladder: LadderState | null;
  /** As in LadderPosition; 0 where nothing was written yet. */
  readonly revision: number;
  readonly state: 'open' | 'resolved' | 'closed';
  readonly workflowId: string;
  /** The execution that wrote it; missing where nothing was written, or by one that did not say. */
  readonly run?: string;
  /** The highest number that any execution has taken. */
  readonly lastWake?: number;
}

/** Stands beside the ladder's own fields in its column. */
const REVISION = `coalesce((ladder ->> 'revision')::bigint, 0)`;

export const readLadder = async (db: Queryable, number: number): Promise<StoredLadder | undefined> => {
  const { rows } = await db.query(
    `SELECT ladder, ${REVISION}::float8 AS revision, state, workflow_id AS "workflowId", ladder ->> 'run' AS run,
       last_wake AS "lastWake"
     FROM sexton.incident WHERE number = $1`,
    [number],
  );
  if (!rows[0]) return undefined;
  const { run, ...stored } = rows[0];
  return { ...stored, ...(run !== null && { run }) };
};

/** `nextDueAt` is an instant of the workflow's clock; missing where the ladder waits for a person. */
export interface LadderPosition {
  readonly ladder: LadderState;
  /** Grows with every position. Writes may arrive in any order; the highest stands. */
  readonly revision: number;
  readonly nextDueAt?: string;
  /** The execution whose ladder it is; the first one's run id, so that continuing as new changes nothing. */
  readonly run?: string;
  /** Revision of the row that the execution began from; 0 where there was none. */
  readonly from?: number;
}

/**
 * With a run, only where the row is that execution's own or the one that it began from: a straggler of an execution
 * that is gone, or one that began from an older state, changes nothing. `always` is for answers, which a person gave.
 */
export const writeLadder = async (
  db: Queryable,
  number: number,
  { ladder, revision, nextDueAt, run, from = 0 }: LadderPosition,
  always = false,
): Promise<void> => {
  await db.query(
    `UPDATE sexton.incident SET ladder = $2, last_wake = greatest(last_wake, $3), next_due_at = $4,
       acknowledged_by = $5,
       acknowledged_at = CASE WHEN $5::text IS NULL THEN acknowledged_at ELSE coalesce(acknowledged_at, sexton.now()) END
     WHERE number = $1 AND state <> 'closed' AND ${REVISION} < $6
       AND ($9 OR $7::text IS NULL OR ladder ->> 'run' = $7 OR ${REVISION} = $8)`,
    [
      number,
      JSON.stringify({ ...ladder, revision, ...(run !== undefined && { run }) }),
      ladder.lastWake,
      nextDueAt ?? null,
      ladder.status === 'acknowledged' ? (ladder.by ?? null) : null,
      revision,
      run ?? null,
      from,
      always,
    ],
  );
};

/** Forbids every page up to the ladder's last wake; what was claimed before and has no receipt yet is returned. */
export const withdrawWakes = async (
  tx: Queryable,
  number: number,
  lastWake: number,
): Promise<readonly string[]> => {
  await tx.query('SELECT 1 FROM sexton.incident WHERE number = $1 FOR UPDATE', [number]);
  await tx.query(
    'UPDATE sexton.incident SET withdrawn_wake = greatest(withdrawn_wake, $2) WHERE number = $1',
    [number, lastWake],
  );
  const { rows } = await tx.query(
    `SELECT channel FROM sexton.outbox WHERE incident = $1 AND state = 'claimed' AND status = 'firing' ORDER BY wake, channel`,
    [number],
  );
  return rows.map((row) => row.channel);
};

/** Resolved by a person, whatever the condition says. */
export const resolveByHand = async (tx: Queryable, number: number, by: string): Promise<void> => {
  await tx.query(
    `UPDATE sexton.incident SET state = 'resolved', resolved_at = sexton.now(), resolved_by = $2
     WHERE number = $1 AND state = 'open'`,
    [number, by],
  );
};
