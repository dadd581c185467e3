// What a report is once it is checked: a named question to one database, its columns, and how its answer is judged. What
// comes of asking is in result.ts.

export const COLUMN_TYPES = [
  'text',
  'boolean',
  'count',
  'number',
  'percent',
  'milliseconds',
  'seconds',
  'hours',
  'instant',
  'date',
] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** A cell: numbers unrounded, instants as ISO-8601 in UTC, dates as `2026-02-10`. */
export type ReportValue = string | number | boolean | null;

/** One row of an answer, by column. */
export type ReportRow = Readonly<Record<string, ReportValue>>;

export const BANDS = ['healthy', 'warning', 'critical'] as const;
export type Band = (typeof BANDS)[number];

/** A limit on a cell; all that are there must hold. `above` and `below` are strict. */
export interface CellLimit {
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
  /** Is one of these. */
  readonly is?: readonly (string | number | boolean)[];
}

/** Limits of a column. The worst that holds counts; a cell that none holds for is healthy, an empty one has no band. */
export interface ColumnBands {
  readonly warning?: CellLimit;
  readonly critical?: CellLimit;
  /** Only rows whose columns have these values are judged. */
  readonly where?: ReportRow;
}

export interface ReportColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Digits after the point wherever it is shown. */
  readonly decimals: number;
  readonly about?: string;
  readonly bands?: ColumnBands;
}

export const PARAM_TYPES = ['integer', 'number', 'text', 'duration', 'instant', 'date'] as const;
export type ParamType = (typeof PARAM_TYPES)[number];

/** A parameter. Without a default it must be given; a default of null is handed in as null. */
export interface ReportParam {
  readonly type: ParamType;
  readonly about: string;
  /** Durations in seconds. */
  readonly default?: string | number | null;
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly string[];
}

/** A line through points, or bars; one of each for every column in `y`. */
export interface ReportChart {
  readonly kind: 'line' | 'bar';
  /** Column along the bottom. */
  readonly x: string;
  readonly y: readonly string[];
}

/** What people are told of the rows, written by the pack. */
export interface Interpreted {
  readonly rows: readonly ReportRow[];
  /** Rows of the sections, by their names. */
  readonly sections: Readonly<Record<string, readonly ReportRow[]>>;
  /** As they were handed in; durations in seconds. */
  readonly params: Readonly<Record<string, string | number | null>>;
  /** The database's clock when it was asked, ISO-8601. */
  readonly asOf: string;
}
