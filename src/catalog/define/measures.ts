// What a team writes of its measures: numbers per label set. Everything is checked when it is loaded (schema/measures.ts).
import type {
  ActivityFigure,
  AlertingFigure,
  HttpFigure,
  JobFigure,
  RedisFigure,
  ScheduleFigure,
} from '../../domain/monitors/measure-params.ts';

interface Common {
  /** The longest that taking it may last, at most 30s. Default `10s`. */
  readonly timeout?: string;
  /** Taken and kept for reports and metrics although no rule judges it. */
  readonly keep?: true;
}

/** One read-only statement in one of the pack's databases; a row is a series. It asks sexton.now(), never now(). */
interface SqlMeasureDefinition extends Common {
  readonly kind: 'sql';
  readonly database: string;
  /** One SELECT. */
  readonly sql: string;
  /** Column that is the number; null stays null. Default `value`. */
  readonly value?: string;
  /** Columns that tell series apart. Default: every column that is not named otherwise. */
  readonly labels?: readonly string[];
  /** Columns that people are shown beside the number. */
  readonly facts?: readonly string[];
  /** Columns that go into the alert's payload. */
  readonly payload?: readonly string[];
  /** What no row means: nothing to judge, or one series of 0. Default `noData`. */
  readonly none?: 'noData' | 0;
}

/** Runs of the pack's jobs, a series a job, labelled `job`. A job that has no such figure yet has no value. */
export interface JobSlaMeasureDefinition extends Common {
  readonly kind: 'job-sla';
  /**
   * Percent of the budget that the newest run used that completed or goes on · its seconds · the least percent that any of
   * the last `runs` completed ones used · failures in a row · share of runs that succeeded, or failed, and how many did either · records an hour of
   * the newest completed run · that to its baseline · runs that found the lock held · seconds since one succeeded · ticks
   * without a run · seconds that the newest tick waits for its run. Synthetic runs count in the first two only.
   */
  readonly of: JobFigure;
  /** Default: every job of the pack. */
  readonly jobs?: readonly string[];
  /** Sexton's own rows, or the `audit_log` of a database. Default `runs`. */
  readonly from?: 'runs' | 'audit';
  /** The database whose `audit_log` is read; only of `audit`. */
  readonly database?: string;
  /** How far back rates, `lock-skips` and `missed-ticks` look. Default `24h`. */
  readonly within?: string;
  /**
   * Of `throughput` and `throughput-ratio`: median of the completed runs with records in the time before the newest; none with
   * fewer. Default 5 in `14d`.
   */
  readonly baseline?: { readonly over: string; readonly minimumRuns: number };
  /** Of `sustained-utilization`: completed runs in a row. Default 3. */
  readonly runs?: number;
  /**
   * Of figures of the newest run: one that was over so long before the tick before is old news, by which an alert may go on or
   * end and never begin. Default: every run may raise an alert.
   */
  readonly overlap?: string;
}

/** The Redis that locks are kept in. */
export interface RedisMeasureDefinition extends Common {
  readonly kind: 'redis';
  /**
   * Milliseconds of a PING · used of the memory it may have, 0 to 1 · 1 where it answers, else 0 · 1 where a key of its own
   * can be set, read and deleted as well, else 0 · keys like the pattern, counted without blocking anybody · entries or bytes
   * of a key · seconds that a key has left · seconds since each lock was taken, labelled `lock`.
   */
  readonly of: RedisFigure;
  /** Of `key-length` and `key-ttl` the key, of `keys` and `lock-age` a pattern. Default of the last `lock:*`. */
  readonly key?: string;
}

/** The pack's schedules, a series each, labelled `schedule`. */
export interface SchedulesMeasureDefinition extends Common {
  readonly kind: 'schedules';
  /**
   * Ticks that came too late to be caught up · ticks left out because a run went on (both since the tick before) ·
   * seconds since a run was last started · seconds until the next tick, none while it is paused · 1 where it is paused · 1 where `apply` has not made it · seconds that a
   * monitor's newest evaluation is older than its cadence.
   */
  readonly of: ScheduleFigure;
  /** Jobs and monitors, by id or name. Default: all of the pack. */
  readonly names?: readonly string[];
}

/** What goes on in one of the pack's databases. */
export interface PostgresActivityMeasureDefinition extends Common {
  readonly kind: 'postgres-activity';
  readonly database: string;
  /**
   * Connections used, 0 to 1 · age of the oldest transaction in seconds · sessions that wait for locks · share of
   * reads from the cache · transactions rolled back · deadlocks · statements · their mean duration. All but the first
   * three count from the tick before; the last two need pg_stat_statements.
   */
  readonly of: ActivityFigure;
  /** Only of `calls` and `mean-ms`: statements whose text is like this, such as `INSERT INTO track%`. */
  readonly like?: string;
}

/** How well Sexton itself tells people, whichever pack asks; its own alerts about that, and canaries, are not counted. */
interface AlertingMeasureDefinition extends Common {
  readonly kind: 'alerting';
  /**
   * Seconds within which 95 of 100 incidents were first told, acknowledged, resolved · open incidents that nobody was
   * told of · ladders that are late by more than two minutes, and by how much the worst is · messages on their way for
   * too long · dead letters · share of tries that failed · seconds by which each monitor's newest evaluation is older
   * than two of its cadences, labelled `monitor`.
   */
  readonly of: AlertingFigure;
  /** How far back the first three and the share of failures look. Default `24h`. */
  readonly within?: string;
}

/** One request. An answer of any status is an answer; none is an error with its type. */
export interface HttpMeasureDefinition extends Common {
  readonly kind: 'http';
  /** Name of the variable that holds the address. */
  readonly url: string;
  readonly path?: string;
  /** Default `GET`. */
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly secretHeaders?: Readonly<Record<string, { readonly variable: string; readonly prefix?: string }>>;
  /** Sent as JSON; only of `POST`. */
  readonly body?: unknown;
  readonly of: HttpFigure;
  /** Only of `json`: where the number stands, dotted: `queue.depth`, `items.0.age`. */
  readonly at?: string;
}

export type MeasureDefinition =
  | SqlMeasureDefinition
  | JobSlaMeasureDefinition
  | RedisMeasureDefinition
  | SchedulesMeasureDefinition
  | PostgresActivityMeasureDefinition
  | AlertingMeasureDefinition
  | HttpMeasureDefinition;
