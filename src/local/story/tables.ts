// What the story counts for itself, with SQL of its own, so that the engine's figures are held against the
// tables and not against the engine.
import pg from 'pg';
import { type BatchedStep, batchedSteps, type Selection, type StepSnapshot } from '../../domain/jobs/step.ts';

export const withClient = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

export const tableName = ({ schema, table }: Pick<Selection, 'schema' | 'table'>): string =>
  `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`;

interface TableCount {
  readonly rows: number;
  /** Rows before the cutoff; of those, the run should leave none. */
  readonly old: number;
}

/** The tables of a job, together. */
export interface TablesCount extends TableCount {
  /** Of the old rows, those that leave their table. */
  readonly leaving: number;
}

const COUNTED: readonly string[] = ['delete', 'archive', 'blobs'];

/** Steps after which this can count what they did: rows of statements and requests may stay as they are. */
const countedSteps = (steps: readonly StepSnapshot[]): readonly BatchedStep[] =>
  batchedSteps({ steps }).filter(({ action }) => COUNTED.includes(action));

/** False where some step's work cannot be counted in its table. */
export const isCountable = (steps: readonly StepSnapshot[]): boolean =>
  countedSteps(steps).length === batchedSteps({ steps }).length &&
  new Set(countedSteps(steps).map(({ selection }) => tableName(selection))).size ===
    countedSteps(steps).length;

/** Each step's table, with a cutoff as far back as the step's own before the job's, which is its first step's. */
export const countTables = async (
  client: pg.Client,
  steps: readonly StepSnapshot[],
  cutoff: string,
): Promise<TablesCount> => {
  const sum = { rows: 0, old: 0, leaving: 0 };
  const [first] = batchedSteps({ steps });
  for (const { action, selection } of countedSteps(steps)) {
    const further = selection.age.olderThanSeconds - (first?.selection.age.olderThanSeconds ?? 0);
    const own = further === 0 ? cutoff : new Date(Date.parse(cutoff) - further * 1000).toISOString();
    const { rows, old } = await countTable(client, selection, own);
    sum.rows += rows;
    sum.old += old;
    if (action !== 'blobs') sum.leaving += old;
  }
  return sum;
};

/** Counts the whole table and the part before `cutoff`, in one snapshot. */
const countTable = async (client: pg.Client, selection: Selection, cutoff: string): Promise<TableCount> => {
  const { rows } = await client.query(
    `SELECT count(*)::float8 AS rows,
       count(*) FILTER (WHERE ${isOld(selection)} AND (${selection.where ?? 'true'}))::float8 AS old
     FROM ${tableName(selection)}`,
    [cutoff],
  );
  return rows[0];
};

/** Before the cutoff by an age of its own, or by that of the row that it refers to. */
const isOld = ({ age: { column, of } }: Selection): string => {
  const before = `${pg.escapeIdentifier(column)} < $1::timestamptz`;
  if (!of) return before;
  const list = (columns: readonly string[]): string =>
    columns.map((each) => pg.escapeIdentifier(each)).join(', ');
  return `(${list(of.by)}) IN (SELECT ${list(of.key)} FROM ${tableName(of)} WHERE ${before} AND (${of.where ?? 'true'}))`;
};
