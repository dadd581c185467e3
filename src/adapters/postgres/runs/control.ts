// What people asked of runs and resources, in the target database: each change together with its audit row.
import { AUDIT_ACTOR, type ControlAction, TERMINAL_ACTIONS } from '../../../domain/jobs/audit.ts';
import type { Hold } from '../../../domain/jobs/control.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

/** The job and run that an audit row is about; a resource is spoken of without a run. */
export interface ControlSubject {
  readonly pack: string;
  readonly job: string;
  readonly resourceType: string;
  readonly runId?: string;
}

export const recordControl = async (
  db: Queryable,
  { pack, job, resourceType, runId }: ControlSubject,
  action: ControlAction,
  metadata: Readonly<Record<string, unknown>>,
): Promise<void> => {
  await db.query(
    `INSERT INTO sexton.audit_log (actor, action, resource_type, pack, run_id, metadata)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [
      AUDIT_ACTOR,
      action,
      resourceType,
      pack,
      runId ?? null,
      JSON.stringify({ job, ...(runId && { run_id: runId }), ...metadata }),
    ],
  );
};

const HOLD_ACTION = { pause: 'CLEANUP_PAUSED', stop: 'CLEANUP_STOP_REQUESTED' } as const;

/**
 * Holds the run from its next batch on. A stop is never turned into a pause. Asking twice changes nothing, and neither does
 * asking a run that has told its end: nobody would take that row away again.
 */
export const holdRun = async (
  tx: Queryable,
  subject: ControlSubject & { readonly runId: string },
  { kind, by, reason }: Hold,
): Promise<void> => {
  const { rowCount } = await tx.query(
    `INSERT INTO sexton.control AS c (scope, subject, hold, by, reason)
     SELECT 'run', $1, $2, $3, $4
     WHERE NOT EXISTS (SELECT 1 FROM sexton.audit_log WHERE run_id = $1 AND action = ANY($5))
     ON CONFLICT (scope, subject) DO UPDATE SET hold = $2, by = $3, reason = $4, at = sexton.now()
     WHERE c.hold IS DISTINCT FROM $2 AND c.hold IS DISTINCT FROM 'stop'`,
    [subject.runId, kind, by, reason ?? null, TERMINAL_ACTIONS],
  );
  if (rowCount === 1) await recordControl(tx, subject, HOLD_ACTION[kind], { by, ...(reason && { reason }) });
};

/** Lets a paused run go on; a stopped one stays stopped. */
export const releaseRun = async (
  tx: Queryable,
  subject: ControlSubject & { readonly runId: string },
  { by, reason }: Pick<Hold, 'by' | 'reason'>,
): Promise<void> => {
  const { rowCount } = await tx.query(
    "DELETE FROM sexton.control WHERE scope = 'run' AND subject = $1 AND hold = 'pause'",
    [subject.runId],
  );
  if (rowCount === 1) await recordControl(tx, subject, 'CLEANUP_RESUMED', { by, ...(reason && { reason }) });
};

/** What was asked of a run, if anything. */
export const readHold = async (db: Queryable, runId: string): Promise<Hold | undefined> => {
  const { rows } = await db.query(
    `SELECT hold AS kind, by, reason FROM sexton.control WHERE scope = 'run' AND subject = $1 AND hold IS NOT NULL`,
    [runId],
  );
  const [row] = rows;
  return row && { kind: row.kind, by: row.by, ...(row.reason && { reason: row.reason }) };
};

/** What was asked of a run means nothing once it has ended. */
export const forgetHold = async (db: Queryable, runId: string): Promise<void> => {
  await db.query("DELETE FROM sexton.control WHERE scope = 'run' AND subject = $1", [runId]);
};

/** The batch size that a person set for a resource; undefined where the declared one holds. */
export const readBatchLimit = async (db: Queryable, resource: string): Promise<number | undefined> => {
  const { rows } = await db.query(
    "SELECT batch_rows AS rows FROM sexton.control WHERE scope = 'resource' AND subject = $1",
    [resource],
  );
  return rows[0]?.rows ?? undefined;
};

export interface BatchSetting {
  readonly rows: number;
  readonly by: string;
  /** ISO-8601, to the second. */
  readonly at: string;
}

/** Who set the batch size that holds, and when; undefined where the declared one holds. */
export const readBatchSetting = async (
  db: Queryable,
  resource: string,
): Promise<BatchSetting | undefined> => {
  const { rows } = await db.query(
    `SELECT batch_rows AS rows, by, ${isoSql('at', 'seconds')} AS at FROM sexton.control
     WHERE scope = 'resource' AND subject = $1 AND batch_rows IS NOT NULL`,
    [resource],
  );
  return rows[0];
};

export interface BatchLimit {
  readonly resource: string;
  /** Undefined sets the declared size again. */
  readonly rows: number | undefined;
  /** Size that the job declares. */
  readonly declared: number;
  readonly by: string;
}

/** Sets the size for the next batch and for later runs, with old and new in the audit log (SLA-93). */
export const setBatchLimit = async (
  tx: Queryable,
  subject: ControlSubject,
  { resource, rows, declared, by }: BatchLimit,
): Promise<{ readonly before: number; readonly after: number }> => {
  // Two at once would both tell the size that was before either of them.
  await tx.query("SELECT pg_advisory_xact_lock(hashtext('sexton.control'), hashtext($1))", [resource]);
  const before = (await readBatchLimit(tx, resource)) ?? declared;
  const after = rows ?? declared;
  // The declared size is no size of its own: it follows the declaration.
  if (after === declared) {
    await tx.query("DELETE FROM sexton.control WHERE scope = 'resource' AND subject = $1", [resource]);
  } else {
    await tx.query(
      `INSERT INTO sexton.control (scope, subject, batch_rows, by) VALUES ('resource', $1, $2, $3)
       ON CONFLICT (scope, subject) DO UPDATE SET batch_rows = $2, by = $3, at = sexton.now()`,
      [resource, after, by],
    );
  }
  if (before !== after) {
    await recordControl(tx, subject, 'CLEANUP_BATCH_SIZE_SET', { by, old: before, new: after });
  }
  return { before, after };
};

export interface LastProgress {
  /** Instant of the newest batch, or of the start where there was none yet. */
  readonly at: string;
  readonly secondsAgo: number;
}

/** By the target's own clock; undefined where the run has not begun there. */
export const readLastProgress = async (db: Queryable, runId: string): Promise<LastProgress | undefined> => {
  const { rows } = await db.query(
    `SELECT ${isoSql('at', 'seconds')} AS at, extract(epoch FROM sexton.now() - at)::float8 AS "secondsAgo" FROM (
       SELECT max(at) AS at FROM (
         SELECT max(at) AS at FROM sexton.ledger WHERE run_id = $1
         UNION ALL
         SELECT "timestamp" FROM sexton.audit_log WHERE run_id = $1 AND action = 'CLEANUP_STARTED') seen) newest
     WHERE at IS NOT NULL`,
    [runId],
  );
  return rows[0];
};
