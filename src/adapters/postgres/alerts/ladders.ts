// Where each ladder stands, in its incident's row, and the rows of what it sent. A claim and an answer to an
// acknowledgement meet on the incident row: whichever commits first decides, so no page follows an acknowledgement.

import type { LadderState } from '../../../domain/alerts/ladder.ts';
import type { Receipt } from '../../../domain/alerts/notification.ts';
import type { Queryable } from '../pool.ts';

export interface StoredLadder {
  readonly ladder: LadderState | null;
  /** As in LadderPosition; 0 where nothing was written yet. */
  readonly revision: number;
  readonly state: 'open' | 'resolved' | 'closed';
  readonly workflowId: string;
}

/** Stands beside the ladder's own fields in its column. */
const REVISION = `coalesce((ladder ->> 'revision')::bigint, 0)`;

export const readLadder = async (db: Queryable, number: number): Promise<StoredLadder | undefined> => {
  const { rows } = await db.query(
    `SELECT ladder, ${REVISION}::float8 AS revision, state, workflow_id AS "workflowId"
     FROM sexton.incident WHERE number = $1`,
    [number],
  );
  return rows[0];
};

/** `nextDueAt` is an instant of the workflow's clock; missing where the ladder waits for a person. */
export interface LadderPosition {
  readonly ladder: LadderState;
  /** Grows with every position. Writes may arrive in any order; the highest stands. */
  readonly revision: number;
  readonly nextDueAt?: string;
}

export const writeLadder = async (
  db: Queryable,
  number: number,
  { ladder, revision, nextDueAt }: LadderPosition,
): Promise<void> => {
  await db.query(
    `UPDATE sexton.incident SET ladder = $2, last_wake = greatest(last_wake, $3), next_due_at = $4,
       acknowledged_by = $5 WHERE number = $1 AND state <> 'closed' AND ${REVISION} < $6`,
    [
      number,
      JSON.stringify({ ...ladder, revision }),
      ladder.lastWake,
      nextDueAt ?? null,
      ladder.status === 'acknowledged' ? (ladder.by ?? null) : null,
      revision,
    ],
  );
};

/** Forbids every wake up to the ladder's last one; what was claimed before and has no receipt yet is returned. */
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
    `SELECT channel FROM sexton.outbox WHERE incident = $1 AND state = 'claimed' ORDER BY wake, channel`,
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

export interface ClaimInput {
  readonly number: number;
  readonly wake: number;
  readonly channel: string;
  readonly address: string;
  readonly tier: string;
  readonly key: string;
  readonly at: string;
}

/** `again`: an earlier try claimed it and left no receipt, so the provider may have the message already. */
export type ClaimResult = 'claimed' | 'again' | 'settled' | 'withdrawn';

/** Claims one message, inside a transaction that holds the incident row against answers. */
export const claim = async (tx: Queryable, input: ClaimInput): Promise<ClaimResult> => {
  const { number, wake, channel, address, tier, key, at } = input;
  const incident = await tx.query(
    `SELECT withdrawn_wake < $2 AND state = 'open' AS allowed FROM sexton.incident WHERE number = $1 FOR SHARE`,
    [number, wake],
  );
  const existing = await tx.query(
    `SELECT state FROM sexton.outbox WHERE incident = $1 AND wake = $2 AND channel = $3 AND address = $4 FOR UPDATE`,
    [number, wake, channel, address],
  );
  const standing: { state: string } | undefined = existing.rows[0];
  if (standing && standing.state !== 'claimed') return 'settled';
  // What was claimed before the acknowledgement was named in its answer; it is not sent a second time either.
  if (!incident.rows[0]?.allowed) return 'withdrawn';
  await tx.query(
    `INSERT INTO sexton.outbox AS o (incident, wake, channel, address, tier, key, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (incident, wake, channel, address) DO UPDATE SET claims = o.claims + 1, claimed_at = sexton.now()`,
    [number, wake, channel, address, tier, key, at],
  );
  return standing ? 'again' : 'claimed';
};

/** Takes a claim back whose message certainly did not go out, so that the next try is asked for its right anew. */
export const unclaim = async (
  db: Queryable,
  { number, wake, channel, address }: ClaimInput,
): Promise<void> => {
  await db.query(
    `DELETE FROM sexton.outbox WHERE incident = $1 AND wake = $2 AND channel = $3 AND address = $4 AND state = 'claimed'`,
    [number, wake, channel, address],
  );
};

/** The provider's id of the incident's first message to this target, where the provider gave one. */
export const readThread = async (
  db: Queryable,
  { number, channel, address }: ClaimInput,
): Promise<string | undefined> => {
  const { rows } = await db.query(
    `SELECT receipt ->> 'id' AS id FROM sexton.outbox
     WHERE incident = $1 AND channel = $2 AND address = $3 AND receipt ? 'id' ORDER BY wake LIMIT 1`,
    [number, channel, address],
  );
  return rows[0]?.id;
};

export type Settlement =
  | { readonly state: 'sent'; readonly receipt: Receipt }
  | { readonly state: 'dead'; readonly error: string };

export const settle = async (db: Queryable, input: ClaimInput, settlement: Settlement): Promise<void> => {
  await db.query(
    `UPDATE sexton.outbox SET state = $5, receipt = $6, error = $7, settled_at = sexton.now()
     WHERE incident = $1 AND wake = $2 AND channel = $3 AND address = $4 AND state <> 'sent'`,
    [
      input.number,
      input.wake,
      input.channel,
      input.address,
      settlement.state,
      settlement.state === 'sent' ? JSON.stringify(settlement.receipt) : null,
      settlement.state === 'dead' ? settlement.error : null,
    ],
  );
};
