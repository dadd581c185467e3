// The fence row's statements. Entering waits for a batch in flight (it holds the row FOR SHARE), so once an
// attempt is in, no earlier one can commit another batch.
import type { Hold } from '../../../domain/jobs/control.ts';
import type { Claim } from '../../../domain/jobs/fence.ts';
import type { Queryable } from '../pool.ts';

/** One lane for now: more of them starve a takeover, which must wait for every lane's batch. */
export const LANE = 0;

/** A slice number no workflow reaches: a fence that carries it lets no attempt of its run in any more. */
const CLOSED = 2_147_483_647;

/** Takes the resource for a run and raises the epoch; a retry by the same run keeps what it has. */
export const claimFence = async (db: Queryable, resource: string, runId: string): Promise<number> => {
  const { rows } = await db.query(
    `INSERT INTO sexton.fence AS f (resource, lane, run_id, epoch) VALUES ($1, $2, $3, 1)
     ON CONFLICT (resource, lane) DO UPDATE SET
       epoch = CASE WHEN f.run_id = $3 THEN f.epoch ELSE f.epoch + 1 END,
       slice = CASE WHEN f.run_id = $3 THEN f.slice ELSE 0 END,
       attempt = CASE WHEN f.run_id = $3 THEN f.attempt ELSE 0 END,
       run_id = $3
     RETURNING epoch::int`,
    [resource, LANE, runId],
  );
  return rows[0].epoch;
};

/** The row as it stands, held against change until the transaction ends. */
export const lockFence = async (db: Queryable, resource: string): Promise<Claim | undefined> => {
  const { rows } = await db.query(
    `SELECT run_id AS "runId", epoch::int, slice, attempt FROM sexton.fence
     WHERE resource = $1 AND lane = $2 FOR UPDATE`,
    [resource, LANE],
  );
  return rows[0];
};

/** Writes the claim down, whatever stood there. Only after `lockFence` and a verdict that allows it. */
export const writeFence = async (db: Queryable, resource: string, claim: Claim): Promise<void> => {
  await db.query(
    `INSERT INTO sexton.fence (resource, lane, run_id, epoch, slice, attempt) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (resource, lane) DO UPDATE SET
       run_id = excluded.run_id, epoch = excluded.epoch, slice = excluded.slice, attempt = excluded.attempt`,
    [resource, LANE, claim.runId, claim.epoch, claim.slice, claim.attempt],
  );
};

/** What the fence's holder finds beside it: what people asked of the run and of the resource. */
export interface Held {
  readonly hold: Hold | undefined;
  /** Rows of a batch that a person set. */
  readonly batchRows: number | undefined;
  /** Where the server's WAL stood. */
  readonly walFrom: string;
}

/** What holds for the rest of the transaction. */
export interface TransactionLimits {
  /** The longest wait for somebody else's row lock. */
  readonly lockTimeoutMs: number;
  /** The order of the rows is what matters: no plan may read the whole table to sort it. */
  readonly alongIndex: boolean;
}

/**
 * Undefined once the claim is not the fence's any more; else holds the fence until the transaction ends. The limits ride
 * along, since a statement of their own would cost every batch a round trip; so does `sexton.run_id`, by which triggers of a
 * pack tell a run's changes from everybody else's.
 */
export const holdFence = async (
  tx: Queryable,
  {
    resource,
    claim,
    limits,
  }: { readonly resource: string; readonly claim: Claim; readonly limits: TransactionLimits },
): Promise<Held | undefined> => {
  const { rows } = await tx.query(
    `SELECT run.hold, run.by, run.reason, res.batch_rows AS "batchRows", pg_current_wal_insert_lsn()::text AS "walFrom",
       set_config('lock_timeout', $7, true), set_config('enable_seqscan', $8, true), set_config('sexton.run_id', f.run_id, true)
     FROM sexton.fence f
       LEFT JOIN sexton.control run ON run.scope = 'run' AND run.subject = f.run_id
       LEFT JOIN sexton.control res ON res.scope = 'resource' AND res.subject = f.resource
     WHERE f.resource = $1 AND f.lane = $2 AND f.run_id = $3 AND f.epoch = $4 AND f.slice = $5 AND f.attempt = $6
     FOR SHARE OF f`,
    [
      resource,
      LANE,
      claim.runId,
      claim.epoch,
      claim.slice,
      claim.attempt,
      `${limits.lockTimeoutMs}ms`,
      limits.alongIndex ? 'off' : 'on',
    ],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { hold: kind, by, reason, batchRows, walFrom } = row;
  return {
    walFrom,
    hold: kind ? { kind, by, ...(reason && { reason }) } : undefined,
    batchRows: batchRows ?? undefined,
  };
};

/** Ends the run's right to delete: a stalled attempt that wakes up later finds the door shut. */
export const closeFence = async (db: Queryable, resource: string, runId: string): Promise<void> => {
  await db.query('UPDATE sexton.fence SET slice = $4 WHERE resource = $1 AND lane = $2 AND run_id = $3', [
    resource,
    LANE,
    runId,
    CLOSED,
  ]);
};
