// Whether a step's table is there, may be worked on by this role, and has the columns that its selection names. Each
// check answers with what is wrong, in sentences.
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { columnsSql, quote, tableSql } from '../../adapters/postgres/tables/selection-sql.ts';
import { readTableAccess, type TableAccess } from '../../adapters/postgres/tables/table-access.ts';
import { readColumnRules, readColumnTypes } from '../../adapters/postgres/tables/table-facts.ts';
import type { BatchedStep, Selection } from '../../domain/jobs/step.ts';

/** From this many rows on, what no index serves is refused (design §6.1). */
export const LARGE_TABLE_ROWS = 10_000;

/** As SQL writes them: `date`, `timestamp with time zone`, `timestamp(3) without time zone`. */
export const AGE_TYPE = /^(date|timestamp.*)$/;

/** Rows of its own that a transaction of ours can take: a table, or a partitioned one. */
const KINDS_WITH_ROWS = ['r', 'p'];

const KINDS: Readonly<Record<string, string>> = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
};

/** Actions after which rows are gone from their table. */
export const deletesRows = ({ action }: Pick<BatchedStep, 'action'>): boolean =>
  ['delete', 'archive'].includes(action);

export interface CheckedTable {
  readonly faults: readonly string[];
  /** Partitioned tables take no index that is built concurrently. */
  readonly partitioned: boolean;
  /** False where nothing further can be asked of the table. */
  readonly readable: boolean;
}

export const checkTable = async (db: Queryable, step: BatchedStep): Promise<CheckedTable> => {
  const { selection } = step;
  const name = tableSql(selection);
  const updates = step.action === 'blobs' ? writtenColumns(step.blobs) : [];
  const access = await readTableAccess(db, selection, { reads: namedColumns(selection), updates });
  const unusable = (fault: string): CheckedTable => ({
    faults: [fault],
    partitioned: false,
    readable: false,
  });
  if (!access) return unusable(`table ${name} does not exist or is not readable`);
  if (!KINDS_WITH_ROWS.includes(access.kind)) {
    const kind = KINDS[access.kind] ?? 'no table';
    return unusable(`${name} is ${kind}: rows leave only tables, so name the one behind it`);
  }
  const { role, mayRead, notReadable } = access;
  if (!mayRead || notReadable.length > 0) {
    const columns = mayRead ? ` (${columnsSql(notReadable)})` : '';
    const grant = `GRANT USAGE ON SCHEMA ${quote(selection.schema)} TO ${quote(role)}; GRANT SELECT${columns} ON ${name} TO ${quote(role)}`;
    return unusable(`role ${role} may not read ${name}. Run: ${grant}`);
  }
  return { faults: privilegeFaults(step, access), partitioned: access.kind === 'p', readable: true };
};

const writtenColumns = ({ column, deletedAt }: Extract<BatchedStep, { action: 'blobs' }>['blobs']) =>
  deletedAt === undefined ? [column] : [column, deletedAt];

const namedColumns = ({ key, orderBy, age }: Selection): readonly string[] => [
  ...new Set([...key, ...orderBy, ...(age.of ? age.of.by : [age.column])]),
];

const privilegeFaults = (step: BatchedStep, access: TableAccess): readonly string[] => {
  const { role, mayDelete, notUpdatable, hidesRows } = access;
  const name = tableSql(step.selection);
  const grant = (privilege: string): string => `Run: GRANT ${privilege} ON ${name} TO ${quote(role)}`;
  const updates = `UPDATE (${columnsSql(notUpdatable)})`;
  return [
    ...(deletesRows(step) && !mayDelete
      ? [`role ${role} may not delete from ${name}. ${grant('DELETE')}`]
      : []),
    ...(notUpdatable.length > 0
      ? [`role ${role} may not update ${columnsSql(notUpdatable)} of ${name}. ${grant(updates)}`]
      : []),
    ...(hidesRows
      ? [
          `row-level security of ${name} holds for role ${role}, so rows would be passed over without a word. ` +
            `Give the job a role that sees them all: ALTER ROLE ${quote(role)} BYPASSRLS`,
        ]
      : []),
  ];
};

/** Where there are any, the selection cannot be asked about any further. */
export const columnFaults = async (db: Queryable, selection: Selection): Promise<readonly string[]> => {
  const types = await readColumnTypes(db, selection);
  const missing = namedColumns(selection).filter((column) => !types.has(column));
  if (missing.length > 0) return [`table ${tableSql(selection)} has no column ${missing.join(', ')}`];
  const ageType = types.get(selection.age.column) ?? '';
  if (!selection.age.of && !AGE_TYPE.test(ageType)) {
    return [`age column ${selection.age.column} is of type ${ageType}, not a timestamp or date`];
  }
  // A row whose age is unknown is never selected; of every other column the next window begins after its value.
  const { required } = await readColumnRules(db, selection);
  const optional = selection.orderBy.filter((name) => name !== selection.age.column && !required.has(name));
  if (optional.length === 0) return [];
  return [`rows cannot be walked through in the order of ${optional.join(', ')}, which may be NULL`];
};
