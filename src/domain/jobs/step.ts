// What a step does, as plain data: an action over the rows of a selection, in batches, or a one-shot action.
import type { ItemRequest } from './http-request.ts';
import type { OneShotStep } from './one-shot.ts';
import type { OrphansStep, PathUse } from './orphans.ts';

/** Which rows are old enough to leave, and in which order they are looked at. */
export interface Selection {
  /** Name of a database of the pack; resolved to an address through config, never carried here. */
  readonly database: string;
  readonly schema: string;
  readonly table: string;
  /** Columns that identify a row, normally the primary key. */
  readonly key: readonly string[];
  /** A row is selected when `column` is before the run's cutoff: its start minus `olderThanSeconds`. */
  readonly age: {
    readonly column: string;
    readonly olderThanSeconds: number;
    /** The rows have no age of their own: `column` is of the row in this table that they refer to. */
    readonly of?: Parents;
  };
  /** Columns that the age index serves: the age column, then whatever makes the order unique. */
  readonly orderBy: readonly string[];
  /** Further condition, as SQL written by the pack. It must be boolean and not volatile. */
  readonly where?: string;
}

/** Rows that others refer to, and that those are as old as. */
export interface Parents {
  readonly schema: string;
  readonly table: string;
  /** Columns that are referred to. */
  readonly key: readonly string[];
  /** Columns of the selection's table that refer to them, in the same order. */
  readonly by: readonly string[];
  /** Columns of the parents that their age index serves. */
  readonly orderBy: readonly string[];
  /** Further condition on the parents. */
  readonly where?: string;
}

/**
 * How a table is walked:
 * - `age-index-windows`: along the age index, window after window. Good where little goes, or where the oldest rows lie
 *   together.
 * - `heap-order-ranges`: through the table's pages in their order. Good where much goes and the old rows lie scattered.
 *
 * Both end with passes along the age index, so which one is taken changes the time a run needs and nothing else.
 */
export const STRATEGIES = ['age-index-windows', 'heap-order-ranges'] as const;
export type Strategy = (typeof STRATEGIES)[number];

interface RowStep {
  readonly name: string;
  readonly selection: Selection;
  /** Rows of the first batch, and the most that any batch may hold unless an operator states another number. */
  readonly batchRows: number;
  /** Stands in for the strategy that the planner's statistics speak for. */
  readonly strategy?: Strategy;
}

/** Rows leave in batches, each one transaction. */
export interface DeleteStep extends RowStep {
  readonly action: 'delete';
}

/**
 * Objects leave a blob store. The row's transaction clears its path and writes a tombstone; the object follows once
 * the tombstone is due. So no row ever names an object that is gone, and no crash loses one that is to go.
 */
export interface BlobsStep extends RowStep {
  readonly action: 'blobs';
  readonly blobs: {
    /** Column that holds the object's path or address; cleared when the row is marked. */
    readonly column: string;
    /** Whether another object may come to stand at the path; never, where it is absent. */
    readonly paths?: PathUse;
    /** Column that is given the instant of marking. */
    readonly deletedAt?: string;
    /** Time between marking and deletion, for readers that still hold the path. */
    readonly graceSeconds: number;
  };
}

/**
 * Rows move into a table of the same database: copied, the copy compared byte by byte, then deleted, in one transaction.
 * So at every instant a row is in one of the two, and after it in exactly one.
 */
export interface ArchiveStep extends RowStep {
  readonly action: 'archive';
  readonly archive: {
    readonly schema: string;
    readonly table: string;
    /** Columns that are kept. Absent: all that the source has. */
    readonly columns?: readonly string[];
    /** Column of the archive that is given the instant of archiving. */
    readonly archivedAt?: string;
    /** Column of the archive that is given the run's id. */
    readonly runId?: string;
  };
}

/**
 * A statement of the pack for each batch, in the batch's transaction, with its rows locked: `$1` is an array of the rows'
 * first key column, `$2` of the second. Rows may still match afterwards, so a run passes each of them once.
 */
export interface SqlBatchesStep extends RowStep {
  readonly action: 'sql-batches';
  readonly sql: string;
}

/** A request for each row, outside of any transaction; then the rows that were taken are marked in one. */
export interface HttpItemsStep extends RowStep {
  readonly action: 'http-items';
  readonly http: ItemRequest;
}

/** Steps that take the rows of a selection in batches. */
export type BatchedStep = DeleteStep | BlobsStep | ArchiveStep | SqlBatchesStep | HttpItemsStep;

export type StepSnapshot = BatchedStep | OneShotStep | OrphansStep;

export const isBatched = (step: StepSnapshot): step is BatchedStep => 'selection' in step;

const ONE_SHOT: readonly string[] = ['vacuum', 'sql', 'http'] satisfies readonly OneShotStep['action'][];

export const isOneShot = (step: StepSnapshot): step is OneShotStep => ONE_SHOT.includes(step.action);

type WithSteps = { readonly steps: readonly [StepSnapshot, ...StepSnapshot[]] };

/** Those that take rows, in their order. */
export const batchedSteps = ({
  steps,
}: {
  readonly steps: readonly StepSnapshot[];
}): readonly BatchedStep[] => steps.filter(isBatched);

/** The one database that all of a job's steps work on, where its fence, ledger and audit rows live too. */
export const databaseOf = ({ steps: [first] }: WithSteps): string =>
  isBatched(first) ? first.selection.database : first.database;

/** Declared rows, or objects, of a batch: of the first step that has any. */
export const declaredBatchRows = ({ steps }: WithSteps): number => {
  const first = steps.find((step) => !isOneShot(step));
  return first && 'batchRows' in first ? first.batchRows : 1;
};
