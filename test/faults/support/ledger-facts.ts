// What a run's ledger says of its faults, and whether the table and the audit log say the same.
import type pg from 'pg';
import { TABLE } from './busy-table.ts';

/** One fault, as it is told afterwards. */
export interface ToldFault {
  readonly fault: string;
  /** By the database's clock, as text. */
  readonly at: string;
}

export interface FaultFigures {
  readonly fault: string;
  /** Seconds since the run began. */
  readonly second: number;
  readonly rowsBefore: number;
  /** Up to the first batch that began after the fault, itself included. */
  readonly rowsAfter: number;
  readonly secondsUntilNextBatch: number;
}

const one = async (db: pg.Pool, sql: string, values: unknown[] = []) => (await db.query(sql, values)).rows[0];

/** The instant by the database's clock, and what the run's ledger holds. */
export const glance = async (
  db: pg.Pool,
  runId: string,
): Promise<{ readonly at: string; readonly rows: number; readonly batches: number }> =>
  one(
    db,
    `SELECT clock_timestamp()::text AS at, coalesce(sum(deleted), 0)::int AS rows, count(*)::int AS batches
     FROM sexton.ledger WHERE run_id = $1`,
    [runId],
  );

interface Attempt {
  readonly slice: number;
  readonly attempt: number;
}

/** Who may delete at the moment. */
export const fenced = (db: pg.Pool, resource: string): Promise<Attempt> =>
  one(db, 'SELECT slice, attempt FROM sexton.fence WHERE resource = $1', [resource]);

/** What one attempt has committed. */
export const batchesOf = async (db: pg.Pool, runId: string, { slice, attempt }: Attempt): Promise<number> =>
  (
    await one(
      db,
      'SELECT count(*)::int AS n FROM sexton.ledger WHERE run_id = $1 AND slice = $2 AND attempt = $3',
      [runId, slice, attempt],
    )
  ).n;

/** A fault after which no batch began has no next one, and is told with the rows of the end. */
export const figuresOf = (db: pg.Pool, runId: string, { fault, at }: ToldFault): Promise<FaultFigures> =>
  one(
    db,
    `WITH began AS (SELECT min("timestamp") AS at FROM sexton.audit_log WHERE run_id = $1 AND action = 'CLEANUP_STARTED'),
       next AS (SELECT min(at) AS at FROM sexton.ledger WHERE run_id = $1 AND at > $2::timestamptz)
     SELECT $3::text AS fault, round(extract(epoch FROM $2::timestamptz - began.at), 1)::float8 AS second,
       (SELECT coalesce(sum(deleted), 0)::int FROM sexton.ledger WHERE run_id = $1 AND at <= $2::timestamptz) AS "rowsBefore",
       (SELECT coalesce(sum(deleted), 0)::int FROM sexton.ledger WHERE run_id = $1 AND at <= coalesce(next.at, 'infinity'))
         AS "rowsAfter",
       round(extract(epoch FROM next.at - $2::timestamptz), 1)::float8 AS "secondsUntilNextBatch"
     FROM began, next`,
    [runId, at, fault],
  );

/** How many batches each attempt wrote, and whether any came after a later attempt's. */
export const attemptsOf = async (
  db: pg.Pool,
  runId: string,
): Promise<{ readonly attempts: number; readonly takenOver: number; readonly outOfTurn: number }> =>
  one(
    db,
    `SELECT count(DISTINCT (slice, attempt))::int AS attempts,
       count(DISTINCT slice) FILTER (WHERE attempt > 1)::int AS "takenOver",
       count(*) FILTER (WHERE (slice, attempt) < (slice_before, attempt_before))::int AS "outOfTurn"
     FROM (SELECT slice, attempt, lag(slice, 1, 0) OVER w AS slice_before, lag(attempt, 1, 0) OVER w AS attempt_before
       FROM sexton.ledger WHERE run_id = $1 WINDOW w AS (ORDER BY seq)) entry`,
    [runId],
  );

/** Every figure that has to be 0, and the two that have to be equal. */
export interface Exactness {
  readonly ledger: number;
  readonly gone: number;
  readonly goneTwice: number;
  readonly goneThoughYoung: number;
  /** Rows that were due all the time and are still there. */
  readonly leftThoughDue: number;
}

export const exactness = (
  db: pg.Pool,
  { runIds, cutoff, newest }: { runIds: readonly string[]; cutoff: string; newest: number },
): Promise<Exactness> =>
  one(
    db,
    `SELECT (SELECT sum(deleted)::int FROM sexton.ledger WHERE run_id = ANY($1)) AS ledger,
       count(*) FILTER (WHERE who = 'sexton')::int AS gone,
       (count(uid) - count(DISTINCT uid))::int AS "goneTwice",
       count(*) FILTER (WHERE who = 'sexton' AND (age >= $2::timestamptz) IS NOT FALSE)::int AS "goneThoughYoung",
       (SELECT count(*)::int FROM ${TABLE} t WHERE age < $2::timestamptz AND uid <= $3
          AND NOT EXISTS (SELECT 1 FROM public.chaos_made_young y WHERE y.uid = t.uid)) AS "leftThoughDue"
     FROM public.chaos_gone`,
    [runIds, cutoff, newest],
  );

export const endingsOf = async (
  db: pg.Pool,
  runId: string,
): Promise<readonly { readonly action: string; readonly metadata: Readonly<Record<string, unknown>> }[]> =>
  (
    await db.query(
      `SELECT action, metadata FROM sexton.audit_log WHERE run_id = $1 AND action IN ('CLEANUP_COMPLETED',
         'CLEANUP_FAILED', 'CLEANUP_STOPPED', 'CLEANUP_LOCK_SKIPPED', 'CLEANUP_DRY_RUN')`,
      [runId],
    )
  ).rows;
