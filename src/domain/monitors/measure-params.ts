// What each kind of measure says beside its kind and timeout, as it travels: `with` of a MeasureSnapshot.

/** One read-only statement. */
export interface SqlParams {
  readonly database: string;
  readonly sql: string;
  /** Column that is the number. */
  readonly value: string;
  /** Columns that tell series apart. Missing: every column that is nothing else. */
  readonly labels?: readonly string[];
  /** Columns for people. */
  readonly facts?: readonly string[];
  /** Columns for machines. */
  readonly payload?: readonly string[];
  /** What an answer without rows means. */
  readonly none: 'noData' | 0;
}

export const JOB_FIGURES = [
  'utilization',
  'duration',
  'sustained-utilization',
  'failing-streak',
  'success-rate',
  'error-rate',
  'attempts',
  'throughput',
  'throughput-ratio',
  'lock-skips',
  'since-success',
  'missed-ticks',
  'late-seconds',
] as const;
export type JobFigure = (typeof JOB_FIGURES)[number];

/** What a job's pace is held against. */
export interface Baseline {
  readonly overSeconds: number;
  readonly minimumRuns: number;
}

/** Runs of jobs against what was declared of them. */
export interface JobSlaParams {
  readonly of: JobFigure;
  /** Jobs of the pack. Missing: all of them. */
  readonly jobs?: readonly string[];
  readonly from: 'runs' | 'audit';
  /** Only of `audit`. */
  readonly database?: string;
  readonly withinSeconds: number;
  /** Only of the pace. */
  readonly baseline?: Baseline;
  /** Only of `sustained-utilization`: completed runs in a row. */
  readonly runs?: number;
  /** Runs that were over so long before the tick before raise nothing any more. Missing: every run may. */
  readonly overlapSeconds?: number;
}

export const REDIS_FIGURES = [
  'ping-ms',
  'memory-share',
  'connected',
  'probe',
  'keys',
  'key-length',
  'key-ttl',
  'lock-age',
] as const;
export type RedisFigure = (typeof REDIS_FIGURES)[number];

export interface RedisParams {
  readonly of: RedisFigure;
  /** Of `lock-age` and `keys` a pattern of Redis. */
  readonly key?: string;
}

export const SCHEDULE_FIGURES = [
  'missed',
  'skipped',
  'since-last-action',
  'until-next',
  'paused',
  'not-applied',
  'monitor-lateness',
] as const;
export type ScheduleFigure = (typeof SCHEDULE_FIGURES)[number];

export interface SchedulesParams {
  readonly of: ScheduleFigure;
  /** Jobs and monitors of the pack. Missing: all of them. */
  readonly names?: readonly string[];
}

export const ACTIVITY_FIGURES = [
  'connections-share',
  'oldest-transaction',
  'waiting-locks',
  'cache-hit',
  'rollbacks',
  'deadlocks',
  'calls',
  'mean-ms',
] as const;
export type ActivityFigure = (typeof ACTIVITY_FIGURES)[number];

export interface PostgresActivityParams {
  readonly database: string;
  readonly of: ActivityFigure;
  /** Only of `calls` and `mean-ms`: statements whose text is like this pattern of SQL. Missing: all. */
  readonly like?: string;
}

export const ALERTING_FIGURES = [
  'notify-p95',
  'acknowledge-p95',
  'resolve-p95',
  'untold',
  'overdue',
  'overdue-seconds',
  'stuck',
  'dead-letters',
  'failed-share',
  'monitor-lateness',
] as const;
export type AlertingFigure = (typeof ALERTING_FIGURES)[number];

/** How well Sexton itself tells people. */
export interface AlertingParams {
  readonly of: AlertingFigure;
  readonly withinSeconds: number;
}

export const HTTP_FIGURES = ['status', 'latency-ms', 'json'] as const;
export type HttpFigure = (typeof HTTP_FIGURES)[number];

export interface HttpParams {
  /** Name of the variable that holds the address. */
  readonly url: string;
  readonly path: string;
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly secretHeaders: Readonly<Record<string, { readonly variable: string; readonly prefix: string }>>;
  readonly body?: unknown;
  readonly of: HttpFigure;
  /** Only of `json`: where the number stands in the answer. */
  readonly at?: readonly string[];
}
