// What a step needs whose rows are as old as those that they refer to: the other table, its age, and indexes both ways.
import type pg from 'pg';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { columnsSql, quote, selected, tableSql } from '../../adapters/postgres/tables/selection-sql.ts';
import { explainFault } from '../../adapters/postgres/tables/statement-check.ts';
import {
  readColumnRules,
  readColumnTypes,
  readEstimatedRows,
  readIndexes,
  readVolatileFunctions,
} from '../../adapters/postgres/tables/table-facts.ts';
import type { Parents, Selection } from '../../domain/jobs/step.ts';
import { AGE_TYPE, LARGE_TABLE_ROWS } from './table.ts';

export const parentFaults = async (
  db: pg.Pool,
  selection: Selection,
  cutoff: string,
): Promise<readonly string[]> => {
  const { of, column } = selection.age;
  if (!of) return [];
  const parents = { ...selection, ...of, where: of.where ?? 'true' };
  const types = await readColumnTypes(db, of);
  const missing = [...new Set([column, ...of.key, ...of.orderBy])].filter((name) => !types.has(name));
  if (types.size === 0) return [`table ${tableSql(of)} does not exist or is not readable`];
  if (missing.length > 0) return [`table ${tableSql(of)} has no column ${missing.join(', ')}`];
  const type = types.get(column) ?? '';
  if (!AGE_TYPE.test(type))
    return [`age column ${column} of ${tableSql(of)} is of type ${type}, not a timestamp or date`];
  const { required } = await readColumnRules(db, parents);
  const optional = of.orderBy.filter((name) => name !== column && !required.has(name));
  if (optional.length > 0)
    return [
      `rows of ${tableSql(of)} cannot be walked through in the order of ${optional.join(', ')}, which may be NULL`,
    ];
  const condition = selected({ ...selection, where: 'true' }, cutoff).sql.replaceAll('$1', `'${cutoff}'`);
  const fault = await explainFault(db, `SELECT 1 FROM ${tableSql(selection)} WHERE ${condition}`);
  if (fault !== undefined)
    return [`the rows that ${tableSql(selection)} refers to cannot be asked for: ${fault}`];
  const volatile = await inTransaction(db, (tx) => readVolatileFunctions(tx, parents));
  return [
    ...(volatile.length === 0
      ? []
      : [
          `the condition on ${tableSql(of)} calls ${volatile.join(', ')}, whose answer may change within a run`,
        ]),
    ...(await unserved(db, of, of.orderBy)),
    ...(await unserved(db, selection, of.by)),
  ];
};

const unserved = async (
  db: pg.Pool,
  table: Pick<Parents, 'schema' | 'table'>,
  columns: readonly string[],
): Promise<readonly string[]> => {
  if ((await readEstimatedRows(db, table)) < LARGE_TABLE_ROWS) return [];
  const indexes = await readIndexes(db, table);
  if (indexes.some(({ leadingColumn, partial }) => leadingColumn === columns[0] && !partial)) return [];
  const name = tableSql(table);
  return [
    `no index serves ${columns.map(quote).join(', ')} on ${name}, so each batch would read the whole table. ` +
      `Run: CREATE INDEX CONCURRENTLY ON ${name} (${columnsSql(columns)})`,
  ];
};
