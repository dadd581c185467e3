// What a step needs of its archive: the source's columns with their types, a key that tells rows apart, and nothing that
// would refuse a copy.

import type { Queryable } from '../../adapters/postgres/pool.ts';
import {
  type ArchiveColumn,
  readArchiveAccess,
  readColumns,
} from '../../adapters/postgres/tables/archive-facts.ts';
import { columnsSql, quote, tableSql } from '../../adapters/postgres/tables/selection-sql.ts';
import type { ArchiveStep } from '../../domain/jobs/step.ts';

/** Everything that stands against the archive, with the statement that helps. */
export const archiveFaults = async (db: Queryable, step: ArchiveStep): Promise<readonly string[]> => {
  const { selection, archive } = step;
  const name = `${quote(archive.schema)}.${quote(archive.table)}`;
  const source = tableSql(selection);
  const key = columnsSql(selection.key);
  const access = await readArchiveAccess(db, step);
  const has = await readColumns(db, archive);
  const wants = await readColumns(db, selection);
  if (!access || !has || !wants) {
    const create = `CREATE TABLE ${name} (LIKE ${source}); ALTER TABLE ${name} ADD PRIMARY KEY (${key})`;
    return [`archive ${name} does not exist or is no table. Run: ${create}`];
  }
  const { role, mayLock, mayRead, mayInsert, uniqueKey } = access;
  const grant = (privilege: string, on: string): string =>
    `Run: GRANT ${privilege} ON ${on} TO ${quote(role)}`;
  return [
    ...(mayLock ? [] : [`role ${role} may not lock rows of ${source} (UPDATE). ${grant('UPDATE', source)}`]),
    ...(mayRead && mayInsert
      ? []
      : [`role ${role} may not read ${name} and insert into it. ${grant('SELECT, INSERT', name)}`]),
    ...(uniqueKey
      ? []
      : [
          `no unique index of ${name} is on exactly ${key}. Run: CREATE UNIQUE INDEX CONCURRENTLY ON ${name} (${key})`,
        ]),
    ...columnFaults(step, { name, source, has, wants }),
  ];
};

interface Tables {
  readonly name: string;
  readonly source: string;
  readonly has: readonly ArchiveColumn[];
  readonly wants: readonly ArchiveColumn[];
}

const columnFaults = ({ archive }: ArchiveStep, { name, source, has, wants }: Tables): readonly string[] => {
  const kept = archive.columns ?? wants.map((column) => column.name);
  const stamps = [archive.archivedAt, archive.runId].filter((column) => column !== undefined);
  const unknown = kept.filter((column) => !wants.some((each) => each.name === column));
  if (unknown.length > 0) return [`table ${source} has no column ${unknown.join(', ')}`];
  return [
    ...kept.flatMap((column) => typeFault({ name, source, has, wants }, column)),
    ...stamps.flatMap((column) => {
      if (kept.includes(column))
        return [`column ${quote(column)} of ${name} cannot hold two values: it is a copied one`];
      return has.some((each) => each.name === column) ? [] : [`archive ${name} has no column ${column}`];
    }),
    ...has
      .filter((each) => each.required && !each.hasDefault && !each.generated)
      .filter((each) => !kept.includes(each.name) && !stamps.includes(each.name))
      .map(
        (each) =>
          `column ${quote(each.name)} of ${name} must be filled, and the source has none of that name. ` +
          `Run: ALTER TABLE ${name} ALTER COLUMN ${quote(each.name)} DROP NOT NULL`,
      ),
  ];
};

const typeFault = ({ name, source, has, wants }: Tables, column: string): readonly string[] => {
  const there = has.find((each) => each.name === column);
  const type = wants.find((each) => each.name === column)?.type;
  if (!there)
    return [
      `archive ${name} has no column ${column}. Run: ALTER TABLE ${name} ADD COLUMN ${quote(column)} ${type}`,
    ];
  if (there.type === type) return [];
  return [
    `column ${quote(column)} is ${type} in ${source} and ${there.type} in ${name}, so copies could not be compared. ` +
      `Run: ALTER TABLE ${name} ALTER COLUMN ${quote(column)} TYPE ${type}`,
  ];
};
