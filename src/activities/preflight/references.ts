// Foreign keys that a delete has to look up: on a large referencing table without an index each deleted row reads that
// whole table, and a night's cleanup gets nowhere.

import type { Queryable } from '../../adapters/postgres/pool.ts';
import { type Reference, readUnservedReferences } from '../../adapters/postgres/tables/foreign-keys.ts';
import { columnsSql, quote } from '../../adapters/postgres/tables/selection-sql.ts';
import type { BatchedStep } from '../../domain/jobs/step.ts';
import { deletesRows, LARGE_TABLE_ROWS } from './table.ts';

/** Also of a table that an earlier step of the job empties: it is not empty yet, and not while others write to it. */
export const referenceFaults = async (db: Queryable, step: BatchedStep): Promise<readonly string[]> => {
  if (!deletesRows(step)) return [];
  const unserved = await readUnservedReferences(db, step.selection);
  return unserved.filter(({ unservedRows }) => unservedRows >= LARGE_TABLE_ROWS).map(faultOf);
};

const faultOf = ({ constraint, schema, table, columns, partitioned, references }: Reference): string => {
  const child = `${quote(schema)}.${quote(table)}`;
  const concurrently = partitioned ? '' : ' CONCURRENTLY';
  return (
    `foreign key ${quote(constraint)} of ${child} references ${references}, and no index serves ` +
    `${columnsSql(columns)} there, so each row that goes would read the whole of it. ` +
    `Run: CREATE INDEX${concurrently} ON ${child} (${columnsSql(columns)})`
  );
};
