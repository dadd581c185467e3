// What a team writes for the steps of a job: what is selected, and what becomes of it. Types and nothing else.
import type { HttpMethod } from '../../domain/jobs/http-request.ts';
import type { Strategy } from '../../domain/jobs/step.ts';

/** Which rows are old enough to leave. */
export interface SelectionDefinition {
  /** Name of a database that the pack declares. */
  readonly database: string;
  /** Table, or `schema.table`; the schema is `public` unless named. */
  readonly table: string;
  /** Columns that identify a row, normally the primary key. */
  readonly key: readonly string[];
  /** A row may leave once `column` lies further back than `olderThan` (`24h`, `30d`, `0s`). */
  readonly age: {
    readonly column: string;
    readonly olderThan: string;
    /** For rows without an age of their own: they are as old as the row that they refer to, and `column` is its. */
    readonly of?: ParentsDefinition;
  };
  /** Columns that the age index serves. Default: the age column, then the key. */
  readonly orderBy?: readonly string[];
  /** Further condition in SQL: boolean, not volatile, with `sexton.now()` where it needs the time. */
  readonly where?: string;
}

/** A table whose rows the selection's rows refer to. */
export interface ParentsDefinition {
  /** Table, or `schema.table`. */
  readonly table: string;
  /** Columns that are referred to, normally its primary key. */
  readonly key: readonly string[];
  /** Columns of the selection's table that refer to them, in the same order. They need an index. */
  readonly by: readonly string[];
  /** Columns that its age index serves. Default: the age column, then its key. */
  readonly orderBy?: readonly string[];
  /** Further condition on its rows, in SQL. */
  readonly where?: string;
}

interface RowStepDefinition {
  /** Unique in its job. */
  readonly name: string;
  /** Rows of the first batch and the most that any batch may hold, 1–50,000; the engine sizes below it by time. */
  readonly batch: number;
  readonly selection: SelectionDefinition;
  /** How the table is walked. Default: as the planner's statistics speak for; both find the same rows. */
  readonly strategy?: Strategy;
}

/** Rows leave in batches, each one transaction. */
export interface DeleteStepDefinition extends RowStepDefinition {
  readonly action: 'delete';
}

/**
 * Objects leave the blob store (BLOB_READ_WRITE_TOKEN); their rows stay. A row's path is cleared and a tombstone
 * written in one transaction, then the object is deleted: no row ever names an object that is gone.
 */
export interface BlobsStepDefinition extends RowStepDefinition {
  readonly action: 'blobs';
  readonly blobs: {
    /** Column that holds the object's path or address; rows without one are not selected. */
    readonly column: string;
    /**
     * `immutable`: a path names one object for ever, and objects go up to 1,000 at a time. `reused`: another object may be
     * uploaded to the same path, so each is looked at and goes alone, and one that was uploaded since its row was cleared
     * (or up to 5 minutes before) stays. Default `immutable`.
     */
    readonly paths?: 'immutable' | 'reused';
    /** Column that is given the instant at which the path was cleared. */
    readonly deletedAt?: string;
    /** Time between clearing and deletion, for readers that still hold the path. Default `0s`. */
    readonly grace?: string;
  };
}

/**
 * Rows move into a table of the same database: copied, the copy compared byte by byte, then deleted, in one transaction.
 * Where the archive has a row of the same key with other content the run fails with ARCHIVE_CONFLICT.
 */
export interface ArchiveStepDefinition extends RowStepDefinition {
  readonly action: 'archive';
  readonly archive: {
    /** Table, or `schema.table`, with a unique index on exactly the selection's key. */
    readonly table: string;
    /** Columns that are kept. Default: all that the source has, whatever it has when the run begins. */
    readonly columns?: readonly string[];
    /** Column of the archive that is given the instant of archiving. */
    readonly archivedAt?: string;
    /** Column of the archive that is given the run's id. */
    readonly runId?: string;
  };
}

/**
 * A statement for each batch, in the transaction that counts the batch, with its rows locked. A run hands each row to it
 * once, whether or not the row still matches afterwards.
 */
export interface SqlBatchesStepDefinition extends Omit<RowStepDefinition, 'strategy'> {
  readonly action: 'sql-batches';
  /**
   * `$1` is an array of the rows' first key column, `$2` of the second; all of them must be used:
   * `UPDATE app.person SET name = NULL WHERE id = ANY($1)`. `current_setting('sexton.cutoff')` and `'sexton.run_id'` are set.
   */
  readonly sql: string;
}

