// Objects that no row names: the step that looks for them, and when there are so many that something else must be wrong.

/** A column of a table that holds names of objects. */
export interface TableColumn {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/**
 * `immutable`: a path names one object for ever, so objects may go 1,000 at a time. `reused`: another object may come to
 * stand at a path, so each is looked at and goes alone, under its etag.
 */
export type PathUse = 'immutable' | 'reused';

/**
 * Objects that no row names leave a blob store. The whole store is listed first; only then, and only if they are few among
 * those that were seen, do they get tombstones, and go as the objects of rows do.
 */
export interface OrphansStep {
  readonly name: string;
  readonly action: 'orphans';
  readonly database: string;
  /** Objects of a page, and of a deletion. */
  readonly batchRows: number;
  readonly orphans: {
    /** Objects whose paths begin so; empty for all of the store's. */
    readonly prefix: string;
    /** Every column that names objects below the prefix. An object that none of them names is an orphan. */
    readonly referencedBy: readonly [TableColumn, ...TableColumn[]];
    /** Younger objects are left alone: the row that will name them may not be written yet. */
    readonly olderThanSeconds: number;
    /** Share of the objects seen that may be orphans; above it nothing is deleted. */
    readonly maxShare: number;
    /** Time between the end of the listing and deletion. */
    readonly graceSeconds: number;
    readonly paths: PathUse;
  };
}

/** What a dry run tells of a step. */
export interface OrphansPreview {
  readonly step: string;
  /** Objects below the prefix. */
  readonly seen: number;
  readonly orphans: number;
  /** A run would fail on them and delete nothing. */
  readonly too_many?: true;
  /** There was no time for the whole store: the figures are of its beginning. */
  readonly is_partial?: true;
  /** Paths of at most 20. */
  readonly sample: readonly string[];
}

/** So few orphans say nothing by their share. */
const FEW_ORPHANS = 10;

export const DEFAULT_MAX_SHARE = 0.1;

/** Whether there are so many that the declaration is in doubt, and not the objects. */
export const areTooMany = ({
  orphans,
  seen,
  maxShare,
}: {
  readonly orphans: number;
  readonly seen: number;
  readonly maxShare: number;
}): boolean => orphans > FEW_ORPHANS && orphans > seen * maxShare;
