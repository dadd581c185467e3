// What health checks ask of Postgres' own catalogue: indexes, columns, privileges, and whether things are there. Names come
// quoted and with their schema.
import type { Queryable } from '../pool.ts';

export interface FoundIndex {
  readonly valid: boolean;
  /** It holds something on disk, be it its first page. */
  readonly filled: boolean;
}

/** Undefined where there is no such index. */
export const findIndex = async (db: Queryable, index: string): Promise<FoundIndex | undefined> => {
  const { rows } = await db.query(
    `SELECT indisvalid AND indisready AS valid, pg_relation_size(indexrelid) > 0 AS filled
     FROM pg_index WHERE indexrelid = to_regclass($1)`,
    [index],
  );
  return rows[0];
};

export interface ComparedColumn {
  readonly column: string;
  /** As Postgres names the declared type; null where it knows none of that name. */
  readonly wanted: string | null;
  /** Null where there is no such column. */
  readonly found: string | null;
}

/** Undefined where there is no such table or view. */
export const compareColumns = async (
  db: Queryable,
  table: string,
  columns: Readonly<Record<string, string>>,
): Promise<readonly ComparedColumn[] | undefined> => {
  const { rows } = await db.query(
    `SELECT to_regclass($1) IS NOT NULL AS there, coalesce((
       SELECT jsonb_agg(jsonb_build_object('column', w.key, 'wanted', format_type(to_regtype(w.value), NULL),
         'found', (SELECT format_type(a.atttypid, NULL) FROM pg_attribute a WHERE a.attrelid = to_regclass($1)
           AND a.attname = w.key AND a.attnum > 0 AND NOT a.attisdropped)))
       FROM jsonb_each_text($2) w), '[]') AS columns`,
    [table, JSON.stringify(columns)],
  );
  return rows[0].there ? rows[0].columns : undefined;
};

/** Refused where the table may not be read; what is in it does not matter. */
export const readOneRow = async (db: Queryable, quotedTable: string): Promise<void> => {
  await db.query(`SELECT 1 FROM ${quotedTable} LIMIT 1`);
};

/** Those of the privileges that the role lacks; undefined where there is no such table. */
export const missingPrivileges = async (
  db: Queryable,
  table: string,
  privileges: readonly string[],
): Promise<{ readonly role: string; readonly missing: readonly string[] } | undefined> => {
  const { rows } = await db.query(
    `SELECT current_user::text AS role, to_regclass($1) IS NOT NULL AS there,
       ARRAY(SELECT p FROM unnest($2::text[]) WITH ORDINALITY AS given (p, place)
         WHERE NOT has_table_privilege(to_regclass($1)::oid, p) ORDER BY place) AS missing`,
    [table, privileges],
  );
  const { there, role, missing } = rows[0];
  return there ? { role, missing } : undefined;
};

interface Sought {
  /** As people know it. */
  readonly name: string;
  /** As Postgres finds it. */
  readonly sought: string;
}

interface Objects {
  readonly tables: readonly Sought[];
  readonly views: readonly Sought[];
  readonly functions: readonly Sought[];
}

/** Those that are not there, each with what it should be: `view cleanup_job_monitoring`. */
export const missingObjects = async (
  db: Queryable,
  { tables, views, functions }: Objects,
): Promise<readonly string[]> => {
  const { rows } = await db.query(
    `SELECT kind || ' ' || name AS missing FROM (
       SELECT 1 AS place, 'table' AS kind, name, EXISTS (
         SELECT FROM pg_class WHERE oid = to_regclass(sought) AND relkind IN ('r', 'p', 'f')) AS there
         FROM jsonb_to_recordset($1) t (name text, sought text)
       UNION ALL SELECT 2, 'view', name, EXISTS (
         SELECT FROM pg_class WHERE oid = to_regclass(sought) AND relkind IN ('v', 'm'))
         FROM jsonb_to_recordset($2) v (name text, sought text)
       UNION ALL SELECT 3, 'function', name, to_regprocedure(sought) IS NOT NULL
         FROM jsonb_to_recordset($3) f (name text, sought text)
     ) asked WHERE NOT there ORDER BY place, name`,
    [tables, views, functions].map((each) => JSON.stringify(each)),
  );
  return rows.map(({ missing }) => missing);
};
