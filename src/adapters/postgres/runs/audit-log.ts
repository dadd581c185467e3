// The audit log's statements. Each may be tried again after a crash: unique indexes keep one start, one row a
// slice and one ending per run.
import { AUDIT_ACTOR, type TerminalAction } from '../../../domain/jobs/audit.ts';
import type { StepPlan } from '../../../domain/jobs/job.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

interface Subject {
  readonly runId: string;
  readonly pack: string;
  readonly resourceType: string;
}

/** What the start row fixes, so that a second attempt at beginning finds the same. */
export interface Started {
  readonly startedAt: string;
  readonly cutoff: string;
  readonly eligible: number;
  readonly eligibleIsEstimate: boolean;
  /** By the step's name; none in rows of before a job could have several. */
  readonly steps: Readonly<Record<string, StepPlan>>;
}

/** Writes the start row unless this run has one, and returns what stands there. */
export const recordStart = async (
  db: Queryable,
  subject: Subject,
  metadata: Readonly<Record<string, unknown>>,
): Promise<Started> => {
  await db.query(
    `INSERT INTO sexton.audit_log (actor, action, resource_type, pack, run_id, metadata)
     VALUES ($1, 'CLEANUP_STARTED', $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [AUDIT_ACTOR, subject.resourceType, subject.pack, subject.runId, JSON.stringify(metadata)],
  );
  const started = await readStarted(db, subject.runId);
  if (!started) throw new Error(`the start row of run ${subject.runId} was not written`);
  return started;
};

/** Undefined where the run has not begun. */
export const readStarted = async (db: Queryable, runId: string): Promise<Started | undefined> => {
  const { rows } = await db.query(
    `SELECT ${isoSql('"timestamp"', 'microseconds')} AS "startedAt", metadata ->> 'cutoff' AS cutoff,
       (metadata ->> 'eligible')::float8 AS eligible, coalesce(metadata -> 'steps', '{}') AS steps,
       (metadata ->> 'eligible_is_estimate')::boolean AS "eligibleIsEstimate"
     FROM sexton.audit_log WHERE run_id = $1 AND action = 'CLEANUP_STARTED'`,
    [runId],
  );
  return rows[0];
};

/** One CLEANUP_BATCH_COMPLETED row for each slice that is in the ledger and has none yet. */
export const recordSlices = async (db: Queryable, subject: Subject, job: string): Promise<void> => {
  await db.query(
    `INSERT INTO sexton.audit_log (actor, action, resource_type, pack, run_id, metadata)
     SELECT $1, 'CLEANUP_BATCH_COMPLETED', $2, $3, $4, jsonb_build_object(
       'job', $5::text, 'run_id', $4::text, 'slice', slice,
       'batches', count(*) FILTER (WHERE result IS NULL), 'records_processed', sum(deleted),
       'avg_batch_ms', round(avg(ms)::numeric, 1), 'max_batch_ms', round(max(ms)::numeric, 1))
       || CASE WHEN count(result) > 0
          THEN jsonb_build_object('step', max(step), 'results', jsonb_agg(result ORDER BY seq)) ELSE '{}' END
       || CASE WHEN max(attempt) > 1 THEN jsonb_build_object('attempts', max(attempt)) ELSE '{}' END
     FROM sexton.ledger WHERE run_id = $4 GROUP BY slice ORDER BY slice
     ON CONFLICT DO NOTHING`,
    [AUDIT_ACTOR, subject.resourceType, subject.pack, subject.runId, job],
  );
};

interface EndingSubject extends Subject {
  readonly action: TerminalAction;
  /** Instant of the ending where it is told later; now by default. */
  readonly at?: string;
}

/** Writes the run's one ending; false where it already had one. */
export const recordEnding = async (
  db: Queryable,
  { action, resourceType, pack, runId, at }: EndingSubject,
  metadata: Readonly<Record<string, unknown>>,
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `INSERT INTO sexton.audit_log (actor, action, resource_type, pack, run_id, metadata, "timestamp")
     VALUES ($1, $2, $3, $4, $5, $6, coalesce($7, sexton.now())) ON CONFLICT DO NOTHING`,
    [AUDIT_ACTOR, action, resourceType, pack, runId, JSON.stringify(metadata), at ?? null],
  );
  return rowCount === 1;
};

/** Batch size that a run began with; null where it never began. */
export const readBatchSize = async (db: Queryable, runId: string): Promise<number | null> => {
  const { rows } = await db.query(
    `SELECT (metadata ->> 'batch_size')::int AS size FROM sexton.audit_log
     WHERE run_id = $1 AND action = 'CLEANUP_STARTED'`,
    [runId],
  );
  return rows[0]?.size ?? null;
};

export interface EndingRow {
  readonly action: TerminalAction;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export const readEnding = async (db: Queryable, runId: string): Promise<EndingRow | undefined> => {
  const { rows } = await db.query(
    `SELECT action, metadata FROM sexton.audit_log WHERE run_id = $1 AND action IN
       ('CLEANUP_COMPLETED', 'CLEANUP_FAILED', 'CLEANUP_STOPPED', 'CLEANUP_LOCK_SKIPPED', 'CLEANUP_DRY_RUN')`,
    [runId],
  );
  return rows[0];
};
