// What the catalogue says of an archive table beside its source: which columns are copied, and what keeps it from holding them.
import type { ArchiveStep } from '../../../domain/jobs/step.ts';
import type { Queryable } from '../pool.ts';

/** How rows are copied, read once a slice. */
export interface ArchiveFacts {
  /** Columns that are kept, each compared before its row goes. */
  readonly columns: readonly string[];
  /** Those of them that are written; the archive computes the others itself. */
  readonly written: readonly string[];
  /** How many columns the source had when this was read. */
  readonly sourceColumns: number;
}

export interface ArchiveColumn {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly hasDefault: boolean;
  readonly generated: boolean;
}

/** Undefined where there is no such table. In the order of the table. */
export const readColumns = async (
  db: Queryable,
  { schema, table }: { readonly schema: string; readonly table: string },
): Promise<readonly ArchiveColumn[] | undefined> => {
  const { rows } = await db.query(
    `SELECT coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
       'required', a.attnotnull, 'generated', a.attgenerated <> '',
       'hasDefault', a.atthasdef OR a.attidentity <> '') ORDER BY a.attnum) FILTER (WHERE a.attnum > 0), '[]') AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p') GROUP BY c.oid`,
    [schema, table],
  );
  return rows[0]?.columns;
};

export const readArchiveFacts = async (
  db: Queryable,
  { selection, archive }: ArchiveStep,
): Promise<ArchiveFacts> => {
  const source = (await readColumns(db, selection)) ?? [];
  const generated = new Set(
    ((await readColumns(db, archive)) ?? []).filter((column) => column.generated).map(({ name }) => name),
  );
  const columns = archive.columns ?? source.map(({ name }) => name);
  return { columns, written: columns.filter((name) => !generated.has(name)), sourceColumns: source.length };
};

export interface ArchiveAccess {
  readonly role: string;
  readonly mayLock: boolean;
  /** Of the archive: read what it holds, and insert. */
  readonly mayRead: boolean;
  readonly mayInsert: boolean;
  /** A unique index on exactly the key, which an insert can name. */
  readonly uniqueKey: boolean;
}

export const readArchiveAccess = async (
  db: Queryable,
  { selection, archive }: ArchiveStep,
): Promise<ArchiveAccess | undefined> => {
  const { rows } = await db.query(
    `SELECT current_user AS role, has_any_column_privilege(source.oid, 'UPDATE') AS "mayLock",
       has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS "mayRead",
       has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'INSERT') AS "mayInsert",
       EXISTS (SELECT 1 FROM pg_index x WHERE x.indrelid = c.oid AND x.indisunique AND x.indisvalid AND x.indimmediate
         AND x.indpred IS NULL AND x.indexprs IS NULL AND x.indnkeyatts = cardinality($5::text[])
         AND (SELECT bool_and(a.attname = ANY($5)) FROM unnest(x.indkey) WITH ORDINALITY k(attnum, place)
              JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
              WHERE k.place <= x.indnkeyatts)) AS "uniqueKey"
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
       pg_class source JOIN pg_namespace m ON m.oid = source.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND m.nspname = $3 AND source.relname = $4`,
    [archive.schema, archive.table, selection.schema, selection.table, selection.key],
  );
  return rows[0];
};
