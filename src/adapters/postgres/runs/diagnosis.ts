// What somebody asks of a database at night when a run is slow: batches, waits, locks, errors. Reads, and nothing else.
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

/** Postgres stamps its views with the real time, whatever sexton.now() was moved to. */
const WALL = `(SELECT sexton.now() - "offset" FROM sexton.clock)`;

/** Longer statements are cut: their beginning says what they do. */
const SHOWN_CHARACTERS = 200;

const statement = (session: string): string =>
  `left(regexp_replace(${session}.query, '\\s+', ' ', 'g'), ${SHOWN_CHARACTERS})`;

const seconds = (since: string): string =>
  `round(greatest(0, extract(epoch FROM ${WALL} - ${since}))::numeric, 1)::float8`;

export interface NewestRun {
  readonly runId: string;
  readonly workflowId: string;
  readonly state: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly batches: number | null;
  readonly avgBatchMs: number | null;
  readonly maxBatchMs: number | null;
  readonly lockWaitMs: number | null;
}

/** The newest run that is no dry run; undefined where the job never ran. */
export const readNewestRun = async (
  home: Queryable,
  { pack, job }: { readonly pack: string; readonly job: string },
): Promise<NewestRun | undefined> => {
  const { rows } = await home.query(
    `SELECT run_id AS "runId", workflow_id AS "workflowId", state, ${isoSql('started_at', 'seconds')} AS "startedAt",
       ${isoSql('ended_at', 'seconds')} AS "endedAt", batches, avg_batch_ms AS "avgBatchMs", max_batch_ms AS "maxBatchMs",
       lock_wait_ms AS "lockWaitMs"
     FROM sexton.run WHERE pack = $1 AND job = $2 AND NOT dry_run ORDER BY started_at DESC LIMIT 1`,
    [pack, job],
  );
  return rows[0];
};

export interface SlowBatch {
  readonly step: string;
  readonly seq: number;
  readonly at: string;
  readonly ms: number;
  readonly rows: number;
  /** Rows that others held locked and that were passed by. */
  readonly locked: number;
}

/** The slowest first. */
export const readSlowBatches = async (
  target: Queryable,
  runId: string,
  most: number,
): Promise<readonly SlowBatch[]> => {
  const { rows } = await target.query(
    `SELECT step, seq, ${isoSql('at', 'seconds')} AS at, round(ms::numeric, 1)::float8 AS ms, deleted AS rows, locked
     FROM sexton.ledger WHERE run_id = $1 AND result IS NULL ORDER BY sexton.ledger.ms DESC, seq LIMIT $2`,
    [runId, most],
  );
  return rows;
};

export interface WaitingSession {
  readonly pid: number;
  readonly application: string;
  readonly waitsFor: string;
  readonly seconds: number;
  readonly statement: string;
}

/** Sessions at work in this database that wait for something. */
export const readWaits = async (target: Queryable): Promise<readonly WaitingSession[]> => {
  const { rows } = await target.query(
    `SELECT pid, coalesce(application_name, '') AS application, wait_event_type || ': ' || wait_event AS "waitsFor",
       ${seconds('query_start')} AS seconds, ${statement('a')} AS statement
     FROM pg_stat_activity a
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND wait_event IS NOT NULL
     ORDER BY query_start LIMIT 20`,
  );
  return rows;
};

export interface UngrantedLock {
  readonly pid: number;
  readonly mode: string;
  /** Table, or the kind of thing where it is none. */
  readonly on: string;
  readonly seconds: number | null;
}

export const readUngrantedLocks = async (target: Queryable): Promise<readonly UngrantedLock[]> => {
  const { rows } = await target.query(
    `SELECT l.pid, l.mode, coalesce(l.relation::regclass::text, l.locktype) AS on, ${seconds('l.waitstart')} AS seconds
     FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE NOT l.granted AND a.datname = current_database() ORDER BY l.waitstart LIMIT 20`,
  );
  return rows;
};

export interface BlockedPair {
  readonly blocked: number;
  readonly blockedStatement: string;
  readonly blocking: number;
  readonly blockingState: string;
  readonly blockingStatement: string;
  readonly blockingApplication: string;
}

export const readBlockedPairs = async (target: Queryable): Promise<readonly BlockedPair[]> => {
  const { rows } = await target.query(
    `SELECT a.pid AS blocked, ${statement('a')} AS "blockedStatement", b.pid AS blocking, coalesce(b.state, '') AS "blockingState",
       ${statement('b')} AS "blockingStatement", coalesce(b.application_name, '') AS "blockingApplication"
     FROM pg_stat_activity a CROSS JOIN LATERAL unnest(pg_blocking_pids(a.pid)) blocker(pid)
     JOIN pg_stat_activity b ON b.pid = blocker.pid
     WHERE a.datname = current_database() ORDER BY a.pid, b.pid LIMIT 20`,
  );
  return rows;
};

export interface RecentError {
  readonly at: string;
  readonly runId: string;
  readonly code: string;
  readonly message: string;
}

/** Failed runs of the last 24 hours, the newest first. */
export const readRecentErrors = async (
  home: Queryable,
  { pack, job }: { readonly pack: string; readonly job: string },
): Promise<readonly RecentError[]> => {
  const { rows } = await home.query(
    `SELECT ${isoSql('ended_at', 'seconds')} AS at, run_id AS "runId", coalesce(error_code, '') AS code,
       coalesce(error_message, '') AS message
     FROM sexton.run WHERE pack = $1 AND job = $2 AND NOT dry_run AND error_code IS NOT NULL
       AND ended_at > sexton.now() - interval '24 hours' ORDER BY ended_at DESC LIMIT 10`,
    [pack, job],
  );
  return rows;
};
