// Makes a layout's table in a database of its own, once. Every measurement gets a copy of it.
import { eligibleRows, type Layout } from './layouts.ts';
import { TABLE } from './terms.ts';

/** Shuffles in the same way each time: every run of the benchmark has the same data. */
const SHUFFLED = 'hashint8extended(n, 42), n';

/** About 170 bytes a row in the heap, header and line pointer included. No autovacuum: it would hit one method or another. */
const tableSql = `
  CREATE TABLE ${TABLE} (
    id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    tenant integer NOT NULL,
    payload text NOT NULL
  ) WITH (autovacuum_enabled = off)`;

/** `n` is a row's place by age. The eligible are 40 to 400 days old, the others up to 20. */
const fillSql = ({ heap }: Layout): string => `
  INSERT INTO ${TABLE}
  SELECT ${heap === 'random age' ? 'place' : 'n'},
    now() - CASE WHEN n <= $2 THEN interval '400 days' - interval '360 days' * (n::float8 / $2)
      ELSE interval '20 days' * (1 - (n - $2)::float8 / greatest($1 - $2, 1)) END,
    n % 1000, left(repeat(md5(n::text), 4), 122)
  FROM (
    SELECT n, row_number() OVER (ORDER BY ${heap === 'correlated' ? 'n' : SHUFFLED}) AS place
    FROM generate_series(1, $1::bigint) n
  ) rows ORDER BY place`;

const indexesSql = `
  ALTER TABLE ${TABLE} ADD PRIMARY KEY (id);
  CREATE INDEX event_by_age ON ${TABLE} (created_at, id)`;

/** One note for every fourth event. */
const wideSql = `
  CREATE INDEX event_by_tenant ON ${TABLE} (tenant, created_at);
  CREATE INDEX event_by_token ON ${TABLE} (left(payload, 16));
  CREATE TABLE public.event_note (
    id bigint PRIMARY KEY,
    event_id bigint NOT NULL REFERENCES ${TABLE} (id) ON DELETE CASCADE,
    body text NOT NULL
  ) WITH (autovacuum_enabled = off);
  INSERT INTO public.event_note SELECT id, id, payload FROM ${TABLE} WHERE id % 4 = 0 ORDER BY id;
  CREATE INDEX event_note_by_event ON public.event_note (event_id)`;

/** As much of a connection as this needs. */
interface Connection {
  query(sql: string, values?: unknown[]): Promise<unknown>;
}

/** Fills an empty database: vacuumed, analysed, hints and visibility set, as a table that has been there for long. */
export const fillTemplate = async (db: Connection, layout: Layout, rows: number): Promise<void> => {
  await db.query(`SET work_mem = '128MB'; SET maintenance_work_mem = '256MB'`);
  await db.query(tableSql);
  await db.query(fillSql(layout), [rows, eligibleRows(layout, rows)]);
  await db.query(indexesSql);
  if (layout.wide) await db.query(wideSql);
  await db.query('VACUUM (FREEZE, ANALYZE)');
};
