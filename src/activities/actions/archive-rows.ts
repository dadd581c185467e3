// Rows move into their archive: locked and copied by one statement, compared and deleted by the next, since the parts of one
// statement do not see each other's writes. Whatever is not in the archive exactly as it is in the source stays.

import type { Queryable } from '../../adapters/postgres/pool.ts';
import type { ArchiveFacts } from '../../adapters/postgres/tables/archive-facts.ts';
import {
  type Condition,
  columnsSql,
  keyTextSql,
  quote,
  tableSql,
} from '../../adapters/postgres/tables/selection-sql.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { ArchiveStep } from '../../domain/jobs/step.ts';
import { failure } from '../failures.ts';
import type { BatchContext } from './batch.ts';

type ArchiveContext = Pick<BatchContext, 'claim' | 'archive'> & { readonly step: ArchiveStep };

/** Rows that were copied and that something in the database keeps in their table; that is a row's own fault. */
class Kept extends Error {
  readonly code = 'P0001';
}

/** Returns how many rows moved: all of the condition's, or it throws. */
export const archiveRows = async (
  tx: Queryable,
  { step, claim, archive: facts }: ArchiveContext,
  condition: Condition,
): Promise<number> => {
  if (!facts) throw new TypeError(`step ${step.name} does not know its archive's columns`);
  const copied = await copyRows(tx, { step, facts, runId: claim.runId }, condition);
  if (copied === 0) return 0;
  const proof = proofSql(step, facts);
  const source = tableSql(step.selection);
  const { sql, values } = condition;
  const { rowCount } = await tx.query(`DELETE FROM ${source} WHERE ${sql} AND ${proof}`, [...values]);
  const moved = rowCount ?? 0;
  if (moved < copied) await explain(tx, { step, proof, condition, left: copied - moved });
  return moved;
};

interface CopyInput {
  readonly step: ArchiveStep;
  readonly facts: ArchiveFacts;
  readonly runId: string;
}

/** A row that is there already is left as it is: the comparison finds out whether it is the same. */
const copyRows = async (
  tx: Queryable,
  { step: { selection, archive }, facts, runId }: CopyInput,
  { sql, values }: Condition,
): Promise<number> => {
  const stamps: readonly (readonly [string, string])[] = [
    ...(archive.archivedAt === undefined ? [] : [[archive.archivedAt, 'sexton.now()'] as const]),
    ...(archive.runId === undefined ? [] : [[archive.runId, `$${values.length + 1}::text`] as const]),
  ];
  const into = columnsSql([...facts.written, ...stamps.map(([column]) => column)]);
  const from = [columnsSql(facts.written), ...stamps.map(([, value]) => value)].join(', ');
  const { rows } = await tx.query(
    `WITH locked AS MATERIALIZED (
       SELECT ${columnsSql([...new Set([...selection.key, ...facts.columns])])} FROM ${tableSql(selection)}
       WHERE ${sql} FOR UPDATE
     ), copied AS (
       INSERT INTO ${archiveSql(archive)} (${into}) OVERRIDING SYSTEM VALUE SELECT ${from} FROM locked
       ON CONFLICT (${columnsSql(selection.key)}) DO NOTHING
     )
     SELECT count(*)::int AS locked, (SELECT count(*)::int FROM pg_attribute
       WHERE attrelid = ${literalTable(selection)} AND attnum > 0 AND NOT attisdropped) AS columns
     FROM locked`,
    [...values, ...(archive.runId === undefined ? [] : [runId])],
  );
  const { locked, columns } = rows[0];
  if (archive.columns === undefined && columns !== facts.sourceColumns) throw changed(selection);
  return locked;
};

/** True where the archive holds the row byte by byte, false where it holds another one, NULL where it holds none. */
const proofSql = ({ selection, archive }: ArchiveStep, { columns }: ArchiveFacts): string => {
  const of = (table: string) => columns.map((column) => `${table}.${quote(column)}`).join(', ');
  const source = tableSql(selection);
  const sameKey = selection.key
    .map((key) => `archived.${quote(key)} = ${source}.${quote(key)}`)
    .join(' AND ');
  // A subquery in this place is never joined: each row is looked up by the archive's unique index, however large that is.
  return `(SELECT record_image_eq(ROW(${of('archived')}), ROW(${of(source)})) FROM ${archiveSql(archive)} archived WHERE ${sameKey})`;
};

interface LeftInput {
  readonly step: ArchiveStep;
  readonly proof: string;
  readonly condition: Condition;
  readonly left: number;
}

/** Throws what kept the rows; either way the whole batch is rolled back. */
const explain = async (
  tx: Queryable,
  { step, proof, condition: { sql, values }, left }: LeftInput,
): Promise<never> => {
  const { selection, archive } = step;
  const found = async (what: string): Promise<string | undefined> => {
    const { rows } = await tx.query(
      `SELECT ${keyTextSql(selection)} AS name FROM ${tableSql(selection)} WHERE ${sql} AND ${proof} ${what} LIMIT 1`,
      [...values],
    );
    return rows[0]?.name;
  };
  const differs = await found('IS FALSE');
  const missing = differs === undefined ? await found('IS NULL') : undefined;
  const name = differs ?? missing;
  if (name === undefined) {
    throw new Kept(
      `${left} rows of ${tableSql(selection)} were archived, but a trigger or rule keeps them there`,
    );
  }
  const what =
    differs === undefined
      ? 'is not in the archive although it was copied'
      : 'has other content in the archive';
  throw failure(
    FAILURE_TYPES.archiveConflict,
    `archive_conflict: row ${name} of ${tableSql(selection)} ${what} (${archiveSql(archive)}). The run stops; nothing of ` +
      'this batch was deleted or archived. Compare the two rows, put the archive right, then start the job again',
  );
};

const changed = (selection: ArchiveStep['selection']): Error =>
  failure(
    FAILURE_TYPES.batchFailed,
    `the columns of ${tableSql(selection)} changed while the run went on; the batch was rolled back and the run tries ` +
      'again with the columns of now',
  );

const archiveSql = ({ schema, table }: ArchiveStep['archive']): string => `${quote(schema)}.${quote(table)}`;

/** For the catalogue: a name in a text literal. */
const literalTable = (selection: ArchiveStep['selection']): string =>
  `'${tableSql(selection).replaceAll("'", "''")}'::regclass`;
