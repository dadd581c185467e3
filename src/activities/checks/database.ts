// `postgres`, `index`, `table-shape`, `privileges`, `objects`: what a database answers, and what its catalogue says.
import {
  compareColumns,
  findIndex,
  missingObjects,
  missingPrivileges,
  readOneRow,
} from '../../adapters/postgres/health/catalogue.ts';
import { pingDatabase } from '../../adapters/postgres/health/ping.ts';
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { lookReadOnly } from '../../adapters/postgres/read-only.ts';
import { quote } from '../../adapters/postgres/tables/sql-names.ts';
import type {
  IndexParams,
  ObjectsParams,
  PostgresParams,
  PrivilegesParams,
  TableParams,
} from '../../domain/health/check-params.ts';
import { askedTwice, type Finding, failed, passed } from '../../domain/health/finding.ts';
import { lookingAt } from '../measures/looking.ts';
import { type AskedCheck, type CheckDependencies, type CheckKind, paramsOfCheck } from './check-kind.ts';

/** In public unless it says otherwise, whatever the role's search path; capitals are kept. */
const quoted = (relation: string): string =>
  (relation.includes('.') ? relation.split('.') : ['public', relation]).map(quote).join('.');

/** A function with the types of its arguments. */
const inPublic = (signature: string): string =>
  /^[^(]*\./.test(signature) ? signature : `public.${signature}`;

export const createPostgresCheck =
  (dependencies: CheckDependencies): CheckKind =>
  async (asked) => {
    const { database, warnAboveMs } = paramsOfCheck(asked) as PostgresParams;
    const pool = lookingAt(dependencies, asked.pack, database);
    return askedTwice(() => pingDatabase(pool, asked.signal), warnAboveMs);
  };

const looking =
  (
    dependencies: CheckDependencies,
    judge: (db: Queryable, asked: AskedCheck) => Promise<Finding>,
  ): CheckKind =>
  async (asked) => {
    const { database } = paramsOfCheck(asked) as { readonly database: string };
    const pool = lookingAt(dependencies, asked.pack, database);
    return lookReadOnly(pool, asked, (tx) => judge(tx, asked));
  };

/** The texts are SLA-45's. A failed build leaves an index that is not valid; one without a page serves nothing. */
export const createIndexCheck = (dependencies: CheckDependencies): CheckKind =>
  looking(dependencies, async (db, asked) => {
    const { index } = paramsOfCheck(asked) as IndexParams;
    const found = await findIndex(db, quoted(index));
    if (!found) return failed('Index not found');
    return found.valid && found.filled ? passed() : failed('Index invalid');
  });

export const createTableShapeCheck = (dependencies: CheckDependencies): CheckKind =>
  looking(dependencies, async (db, asked) => {
    const { table, columns } = paramsOfCheck(asked) as TableParams;
    const compared = await compareColumns(db, quoted(table), columns);
    if (!compared) return failed(`there is no table or view ${table}`);
    const wrong = compared.flatMap(({ column, wanted, found }) => {
      if (found === null) return [`column ${column} is missing`];
      if (wanted === null) return [`column ${column} is declared with a type that Postgres does not know`];
      return wanted === found ? [] : [`column ${column} is ${found} and not ${wanted}`];
    });
    if (wrong.length > 0) return failed(wrong.join('; '));
    await readOneRow(db, quoted(table));
    return passed();
  });

export const createPrivilegesCheck = (dependencies: CheckDependencies): CheckKind =>
  looking(dependencies, async (db, asked) => {
    const { table, privileges } = paramsOfCheck(asked) as PrivilegesParams;
    const found = await missingPrivileges(db, quoted(table), privileges);
    if (!found) return failed(`there is no table ${table}`);
    const { role, missing } = found;
    return missing.length === 0 ? passed() : failed(`${role} may not ${missing.join(', ')} on ${table}`);
  });

export const createObjectsCheck = (dependencies: CheckDependencies): CheckKind =>
  looking(dependencies, async (db, asked) => {
    const { tables, views, functions } = paramsOfCheck(asked) as ObjectsParams;
    const named = (names: readonly string[]) => names.map((name) => ({ name, sought: quoted(name) }));
    const missing = await missingObjects(db, {
      tables: named(tables),
      views: named(views),
      functions: functions.map((name) => ({ name, sought: inPublic(name) })),
    });
    return missing.length === 0 ? passed() : failed(`missing: ${missing.join(', ')}`);
  });
