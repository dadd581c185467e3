// Whether a table can be vacuumed by this role: Postgres itself would only warn and leave it out.
import type { Queryable } from '../pool.ts';

export interface VacuumAccess {
  readonly role: string;
  readonly isTable: boolean;
  readonly mayVacuum: boolean;
}

/** Postgres 17 on has a privilege for it; before, only owners may, of the table or of its database. */
const MAINTAIN_SINCE = 170_000;

/** Undefined where there is no such table. */
export const readVacuumAccess = async (
  db: Queryable,
  { schema, table }: { readonly schema: string; readonly table: string },
): Promise<VacuumAccess | undefined> => {
  const { rows } = await db.query(
    `SELECT c.oid, current_user AS role, c.relkind IN ('r', 'p', 'm') AS "isTable",
       pg_has_role(c.relowner, 'USAGE') OR pg_has_role(d.datdba, 'USAGE') AS "mayVacuum",
       current_setting('server_version_num')::int AS version
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_database d
     WHERE n.nspname = $1 AND c.relname = $2 AND d.datname = current_database()`,
    [schema, table],
  );
  const row = rows[0];
  if (!row) return undefined;
  const { oid, role, isTable, mayVacuum, version } = row;
  if (mayVacuum || version < MAINTAIN_SINCE) return { role, isTable, mayVacuum };
  const granted = await db.query("SELECT has_table_privilege($1::oid, 'MAINTAIN') AS may", [oid]);
  return { role, isTable, mayVacuum: granted.rows[0].may };
};
