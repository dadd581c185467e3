// What else goes on in a database, in one cheap statement over Postgres' own views. Never inside a transaction: what is
// read must be of now, and looking must hold nothing.
import type { Figure, Look } from '../../../domain/jobs/throttle.ts';
import type { Queryable } from '../pool.ts';

/** Postgres stamps its views with the real time, whatever sexton.now() was moved to. */
const WALL = `(SELECT sexton.now() - "offset" FROM sexton.clock)`;

/** Sessions of other programs in this database; all of Sexton's own share one name. */
const OTHERS = `a.datname = current_database() AND a.pid <> pg_backend_pid()
  AND a.application_name IS DISTINCT FROM current_setting('application_name')`;

/** A standby that answers nothing for two of its reporting intervals while it is behind has no lag to show. */
const SILENT_SECONDS = 20;

/** A session that answers one short query after the other is at work also between two of them. */
const JUST_NOW = `interval '100 milliseconds'`;

const SQL: Readonly<Record<Figure, string>> = {
  // Physical replicas only. A backup or an archive replays nothing, so its columns are empty and it has no say.
  replicaLag: `SELECT max(greatest(extract(epoch FROM r.replay_lag),
      CASE WHEN r.replay_lsn < pg_current_wal_lsn() AND r.reply_time < ${WALL} - interval '${SILENT_SECONDS} seconds'
        THEN extract(epoch FROM ${WALL} - r.reply_time) END))::float8
    FROM pg_stat_replication r WHERE NOT EXISTS
      (SELECT 1 FROM pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'logical')`,
  // Advisory locks are waited for on purpose and for long, by leader elections say.
  lockWaiters: `SELECT count(*)::int FROM pg_stat_activity a
    WHERE ${OTHERS} AND a.wait_event_type = 'Lock' AND a.wait_event <> 'advisory'`,
  // What keeps dead rows from being cleared away: an open transaction with a snapshot or an id, also a prepared one.
  oldestSnapshot: `SELECT extract(epoch FROM ${WALL} - min(since))::float8 FROM (
      SELECT a.xact_start AS since FROM pg_stat_activity a
      WHERE ${OTHERS} AND a.backend_type = 'client backend' AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL)
      UNION ALL SELECT prepared FROM pg_prepared_xacts WHERE database = current_database()) open`,
  yield: `SELECT count(*)::int FROM pg_stat_activity a WHERE ${OTHERS} AND a.backend_type = 'client backend'
    AND (a.state = 'active' OR a.state_change > ${WALL} - ${JUST_NOW})`,
};

export interface Readings extends Pick<Look, 'atMs' | 'figures'> {
  /** Without the right to, the columns of other roles' sessions are empty and every figure would read as nothing. */
  readonly maySee: boolean;
  /** Role that asks. */
  readonly role: string;
}

export const readFigures = async (db: Queryable, figures: readonly Figure[]): Promise<Readings> => {
  const columns = figures.map((figure) => `(${SQL[figure]}) AS "${figure}"`);
  const { rows } = await db.query(
    `SELECT ${[
      'extract(epoch FROM sexton.now())::float8 * 1000 AS "atMs"',
      `pg_has_role('pg_read_all_stats', 'USAGE') AS "maySee"`,
      'current_user::text AS role',
      ...columns,
    ].join(', ')}`,
  );
  const { atMs, maySee, role, ...found } = rows[0];
  return { atMs, maySee, role, figures: found };
};
