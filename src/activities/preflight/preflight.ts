// Refuses a job that would harm its database, with every reason at once and the statements that would help.
import type pg from 'pg';
import { inTransaction, type Queryable } from '../../adapters/postgres/pool.ts';
import { columnsSql, quote, tableSql } from '../../adapters/postgres/tables/selection-sql.ts';
import {
  explainEstimate,
  type IndexFact,
  readEstimatedRows,
  readIndexes,
  readVolatileFunctions,
} from '../../adapters/postgres/tables/table-facts.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { JobSnapshot } from '../../domain/jobs/job.ts';
import { type BatchedStep, isOneShot, type Selection } from '../../domain/jobs/step.ts';
import { failure, messageOf, sqlState } from '../failures.ts';
import { actionFaults, oneShotFaults } from './actions.ts';
import { objectFaults } from './objects.ts';
import { parentFaults } from './parents.ts';
import { referenceFaults } from './references.ts';
import { checkTable, columnFaults, LARGE_TABLE_ROWS } from './table.ts';

const indexFaults = async (
  db: Queryable,
  step: BatchedStep,
  partitioned: boolean,
): Promise<readonly string[]> => {
  const { selection } = step;
  if (selection.age.of) return [];
  if ((await readEstimatedRows(db, selection)) < LARGE_TABLE_ROWS) return [];
  const indexes = await readIndexes(db, selection);
  const implied = step.action === 'http-items' ? notDone(step.http.doneColumn) : [];
  const serves = ({ leadingColumn, predicate }: IndexFact): boolean =>
    leadingColumn === selection.orderBy[0] && (predicate === null || implied.includes(predicate));
  if (indexes.some(serves)) return [];
  const order = columnsSql(selection.orderBy);
  const table = tableSql(selection);
  return [
    `no index serves ${order} on ${table}, so each batch would read the whole ` +
      `table. Run: CREATE INDEX${partitioned ? '' : ' CONCURRENTLY'} ON ${table} (${order})`,
  ];
};

/** How Postgres writes the condition of an index over rows that are not done. */
const notDone = (column: string): readonly string[] => [`(${column} IS NULL)`, `(${quote(column)} IS NULL)`];

const predicateFaults = async (
  db: pg.Pool,
  selection: Selection,
  cutoff: string,
): Promise<readonly string[]> => {
  const { where, ...plain } = selection;
  if (!where) return [];
  try {
    await explainEstimate(db, selection, cutoff);
    // Alone as well as in brackets: `a) OR (b` passes only in brackets and would undo the age condition.
    await db.query(`EXPLAIN SELECT 1 FROM ${tableSql(plain)} WHERE ${where}`);
  } catch (error) {
    if (!sqlState(error)?.startsWith('42')) throw error;
    return [`the condition "${where}" is not a boolean SQL expression on this table (${messageOf(error)})`];
  }
  const volatile = await inTransaction(db, (tx) => readVolatileFunctions(tx, selection));
  if (volatile.length === 0) return [];
  return [`the condition calls ${volatile.join(', ')}, whose answer may change within a run`];
};

/** What is wrong with one step, all of it. */
const stepFaults = async (db: pg.Pool, { step, cutoff }: CutStep): Promise<readonly string[]> => {
  const { selection } = step;
  const { faults, partitioned, readable } = await checkTable(db, step);
  if (!readable) return faults;
  const columns = await columnFaults(db, selection);
  const whole = [...faults, ...columns, ...(await referenceFaults(db, step))];
  if (columns.length > 0) return whole;
  const parents = await parentFaults(db, selection, cutoff);
  if (parents.length > 0) return [...whole, ...parents];
  return [
    ...whole,
    ...(await indexFaults(db, step, partitioned)),
    ...(step.action === 'blobs' ? await objectFaults(db, step, partitioned) : []),
    ...(await actionFaults(db, step)),
    ...(await predicateFaults(db, selection, cutoff)),
  ];
};

/** A step together with the run's cutoff for it. */
export interface CutStep {
  readonly step: BatchedStep;
  readonly cutoff: string;
}

/** Returns only where nothing stands against any of the job's steps; `steps` are those that have a cutoff. */
export const preflight = async (
  db: pg.Pool,
  { job, steps }: { readonly job: Pick<JobSnapshot, 'steps'>; readonly steps: readonly CutStep[] },
): Promise<void> => {
  const faults: string[] = [];
  for (const step of job.steps) {
    const place = job.steps.length > 1 ? `step ${step.name}: ` : '';
    const cut = steps.find((each) => each.step === step);
    const found = cut ? await stepFaults(db, cut) : isOneShot(step) ? await oneShotFaults(db, step) : [];
    for (const fault of found) faults.push(`${place}${fault}`);
  }
  if (faults.length === 0) return;
  const told = faults.length === 1 ? faults.join('') : numbered(faults);
  throw failure(FAILURE_TYPES.preflightRefused, `${told}; nothing was deleted`);
};

const numbered = (faults: readonly string[]): string =>
  `${faults.length} reasons: ${faults.map((fault, index) => `(${index + 1}) ${fault}`).join('; ')}`;
