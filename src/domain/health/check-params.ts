// What each kind of check says beside its name and timeout, as it travels: `with` of a CheckSnapshot.
import type { Limit } from '../monitors/condition.ts';
import type { MeasureSnapshot } from '../monitors/monitor.ts';
import type { HealthStatus } from './health.ts';

/** Strictly more than that is a warning. */
interface Warning {
  readonly warnAboveMs: number;
}

export interface PostgresParams extends Warning {
  readonly database: string;
}

export type RedisProbeParams = Warning;

export type BlobParams = Warning;

export interface IndexParams {
  readonly database: string;
  readonly index: string;
}

/** The schedule as it was declared when it was applied. */
export interface ScheduleParams {
  readonly schedule: string;
  readonly cron: string;
}

export interface VariableParams {
  readonly variable: string;
  readonly optional: boolean;
}

export interface TableParams {
  readonly database: string;
  readonly table: string;
  /** Types as Postgres knows them, by column. */
  readonly columns: Readonly<Record<string, string>>;
}

export interface LocksParams {
  readonly locks: readonly LockLimit[];
}

interface LockLimit {
  readonly key: string;
  readonly job: string;
  readonly maxSeconds: number;
}

/** One comparison with a number. */
export type Bound = Readonly<Partial<Record<Limit, number>>>;

export interface MeasureParams {
  readonly measure: MeasureSnapshot;
  readonly warn?: Bound;
  readonly fail?: Bound;
  /** What it means that there is no value. */
  readonly nothing: HealthStatus;
}

export interface PrivilegesParams {
  readonly database: string;
  readonly table: string;
  readonly privileges: readonly string[];
}

export interface ObjectsParams {
  readonly database: string;
  readonly tables: readonly string[];
  readonly views: readonly string[];
  /** With the types of their arguments: `check_pending_cleanup()`. */
  readonly functions: readonly string[];
}

export interface WorkersParams {
  readonly queues: readonly string[];
  /** Of the code that this was declared by. Missing: any. */
  readonly build?: string;
}

export interface ChannelsParams {
  readonly targets: readonly string[];
}
