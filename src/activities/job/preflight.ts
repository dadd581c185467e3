// Refuses a job that would harm its database, with the reason and the statement that would help.
import type pg from 'pg';
import { inTransaction, type Queryable } from '../../adapters/postgres/pool.ts';
import { columnsSql, quote, tableSql } from '../../adapters/postgres/selection-sql.ts';
import {
  explainEstimate,
  type IndexFact,
  readColumnRules,
  readColumnTypes,
  readEstimatedRows,
  readIndexes,
  readVolatileFunctions,
} from '../../adapters/postgres/table-facts.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { BlobsStep, Selection, StepSnapshot } from '../../domain/job.ts';
import { failure, messageOf, sqlState } from '../failures.ts';

/** From this many rows on, a selection that no index serves is refused (design §6.1). */
const LARGE_TABLE_ROWS = 10_000;

/** As SQL writes them: `date`, `timestamp with time zone`, `timestamp(3) without time zone`. */
const AGE_TYPE = /^(date|timestamp.*)$/;

const TEXT_TYPE = /^(text|character varying.*)$/;

const refuse = (reason: string): never => {
  throw failure(FAILURE_TYPES.preflightRefused, `${reason}; nothing was deleted`);
};

const requireColumns = async (db: Queryable, selection: Selection): Promise<void> => {
  const types = await readColumnTypes(db, selection);
  if (types.size === 0) refuse(`table ${tableSql(selection)} does not exist or is not readable`);
  const wanted = [...selection.key, ...selection.orderBy, selection.age.column];
  const missing = [...new Set(wanted.filter((column) => !types.has(column)))];
  if (missing.length > 0) refuse(`table ${tableSql(selection)} has no column ${missing.join(', ')}`);
  const ageType = types.get(selection.age.column) ?? '';
  if (!AGE_TYPE.test(ageType)) {
    refuse(`age column ${selection.age.column} is of type ${ageType}, not a timestamp or date`);
  }
  // A row whose age is unknown is never selected; of every other column the next window begins after its value.
  const { required } = await readColumnRules(db, selection);
  const optional = selection.orderBy.filter((name) => name !== selection.age.column && !required.has(name));
  if (optional.length > 0)
    refuse(`rows cannot be walked through in the order of ${optional.join(', ')}, which may be NULL`);
};

const requireIndex = async (db: Queryable, selection: Selection): Promise<void> => {
  if ((await readEstimatedRows(db, selection)) < LARGE_TABLE_ROWS) return;
  const indexes = await readIndexes(db, selection);
  if (indexes.some((index) => index.leadingColumn === selection.orderBy[0] && !index.partial)) return;
  refuse(
    `no index serves ${columnsSql(selection.orderBy)} on ${tableSql(selection)}, so each batch would read the whole ` +
      `table. Run: CREATE INDEX CONCURRENTLY ON ${tableSql(selection)} (${columnsSql(selection.orderBy)})`,
  );
};

const requirePredicate = async (db: pg.Pool, selection: Selection, cutoff: string): Promise<void> => {
  const { where, ...plain } = selection;
  if (!where) return;
  try {
    await explainEstimate(db, selection, cutoff);
    // Alone as well as in brackets: `a) OR (b` passes only in brackets and would undo the age condition.
    await db.query(`EXPLAIN SELECT 1 FROM ${tableSql(plain)} WHERE ${where}`);
  } catch (error) {
    if (!sqlState(error)?.startsWith('42')) throw error;
    refuse(`the condition "${where}" is not a boolean SQL expression on this table (${messageOf(error)})`);
  }
  const volatile = await inTransaction(db, (tx) => readVolatileFunctions(tx, selection));
  if (volatile.length > 0) {
    refuse(`the condition calls ${volatile.join(', ')}, whose answer may change within a run`);
  }
};

/** The path is looked for again before its object goes: on a large table that needs an index of its own. */
const requireObjects = async (db: Queryable, { selection, blobs }: BlobsStep): Promise<void> => {
  const types = await readColumnTypes(db, selection);
  const { column, deletedAt } = blobs;
  const missing = [column, ...(deletedAt === undefined ? [] : [deletedAt])].filter(
    (name) => !types.has(name),
  );
  if (missing.length > 0) refuse(`table ${tableSql(selection)} has no column ${missing.join(', ')}`);
  if (!TEXT_TYPE.test(types.get(column) ?? ''))
    refuse(`path column ${column} is of type ${types.get(column)}, not text`);
  if (deletedAt !== undefined && !AGE_TYPE.test(types.get(deletedAt) ?? ''))
    refuse(
      `column ${deletedAt} is of type ${types.get(deletedAt)}, so it cannot hold the instant of deletion`,
    );
  const { required, generated } = await readColumnRules(db, selection);
  if (required.has(column) || generated.has(column))
    refuse(`path column ${column} cannot be cleared: it is NOT NULL or generated`);
  if ((await readEstimatedRows(db, selection)) < LARGE_TABLE_ROWS) return;
  const present = [column, quote(column)].map((name) => `(${name} IS NOT NULL)`);
  const serves = ({ leadingColumn, predicate }: IndexFact): boolean =>
    leadingColumn === column && (predicate === null || present.includes(predicate));
  if ((await readIndexes(db, selection)).some(serves)) return;
  refuse(
    `no index serves ${quote(column)} on ${tableSql(selection)}, so asking whether a row names an object again would ` +
      `read the whole table. Run: CREATE INDEX CONCURRENTLY ON ${tableSql(selection)} (${quote(column)}) ` +
      `WHERE ${quote(column)} IS NOT NULL`,
  );
};

export const preflight = async (db: pg.Pool, step: StepSnapshot, cutoff: string): Promise<void> => {
  const { selection } = step;
  await requireColumns(db, selection);
  await requireIndex(db, selection);
  if (step.action === 'blobs') await requireObjects(db, step);
  await requirePredicate(db, selection, cutoff);
};
