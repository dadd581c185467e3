// Whether a table is one that a job can work on, and whether this role may: what the catalogue says of it.
import type { Queryable } from '../pool.ts';
import type { TableName } from './selection-sql.ts';

export interface TableAccess {
  /** `r` and `p` (partitioned) hold rows of their own; see pg_class.relkind for the others. */
  readonly kind: string;
  readonly role: string;
  /** Privileges of the role, the schema's USAGE included in each. */
  readonly mayRead: boolean;
  readonly mayDelete: boolean;
  /** Those of the columns asked for that the role may not read, or not update. */
  readonly notReadable: readonly string[];
  readonly notUpdatable: readonly string[];
  /** Row-level security would hide rows from the role. */
  readonly hidesRows: boolean;
}

/** Columns among the parameter's that the role lacks the privilege on. */
const without = (privilege: 'SELECT' | 'UPDATE', parameter: string): string =>
  `(SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]') FROM pg_attribute a
    WHERE a.attrelid = c.oid AND a.attname = ANY(${parameter}) AND NOT a.attisdropped
      AND NOT has_column_privilege(c.oid, a.attnum, '${privilege}'))`;

interface Columns {
  readonly reads: readonly string[];
  /** Columns that the step's action writes. */
  readonly updates: readonly string[];
}

/** Undefined where there is no such table. */
export const readTableAccess = async (
  db: Queryable,
  { schema, table }: TableName,
  { reads, updates }: Columns,
): Promise<TableAccess | undefined> => {
  const { rows } = await db.query(
    `SELECT c.relkind AS kind, current_user AS role, u.usage AND has_any_column_privilege(c.oid, 'SELECT') AS "mayRead",
       u.usage AND has_table_privilege(c.oid, 'DELETE') AS "mayDelete", row_security_active(c.oid) AS "hidesRows",
       ${without('SELECT', '$3')} AS "notReadable", ${without('UPDATE', '$4')} AS "notUpdatable"
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       CROSS JOIN LATERAL (SELECT has_schema_privilege(n.oid, 'USAGE') AS usage) u
     WHERE n.nspname = $1 AND c.relname = $2`,
    [schema, table, reads, updates],
  );
  return rows[0];
};