interface RequestDefinition {
  /** Variable of the pack that holds the address. */
  readonly url: string;
  /** Default POST. */
  readonly method?: HttpMethod;
  /** Headers that everybody may see. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Header → variable of the pack that holds its value; `prefix` is written before it. */
  readonly secretHeaders?: Readonly<Record<string, { readonly variable: string; readonly prefix?: string }>>;
  /** Statuses that mean done. Default: every 2xx. Redirects are not followed. */
  readonly success?: readonly number[];
}

/**
 * A request for each row. A crash may repeat one, always under the same Idempotency-Key: `<pack>/<job>/<step>/<row's key>`,
 * whichever run it is. 4xx (but 401, 407, 408, 425, 429) is the row's own fault and sets it aside; everything else waits.
 */
export interface HttpItemsStepDefinition extends Omit<RowStepDefinition, 'strategy'> {
  readonly action: 'http-items';
  readonly http: RequestDefinition & {
    /** Appended to the address; `{column}` stands for the row's value: `/orders/{id}`. */
    readonly path?: string;
    /** Columns that make up the JSON body, or field → column. Default: no body. */
    readonly body?: readonly string[] | Readonly<Record<string, string>>;
    /** Template such as `{id}` in place of the default key. */
    readonly idempotencyKey?: string;
    /** Requests a second at most. */
    readonly rateLimit?: { readonly perSecond: number };
    /** Requests under way at the same time, 1–20. Default 1. */
    readonly atOnce?: number;
    /** The longest that one answer is waited for, up to 20s. Default 10s. */
    readonly timeout?: string;
    /** Column that is given the instant at which the request was taken; rows that have one are not selected. */
    readonly done: { readonly column: string };
    /** A statement for the rows that were taken, in the transaction that marks them; parameters as in `sql-batches`. */
    readonly afterwards?: { readonly sql: string };
  };
}

interface OneShotDefinition {
  /** Unique in its job. */
  readonly name: string;
  /** Name of the database that the job works on. */
  readonly database: string;
  /** Default 1h for vacuum, else 5m. */
  readonly timeout?: string;
  /** After the last try: `warn` notes it and goes on with the next step. Default `fail`. */
  readonly ifFails?: 'fail' | 'warn';
}

/** Vacuums tables, one after the other, outside of any transaction. */
export interface VacuumStepDefinition extends OneShotDefinition {
  readonly action: 'vacuum';
  readonly tables: readonly string[];
  /** Default true. */
  readonly analyze?: boolean;
  /** Leave out, with a warning, what somebody has locked, instead of failing. Default false. */
  readonly skipLocked?: boolean;
}

/** One statement in one transaction, exactly once a run. `sexton.cutoff` and `sexton.run_id` are set. */
export interface SqlStepDefinition extends OneShotDefinition {
  readonly action: 'sql';
  readonly sql: string;
}

/** One request a run, repeated after a crash under the same Idempotency-Key: `<pack>/<job>/<step>/<run>`. */
export interface HttpStepDefinition extends OneShotDefinition {
  readonly action: 'http';
  readonly http: RequestDefinition & {
    /** Appended to the address. */
    readonly path?: string;
    /** JSON. Default: no body. */
    readonly body?: unknown;
  };
}

/**
 * Objects that no row names leave the blob store. The whole store is listed first; above `maxShare` the run fails and nothing
 * is deleted. No row of any table may name an object below the prefix, unless its column is in `referencedBy`.
 */
export interface OrphansStepDefinition {
  /** Unique in its job. */
  readonly name: string;
  readonly action: 'orphans';
  /** Name of a database that the pack declares; that of the job's other steps. */
  readonly database: string;
  /** Objects of a page and of a deletion, 1–1,000. Default 1,000. */
  readonly batch?: number;
  readonly orphans: {
    /** How paths of the objects begin, `pdf/`; `''` for the whole store. */
    readonly prefix: string;
    /** Every column that holds paths or addresses of such objects. Large tables need an index on it. */
    readonly referencedBy: readonly { readonly table: string; readonly column: string }[];
    /** Younger objects stay: their row may still be to be written. At least `1h`. */
    readonly olderThan: string;
    /** Share of the objects seen that may go, above 0 to 1. Ten objects may always go. Default 0.1. */
    readonly maxShare?: number;
    /** Time between the run that found an object and its deletion, by a later run. Default `1d`. */
    readonly grace?: string;
    /** As in a step of objects. Default `reused`, which is the safe one. */
    readonly paths?: 'immutable' | 'reused';
  };
}

export type StepDefinition =
  | DeleteStepDefinition
  | BlobsStepDefinition
  | ArchiveStepDefinition
  | SqlBatchesStepDefinition
  | HttpItemsStepDefinition
  | VacuumStepDefinition
  | SqlStepDefinition
  | HttpStepDefinition
  | OrphansStepDefinition;
