// The holds of a run's throttle, in the target database. A hold is opened by the attempt that may work and ended by
// whoever comes next, so a killed slice leaves one open row and no wrong one.
import { AUDIT_ACTOR } from '../../../domain/jobs/audit.ts';
import type { Probe, Verdict } from '../../../domain/jobs/throttle.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

/** The attempt that looks; one that has been replaced opens nothing. */
export interface HoldOwner {
  readonly runId: string;
  readonly slice: number;
  readonly attempt: number;
}

export interface OpenHold {
  readonly probe: Probe;
  /** ISO-8601, to the millisecond. */
  readonly since: string;
}

export interface EndedHold {
  readonly probe: Probe;
  readonly ms: number;
  /** The sum of rests, not one hold. */
  readonly rests: boolean;
}

/** Of whom the audit rows speak. */
export interface HoldSubject {
  readonly runId: string;
  readonly pack: string;
  readonly resourceType: string;
}

/** In force: the fence lets this attempt in, and no person holds the run, whose pause would be counted as throttled. */
const MAY_OPEN = `EXISTS (SELECT 1 FROM sexton.fence WHERE run_id = $1 AND slice = $4 AND attempt = $5)
  AND NOT EXISTS (SELECT 1 FROM sexton.control WHERE scope = 'run' AND subject = $1 AND hold IS NOT NULL)`;

/** True where this call opened it: a run has one open hold at most. */
export const openHold = async (
  db: Queryable,
  { runId, slice, attempt }: HoldOwner,
  { probe, reason }: Pick<Verdict, 'probe' | 'reason'>,
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `INSERT INTO sexton.hold (run_id, probe, reason, slice, attempt)
     SELECT $1, $2, $3, $4::int, $5::int WHERE ${MAY_OPEN} ON CONFLICT DO NOTHING`,
    [runId, probe, reason, slice, attempt],
  );
  return rowCount === 1;
};

export const readOpenHold = async (db: Queryable, runId: string): Promise<OpenHold | undefined> => {
  const { rows } = await db.query(
    `SELECT probe, ${isoSql('started_at', 'milliseconds')} AS since FROM sexton.hold
     WHERE run_id = $1 AND ended_at IS NULL AND rested_ms IS NULL`,
    [runId],
  );
  return rows[0];
};

/** Adds rests between batches to the run's one row of them. */
export const addRest = async (
  db: Queryable,
  { runId, slice, attempt }: HoldOwner,
  { reason, ms }: { readonly reason: string; readonly ms: number },
): Promise<void> => {
  await db.query(
    `INSERT INTO sexton.hold AS h (run_id, probe, reason, slice, attempt, rested_ms)
     SELECT $1, $2, $3, $4::int, $5::int, $6::float8 WHERE ${MAY_OPEN}
     ON CONFLICT (run_id, (rested_ms IS NULL)) WHERE ended_at IS NULL
     DO UPDATE SET rested_ms = h.rested_ms + excluded.rested_ms, reason = excluded.reason`,
    [runId, 'yield', reason, slice, attempt, ms],
  );
};

const MS = `coalesce(rested_ms, extract(epoch FROM coalesce(ended_at, sexton.now()) - started_at) * 1000)::float8`;

/**
 * Ends what is open of a run and tells it in the audit log, each once: who changes the row tells it, in the same
 * statement. Rests go on being summed while the run works; at its end they end as well.
 */
export const endHolds = async (
  db: Queryable,
  { runId, pack, resourceType }: HoldSubject,
  { job, rests }: { readonly job: string; readonly rests: boolean },
): Promise<readonly EndedHold[]> => {
  const { rows } = await db.query(
    `WITH ended AS (
       UPDATE sexton.hold SET ended_at = greatest(sexton.now(), started_at)
       WHERE run_id = $1 AND ended_at IS NULL AND (rested_ms IS NULL OR $5)
       RETURNING seq, probe, reason, started_at, ended_at, rested_ms IS NOT NULL AS rests, ${MS} AS ms
     ), told AS (
       INSERT INTO sexton.audit_log (actor, action, resource_type, pack, run_id, metadata)
       SELECT $6, 'CLEANUP_THROTTLED', $2, $3, $1, jsonb_build_object(
         'job', $4::text, 'run_id', $1::text, 'hold', seq, 'probe', probe, 'reason', reason,
         'from', ${isoSql('started_at', 'milliseconds')}, 'until', ${isoSql('ended_at', 'milliseconds')},
         'seconds', round((ms / 1000)::numeric, 1))
       FROM ended ORDER BY seq ON CONFLICT DO NOTHING
     )
     SELECT probe, ms, rests FROM ended ORDER BY seq`,
    [runId, resourceType, pack, job, rests, AUDIT_ACTOR],
  );
  return rows;
};

/** Time in which a run was kept from working, so far: a bucket of its own beside its work (design §6.6). */
export const readThrottledMs = async (db: Queryable, runId: string): Promise<number> => {
  const { rows } = await db.query(
    `SELECT coalesce(sum(${MS}), 0)::float8 AS ms FROM sexton.hold WHERE run_id = $1`,
    [runId],
  );
  return rows[0].ms;
};
