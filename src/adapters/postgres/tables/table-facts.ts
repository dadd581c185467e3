// What the catalogue and the planner know of a table: column types, indexes, sizes, and the plan of a query.
import type { Selection } from '../../../domain/jobs/step.ts';
import type { Queryable } from '../pool.ts';
import { type Condition, columnsSql, quote, selected, type TableName, tableSql } from './selection-sql.ts';

/** Column name → type as SQL writes it, e.g. `timestamp with time zone`. Empty where the table is missing. */
export const readColumnTypes = async (
  db: Queryable,
  { schema, table }: TableName,
): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await db.query(
    `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped`,
    [schema, table],
  );
  return new Map(rows.map((row) => [row.name, row.type]));
};

export interface ColumnRules {
  /** Every row must fill them. */
  readonly required: ReadonlySet<string>;
  /** Postgres itself computes them. */
  readonly generated: ReadonlySet<string>;
}

export const readColumnRules = async (db: Queryable, { schema, table }: Selection): Promise<ColumnRules> => {
  const { rows } = await db.query(
    `SELECT a.attname AS name, a.attnotnull AS required, a.attgenerated <> '' AS generated
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped`,
    [schema, table],
  );
  const namesWhere = (rule: 'required' | 'generated'): ReadonlySet<string> =>
    new Set(rows.filter((row) => row[rule]).map((row): string => row.name));
  return { required: namesWhere('required'), generated: namesWhere('generated') };
};

export interface IndexFact {
  readonly name: string;
  readonly leadingColumn: string | null;
  readonly columns: readonly string[];
  readonly unique: boolean;
  readonly partial: boolean;
  /** What a partial index is restricted to, as Postgres writes it. */
  readonly predicate: string | null;
}

/** Valid B-tree indexes of the table. An index that is still being built serves no query. */
export const readIndexes = async (
  db: Queryable,
  { schema, table }: TableName,
): Promise<readonly IndexFact[]> => {
  const { rows } = await db.query(
    `SELECT i.relname AS name, x.indisunique AS "unique", x.indpred IS NOT NULL AS partial,
       pg_get_expr(x.indpred, x.indrelid) AS predicate,
       (SELECT coalesce(json_agg(a.attname ORDER BY k.place), '[]') FROM unnest(x.indkey) WITH ORDINALITY k(attnum, place)
        JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum WHERE k.place <= x.indnkeyatts) AS columns,
       (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = x.indrelid AND a.attnum = x.indkey[0]) AS "leadingColumn"
     FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am m ON m.oid = i.relam
     WHERE n.nspname = $1 AND c.relname = $2 AND x.indisvalid AND x.indisready AND m.amname = 'btree'`,
    [schema, table],
  );
  return rows;
};

/** The planner's idea of the table's rows: right for a table that grew, or was never analysed, as well. */
export const readEstimatedRows = async (db: Queryable, selection: TableName): Promise<number> => {
  const { rows } = await db.query(`EXPLAIN (FORMAT JSON) SELECT 1 FROM ${tableSql(selection)}`);
  return rows[0]['QUERY PLAN'][0].Plan['Plan Rows'];
};

/**
 * Functions, those of operators included, that the pack's condition calls and that may answer differently each
 * time. Postgres itself says which: it is given the condition as a view for the length of a transaction.
 */
export const readVolatileFunctions = async (
  tx: Queryable,
  selection: Selection,
): Promise<readonly string[]> => {
  await tx.query(
    `CREATE TEMP VIEW sexton_condition AS SELECT 1 AS n FROM ${tableSql(selection)} WHERE (${selection.where}\n)`,
  );
  const { rows } = await tx.query(
    `SELECT DISTINCT proname AS name FROM pg_proc WHERE provolatile = 'v' AND oid IN (
       SELECT called[1]::oid FROM pg_rewrite, regexp_matches(ev_action::text, ':(?:func|opfunc)id (\\d+)', 'g') called
       WHERE ev_class = 'pg_temp.sexton_condition'::regclass) ORDER BY name`,
  );
  await tx.query('DROP VIEW pg_temp.sexton_condition');
  return rows.map((row) => row.name);
};

