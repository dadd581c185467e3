// What a step of orphans needs of the tables that name its objects. Rows that the role does not see would make orphans of live
// objects, so whatever hides one is refused; and each page asks every column for thousands of names, so large ones need an index.
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { quote, tableSql } from '../../adapters/postgres/tables/selection-sql.ts';
import { readTableAccess } from '../../adapters/postgres/tables/table-access.ts';
import {
  readColumnTypes,
  readEstimatedRows,
  readIndexes,
} from '../../adapters/postgres/tables/table-facts.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { JobSnapshot } from '../../domain/jobs/job.ts';
import type { TableColumn } from '../../domain/jobs/orphans.ts';
import { failure } from '../failures.ts';
import { holdsPaths, servesPaths } from './objects.ts';
import { LARGE_TABLE_ROWS } from './table.ts';

const KINDS_WITH_ROWS = ['r', 'p'];

/** Returns only where nothing stands against any step of orphans. */
export const requireOrphans = async (db: Queryable, { steps }: Pick<JobSnapshot, 'steps'>): Promise<void> => {
  const faults: string[] = [];
  for (const step of steps) {
    if (step.action !== 'orphans') continue;
    for (const place of step.orphans.referencedBy)
      for (const fault of await columnFaults(db, place)) faults.push(`step ${step.name}: ${fault}`);
  }
  if (faults.length === 0) return;
  throw failure(FAILURE_TYPES.preflightRefused, `${faults.join('; ')}; nothing was deleted`);
};

const columnFaults = async (db: Queryable, place: TableColumn): Promise<readonly string[]> => {
  const name = tableSql(place);
  const { column } = place;
  const access = await readTableAccess(db, place, { reads: [column], updates: [] });
  if (!access || !KINDS_WITH_ROWS.includes(access.kind))
    return [`${name} is no table that can be asked which objects its rows name`];
  const { role, mayRead, notReadable, hidesRows } = access;
  if (!mayRead || notReadable.length > 0)
    return [`role ${role} may not read ${name}. Run: GRANT SELECT ON ${name} TO ${quote(role)}`];
  if (hidesRows)
    return [
      `row-level security of ${name} holds for role ${role}, so objects of rows that it does not see would be taken for ` +
        `orphans. Give the job a role that sees them all: ALTER ROLE ${quote(role)} BYPASSRLS`,
    ];
  const type = (await readColumnTypes(db, place)).get(column);
  if (type === undefined) return [`table ${name} has no column ${column}`];
  if (!holdsPaths(type)) return [`column ${column} of ${name} is of type ${type}, not text`];
  if ((await readEstimatedRows(db, place)) < LARGE_TABLE_ROWS) return [];
  if ((await readIndexes(db, place)).some(servesPaths(column))) return [];
  const concurrently = access.kind === 'p' ? '' : ' CONCURRENTLY';
  return [
    `no index serves ${quote(column)} on ${name}, so each page of objects would read the whole table. Run: ` +
      `CREATE INDEX${concurrently} ON ${name} (${quote(column)}) WHERE ${quote(column)} IS NOT NULL`,
  ];
};
