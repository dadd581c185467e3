// What a step of objects needs of its table: a path that can be cleared, and an index to look for that path again.
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { quote, tableSql } from '../../adapters/postgres/tables/selection-sql.ts';
import {
  type IndexFact,
  readColumnRules,
  readColumnTypes,
  readEstimatedRows,
  readIndexes,
} from '../../adapters/postgres/tables/table-facts.ts';
import type { BlobsStep } from '../../domain/jobs/step.ts';
import { AGE_TYPE, LARGE_TABLE_ROWS } from './table.ts';

/** Types of columns that hold paths. */
export const holdsPaths = (type: string): boolean => /^(text|character varying.*)$/.test(type);

/** Whether an index finds the rows of a path. */
export const servesPaths =
  (column: string) =>
  ({ leadingColumn, predicate }: IndexFact): boolean => {
    const present = [column, quote(column)].map((name) => `(${name} IS NOT NULL)`);
    return leadingColumn === column && (predicate === null || present.includes(predicate));
  };

/** The path is looked for again before its object goes: on a large table that needs an index of its own. */
export const objectFaults = async (
  db: Queryable,
  { selection, blobs }: BlobsStep,
  partitioned: boolean,
): Promise<readonly string[]> => {
  const types = await readColumnTypes(db, selection);
  const { column, deletedAt } = blobs;
  const missing = [column, ...(deletedAt === undefined ? [] : [deletedAt])].filter(
    (name) => !types.has(name),
  );
  if (missing.length > 0) return [`table ${tableSql(selection)} has no column ${missing.join(', ')}`];
  const faults: string[] = [];
  if (!holdsPaths(types.get(column) ?? ''))
    faults.push(`path column ${column} is of type ${types.get(column)}, not text`);
  if (deletedAt !== undefined && !AGE_TYPE.test(types.get(deletedAt) ?? ''))
    faults.push(
      `column ${deletedAt} is of type ${types.get(deletedAt)}, so it cannot hold the instant of deletion`,
    );
  const { required, generated } = await readColumnRules(db, selection);
  if (required.has(column) || generated.has(column))
    faults.push(`path column ${column} cannot be cleared: it is NOT NULL or generated`);
  if ((await readEstimatedRows(db, selection)) < LARGE_TABLE_ROWS) return faults;
  if ((await readIndexes(db, selection)).some(servesPaths(column))) return faults;
  const concurrently = partitioned ? '' : ' CONCURRENTLY';
  return [
    ...faults,
    `no index serves ${quote(column)} on ${tableSql(selection)}, so asking whether a row names an object again would ` +
      `read the whole table. Run: CREATE INDEX${concurrently} ON ${tableSql(selection)} (${quote(column)}) ` +
      `WHERE ${quote(column)} IS NOT NULL`,
  ];
};