/** Rows that the planner expects; also proves that the predicate parses and is boolean. Nothing is executed. */
export const explainEstimate = async (
  db: Queryable,
  selection: Selection,
  cutoff: string,
): Promise<number> => {
  const { sql, values } = selected(selection, cutoff);
  const { rows } = await db.query(`EXPLAIN (FORMAT JSON) SELECT 1 FROM ${tableSql(selection)} WHERE ${sql}`, [
    ...values,
  ]);
  return rows[0]['QUERY PLAN'][0].Plan['Plan Rows'];
};

export const countWhere = async (
  db: Queryable,
  selection: Selection,
  condition: Condition,
): Promise<number> => {
  const { rows } = await db.query(
    `SELECT count(*)::float8 AS n FROM ${tableSql(selection)} WHERE ${condition.sql}`,
    [...condition.values],
  );
  return rows[0].n;
};

/** Keys of the oldest selected rows. */
export const sampleKeys = async (
  db: Queryable,
  selection: Selection,
  condition: Condition,
  limit: number,
): Promise<readonly Readonly<Record<string, string>>[]> => {
  const keys = selection.key.map((column) => `${quote(column)}::text`).join(', ');
  const order = columnsSql(selection.orderBy);
  const { rows } = await db.query(
    `SELECT ${keys} FROM ${tableSql(selection)} WHERE ${condition.sql} ORDER BY ${order} LIMIT ${Math.trunc(limit)}`,
    [...condition.values],
  );
  return rows;
};

/** A table's file: what pages it has, and which file it is; a rewrite makes it another one. */
export interface HeapFacts {
  readonly pages: number;
  readonly file: string;
}

export const readHeap = async (db: Queryable, selection: Selection): Promise<HeapFacts> => {
  const { rows } = await db.query(
    `SELECT (pg_relation_size($1::regclass) / current_setting('block_size')::int)::float8 AS pages,
       coalesce(pg_relation_filenode($1::regclass), 0)::text AS file`,
    [tableSql(selection)],
  );
  return rows[0];
};

/** What the planner knows of a table. */
export interface TableStatistics {
  readonly rows: number;
  readonly pages: number;
  readonly partitioned: boolean;
  /** How closely the age column follows the order of the pages, −1 to 1; undefined where nobody has analysed it yet. */
  readonly correlation: number | undefined;
}

export const readStatistics = async (db: Queryable, selection: Selection): Promise<TableStatistics> => {
  const { pages } = await readHeap(db, selection);
  const { rows } = await db.query(
    `SELECT c.relkind = 'p' AS partitioned,
       (SELECT s.correlation FROM pg_stats s
        WHERE s.schemaname = $2 AND s.tablename = $3 AND s.attname = $4 AND NOT s.inherited) AS correlation
     FROM pg_class c WHERE c.oid = $1::regclass`,
    [tableSql(selection), selection.schema, selection.table, selection.age.column],
  );
  const { partitioned, correlation } = rows[0];
  return {
    rows: await readEstimatedRows(db, selection),
    pages,
    partitioned,
    correlation: correlation ?? undefined,
  };
};

/**
 * After many rows went, the planner still believes that the index alone answers, while each of its dead entries sends it to
 * a page of its own: minutes where reading the table takes seconds. For the rest of the transaction.
 */
export const avoidDeadEntries = async (tx: Queryable): Promise<void> => {
  await tx.query('SET LOCAL enable_indexonlyscan = off');
};

/** Whether any row of the condition is there, by whatever plan finds that out soonest. */
export const isAny = async (db: Queryable, selection: Selection, condition: Condition): Promise<boolean> => {
  const { rows } = await db.query(`SELECT 1 FROM ${tableSql(selection)} WHERE ${condition.sql} LIMIT 1`, [
    ...condition.values,
  ]);
  return rows.length > 0;
};
