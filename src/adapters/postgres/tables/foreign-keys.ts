// Foreign keys that a delete has to look up, and whether an index serves each of them. Read from the catalogue alone:
// the lookups run as the tables' owners, so this role may not even be able to read those tables.
import type { Selection } from '../../../domain/jobs/step.ts';
import type { Queryable } from '../pool.ts';
import { tableSql } from './selection-sql.ts';

export interface Reference {
  readonly constraint: string;
  /** The referencing table. */
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** No index of it can be built concurrently. */
  readonly partitioned: boolean;
  /** Table whose rows it references, as `schema.table`: the selection's own, or one that a cascade empties. */
  readonly references: string;
  /** Rows that each lookup reads because no index serves it, by the planner's reckoning. */
  readonly unservedRows: number;
}

/** Rows of `c` as the planner reckons them: density by statistics, or by the width of its columns, times pages. */
const RECKONED_ROWS = `
  (pg_relation_size(c.oid) / current_setting('block_size')::float8) *
  CASE WHEN c.reltuples >= 0 AND c.relpages > 0 THEN c.reltuples / c.relpages
       ELSE (current_setting('block_size')::float8 - 24) / (28 + (
         SELECT coalesce(sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE 32 END), 0) FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) END`;

/**
 * - gone: the table, its partitions and children, and every table that a cascade empties in turn.
 * - roots: the foreign keys to them, each as it was declared; Postgres notes one more for every partition.
 * - leaves: where the rows of a referencing table lie.
 *
 * An index serves where its first columns are those of the key, in any order. A partial one only where all it asks is
 * that they are not null, which the lookup implies.
 */
const REFERENCES = `
  WITH RECURSIVE gone(oid) AS (
    SELECT $1::regclass::oid
    UNION
    SELECT next.oid FROM gone g CROSS JOIN LATERAL (
      SELECT i.inhrelid AS oid FROM pg_inherits i WHERE i.inhparent = g.oid
      UNION ALL
      SELECT f.conrelid FROM pg_constraint f WHERE f.contype = 'f' AND f.confrelid = g.oid AND f.confdeltype = 'c'
    ) next
  ), climb(oid, up) AS (
    SELECT f.oid, f.conparentid FROM pg_constraint f JOIN gone g ON g.oid = f.confrelid WHERE f.contype = 'f'
    UNION
    SELECT f.oid, f.conparentid FROM climb x JOIN pg_constraint f ON f.oid = x.up
  ), roots AS (
    SELECT f.*, (SELECT array_agg(a.attname ORDER BY k.place) FROM unnest(f.conkey) WITH ORDINALITY k(attnum, place)
                 JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.attnum) AS names
    FROM pg_constraint f JOIN climb x ON x.oid = f.oid
    WHERE f.conparentid = 0 AND coalesce((to_jsonb(f) ->> 'conenforced')::boolean, true)
  ), leaves(root, oid) AS (
    SELECT r.oid, r.conrelid FROM roots r
    UNION ALL
    SELECT l.root, i.inhrelid FROM leaves l JOIN pg_class p ON p.oid = l.oid AND p.relkind = 'p'
      JOIN pg_inherits i ON i.inhparent = l.oid
  ), unserved AS (
    SELECT l.root, sum(${RECKONED_ROWS}) AS rows
    FROM leaves l JOIN roots r ON r.oid = l.root JOIN pg_class c ON c.oid = l.oid AND c.relkind = 'r'
    WHERE NOT EXISTS (
      SELECT 1 FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am m ON m.oid = i.relam
      WHERE x.indrelid = l.oid AND x.indisvalid AND x.indisready AND m.amname IN ('btree', 'hash')
        AND (SELECT array_agg(a.attname ORDER BY a.attname) FROM unnest(x.indkey) WITH ORDINALITY k(attnum, place)
             JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
               AND a.attcollation = (SELECT o FROM unnest(x.indcollation) WITH ORDINALITY n(o, at) WHERE n.at = k.place)
             WHERE k.place <= least(cardinality(r.conkey), x.indnkeyatts))
            = (SELECT array_agg(n ORDER BY n) FROM unnest(r.names) n)
        AND (x.indpred IS NULL OR (
          SELECT bool_and(part = ANY (SELECT format('(%I IS NOT NULL)', n) FROM unnest(r.names) n))
          FROM regexp_split_to_table(
            regexp_replace(pg_get_expr(x.indpred, x.indrelid), '^\\((\\(.*\\))\\)$', '\\1'), ' AND ') part)))
    GROUP BY l.root
  )
  SELECT r.conname AS constraint, n.nspname AS schema, c.relname AS table, to_jsonb(r.names) AS columns,
    c.relkind = 'p' AS partitioned, format('%s.%s', rn.nspname, rc.relname) AS references,
    u.rows::float8 AS "unservedRows"
  FROM unserved u JOIN roots r ON r.oid = u.root
    JOIN pg_class c ON c.oid = r.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class rc ON rc.oid = r.confrelid JOIN pg_namespace rn ON rn.oid = rc.relnamespace
  ORDER BY n.nspname, c.relname, r.conname`;

/** Foreign keys without a serving index, wherever a delete of the selection's rows has to look them up. */
export const readUnservedReferences = async (
  db: Queryable,
  selection: Selection,
): Promise<readonly Reference[]> => (await db.query(REFERENCES, [tableSql(selection)])).rows;
