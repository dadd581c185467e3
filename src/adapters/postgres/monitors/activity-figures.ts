// What goes on in a database, from Postgres' own views, and the counters whose growth says more than their height.
import type { Queryable } from '../pool.ts';

/** Postgres stamps its views with the real time, whatever sexton.now() was moved to. */
const WALL = `(SELECT sexton.now() - "offset" FROM sexton.clock)`;

const CLIENTS = "backend_type = 'client backend' AND pid <> pg_backend_pid()";

const NOW = {
  'connections-share': `SELECT count(*) / current_setting('max_connections')::float8 FROM pg_stat_activity
    WHERE backend_type = 'client backend'`,
  'oldest-transaction': `SELECT coalesce(greatest(0, extract(epoch FROM ${WALL} - min(xact_start))), 0)::float8
    FROM pg_stat_activity WHERE ${CLIENTS} AND datname = current_database()`,
  'waiting-locks': `SELECT count(*)::float8 FROM pg_stat_activity
    WHERE ${CLIENTS} AND datname = current_database() AND wait_event_type = 'Lock'`,
} as const;

export type FigureNow = keyof typeof NOW;

export const isFigureNow = (of: string): of is FigureNow => Object.hasOwn(NOW, of);

export interface MaySee {
  /** Without the right to, the columns of other roles' sessions are empty and every figure would read as nothing. */
  readonly maySee: boolean;
  readonly role: string;
}

export const readFigureNow = async (
  db: Queryable,
  of: FigureNow,
): Promise<MaySee & { readonly value: number }> => {
  const { rows } = await db.query(
    `SELECT (${NOW[of]})::float8 AS value, pg_has_role('pg_read_all_stats', 'USAGE') AS "maySee", current_user::text AS role`,
  );
  return rows[0];
};

const RESET = 'coalesce(extract(epoch FROM stats_reset), 0)::float8';

/** Of the whole database since its statistics were last set back. */
export const readDatabaseCounters = async (db: Queryable): Promise<Readonly<Record<string, number>>> => {
  const { rows } = await db.query(
    `SELECT blks_hit::float8 AS hit, blks_read::float8 AS read, xact_rollback::float8 AS rollbacks,
       deadlocks::float8 AS deadlocks, ${RESET} AS reset FROM pg_stat_database WHERE datname = current_database()`,
  );
  return rows[0];
};

/** Schema of the extension; undefined where it is not installed. */
export const statementsSchema = async (db: Queryable): Promise<string | undefined> => {
  const { rows } = await db.query(
    `SELECT quote_ident(n.nspname) AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
     WHERE e.extname = 'pg_stat_statements'`,
  );
  return rows[0]?.schema;
};

/** Of statements in this database whose text is like the pattern, all of them without one. */
export const readStatementCounters = async (
  db: Queryable,
  schema: string,
  like: string | undefined,
): Promise<Readonly<Record<string, number>>> => {
  const { rows } = await db.query(
    `SELECT coalesce(sum(calls), 0)::float8 AS calls, coalesce(sum(total_exec_time), 0)::float8 AS ms,
       (SELECT ${RESET} FROM ${schema}.pg_stat_statements_info) AS reset
     FROM ${schema}.pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
     WHERE d.datname = current_database() AND ($1::text IS NULL OR s.query ILIKE $1)`,
    [like ?? null],
  );
  return rows[0];
};
