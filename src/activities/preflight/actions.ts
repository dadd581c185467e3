// What each action needs beyond its selection: statements that Postgres takes, columns that can be marked, tables that this
// role may vacuum.
import type pg from 'pg';
import { itemsSql, markSql } from '../../adapters/postgres/tables/items.ts';
import type { KeyArrays } from '../../adapters/postgres/tables/pack-sql.ts';
import { quote, tableSql } from '../../adapters/postgres/tables/selection-sql.ts';
import { explainFault, statementFault } from '../../adapters/postgres/tables/statement-check.ts';
import { readColumnRules, readColumnTypes } from '../../adapters/postgres/tables/table-facts.ts';
import { readVacuumAccess } from '../../adapters/postgres/tables/vacuum-access.ts';
import type { OneShotStep, VacuumStep } from '../../domain/jobs/one-shot.ts';
import type { BatchedStep, HttpItemsStep, Selection, SqlBatchesStep } from '../../domain/jobs/step.ts';
import { archiveFaults } from './archive.ts';
import { AGE_TYPE } from './table.ts';

/** Of a step whose selection is sound. */
export const actionFaults = async (db: pg.Pool, step: BatchedStep): Promise<readonly string[]> => {
  if (step.action === 'archive') return archiveFaults(db, step);
  if (step.action === 'sql-batches') return batchSqlFaults(db, step);
  if (step.action === 'http-items') return itemFaults(db, step);
  return [];
};

export const oneShotFaults = async (db: pg.Pool, step: OneShotStep): Promise<readonly string[]> => {
  if (step.action === 'vacuum') return vacuumFaults(db, step);
  if (step.action === 'sql') return told('the statement cannot run', await statementFault(db, step.sql));
  return [];
};

const told = (what: string, fault: string | undefined): readonly string[] =>
  fault === undefined ? [] : [`${what}: ${fault}`];

const emptyKeys = ({ key }: Selection): KeyArrays => key.map(() => []);

const batchSqlFaults = async (
  db: pg.Pool,
  { selection, sql }: SqlBatchesStep,
): Promise<readonly string[]> => [
  ...told(
    `rows of ${tableSql(selection)} cannot be locked`,
    await explainFault(db, `SELECT 1 FROM ${tableSql(selection)} WHERE false FOR UPDATE`),
  ),
  ...told('the statement of the batches cannot run', await explainFault(db, sql, emptyKeys(selection))),
];

const itemFaults = async (db: pg.Pool, { selection, http }: HttpItemsStep): Promise<readonly string[]> => {
  const types = await readColumnTypes(db, selection);
  const { doneColumn, thenSql } = http;
  const type = types.get(doneColumn);
  if (type === undefined) return [`table ${tableSql(selection)} has no column ${doneColumn}`];
  const { required, generated } = await readColumnRules(db, selection);
  const keys = emptyKeys(selection);
  return [
    ...(AGE_TYPE.test(type) ? [] : [`column ${doneColumn} is of type ${type}, so it cannot hold an instant`]),
    ...(required.has(doneColumn) || generated.has(doneColumn)
      ? [`column ${quote(doneColumn)} cannot be empty until a row is done: it is NOT NULL or generated`]
      : []),
    ...told(
      'what the requests need cannot be read',
      await explainFault(db, itemsSql(selection, http, { sql: 'false', values: [] })),
    ),
    ...told('rows cannot be marked as done', await explainFault(db, markSql(selection, http, types), keys)),
    ...told(
      'the statement after the requests cannot run',
      thenSql === undefined ? undefined : await explainFault(db, thenSql, keys),
    ),
  ];
};

const vacuumFaults = async (db: pg.Pool, { tables }: VacuumStep): Promise<readonly string[]> => {
  const faults: string[] = [];
  for (const table of tables) {
    const name = `${quote(table.schema)}.${quote(table.table)}`;
    const access = await readVacuumAccess(db, table);
    if (!access) faults.push(`table ${name} does not exist`);
    else if (!access.isTable) faults.push(`${name} is no table, so there is nothing to vacuum`);
    else if (!access.mayVacuum)
      faults.push(
        `role ${access.role} may not vacuum ${name}: only its owner may, or whoever has MAINTAIN (Postgres 17)`,
      );
  }
  return faults;
};
