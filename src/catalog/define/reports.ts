// What a team writes of its reports: named questions to a database, with columns, limits, and words for what comes of
// them. Checked when its pack is loaded (schema/reports.ts).
import type {
  ColumnBands,
  ColumnType,
  Interpreted,
  ParamType,
  ReportChart,
  ReportRow,
} from '../../domain/reports/report.ts';
import type { MeasureDefinition } from './measures.ts';

/** A column as the statement returns it; the statement must return exactly the declared ones, in their order. */
export interface ReportColumnDefinition {
  readonly name: string;
  /**
   * What it holds, and how it is shown. `percent` is 0 to 100; `seconds`, `hours` and `milliseconds` are numbers; `instant`
   * is timestamptz; `date` is date, or timestamptz read in UTC.
   */
  readonly type: ColumnType;
  /**
   * Digits after the point, rounded half up and only on output: the statement must not round. Default 2 of `number`, `percent`
   * and `hours`, 1 of `seconds`, else 0.
   */
  readonly decimals?: number;
  /** What it means, where its name does not say it. */
  readonly about?: string;
  /** Limits, judged on the unrounded value. A null has no band. */
  readonly bands?: ColumnBands;
}

/** A parameter, which statements name `:name`. */
export interface ReportParamDefinition {
  /** `duration` is written `24h` and arrives as an interval; `instant` as timestamptz; `integer` as int, `number` as float8. */
  readonly type: ParamType;
  /** One line: what it does. */
  readonly about: string;
  /** Durations as text: `24h`. Left out, it must be given; null, it is handed in as null. */
  readonly default?: string | number | Date | null;
  /** Smallest number allowed; durations in seconds. */
  readonly min?: number;
  /** Largest number allowed; durations in seconds. */
  readonly max?: number;
  /** Of `text`: the only values allowed. */
  readonly oneOf?: readonly string[];
}

/** Rows of another statement, in any of the pack's databases, handed in as `:name`, a jsonb list of objects. */
interface RowsInputDefinition {
  readonly kind: 'rows';
  readonly database: string;
  /** One SELECT; it may name the report's parameters. */
  readonly sql: string;
}

/**
 * The pack's jobs, handed in as `:name`, a jsonb list of `{job, summary, resource_type, schedule, budget_seconds}`; with
 * `schedules`, `{…, registered, paused, next_run}` as Temporal has them now.
 */
interface JobsInputDefinition {
  readonly kind: 'jobs';
  /** Ask Temporal too. Default false. Where it does not answer, these three are null. */
  readonly schedules?: boolean;
}

/**
 * Something taken when the report runs and handed in as the parameter `:name`. A measure without labels arrives as float8,
 * null where it has no value or could not be taken (which an interpretation line then says); one with labels as a jsonb
 * list of `{<label>, …, value}`.
 */
export type ReportInputDefinition = MeasureDefinition | RowsInputDefinition | JobsInputDefinition;

/** A second table of a report: `run_diagnostics` has one line a batch below its run. Same transaction, parameters, inputs. */
export interface ReportSectionDefinition {
  readonly name: string;
  readonly title: string;
  readonly sql: string;
  readonly columns: readonly ReportColumnDefinition[];
}

/** A named question, its answer's columns, and what to make of it. */
export interface ReportDefinition {
  /** Unique in its pack; lower case, digits, `_` and `-`. */
  readonly name: string;
  /** It can be called by it as well; unique in its pack. */
  readonly number?: number;
  /** A few words for headings. */
  readonly title: string;
  /** What it is for, in a sentence. */
  readonly purpose: string;
  /** One of the pack's databases. */
  readonly database: string;
  /**
   * One SELECT, run read-only. It asks sexton.now() and no other clock, names parameters and inputs `:name`, and orders its
   * rows. Comments in it are kept by `--sql`.
   */
  readonly sql: string;
  readonly params?: Readonly<Record<string, ReportParamDefinition>>;
  readonly inputs?: Readonly<Record<string, ReportInputDefinition>>;
  readonly columns: readonly ReportColumnDefinition[];
  readonly sections?: readonly ReportSectionDefinition[];
  /** Milliseconds that its statements may take together; more is logged and said. Default 500. */
  readonly budgetMs?: number;
  /** It is cancelled after so long. Default `30s`. */
  readonly timeout?: string;
  /** Lines for people. Pure; not called where the report failed. */
  readonly interpret?: (answer: Interpreted) => readonly string[];
  /** Rows as they may look, for its documentation: by column, as text is shown. */
  readonly sample: readonly ReportRow[];
  /** What to look at when it shows something bad, or is slow. */
  readonly hint: string;
  /** Reports, jobs, monitors, rules and checks of the pack that belong to it, by name. */
  readonly related?: readonly string[];
  /** Runbook's name below RUNBOOK_BASE_URL, or a whole address. */
  readonly runbook?: string;
  readonly chart?: ReportChart;
}

/** Gives a report its types; it is checked when its pack is loaded. */
export const defineReport = (report: ReportDefinition): ReportDefinition => report;
