// What a team writes of its health checks: probes that are run side by side on a schedule and on demand, each PASS, WARN or
// FAIL. Plain data; checked when its pack is loaded (schema/checks.ts). Tables, indexes and the like are in public unless their
// name says otherwise (`sexton.audit_log`).
import type { Severity } from '../../domain/alerts/severity.ts';
import type { HealthStatus } from '../../domain/health/health.ts';
import type { Routes } from './alerts.ts';
import type { MeasureDefinition } from './measures.ts';

interface Common {
  /** As people are shown it. Default: by its kind, such as `Index: idx_quiz_responses_created_at`. */
  readonly label?: string;
  /** It fails after so long, at most 30s. Default `5s`. */
  readonly timeout?: string;
}

/** Connects and answers a trivial statement. */
interface PostgresCheckDefinition extends Common {
  readonly kind: 'postgres';
  readonly database: string;
  /** Milliseconds, excluded, from which on it is a warning. Default 250. */
  readonly warnAboveMs?: number;
}

/** The Redis of the locks: takes a probe lock under a key of its own and lets go of it. */
interface RedisCheckDefinition extends Common {
  readonly kind: 'redis';
  /** Milliseconds, excluded, from which on it is a warning. Default 100. */
  readonly warnAboveMs?: number;
}

/** The blob store takes the credentials and lists a page. */
interface BlobCheckDefinition extends Common {
  readonly kind: 'blob';
  /** Milliseconds, excluded, from which on it is a warning. Default 1000. */
  readonly warnAboveMs?: number;
}

/** An index is there, holds something on disk, and is valid: a build that failed leaves one that is not (SLA-125). */
interface IndexCheckDefinition extends Common {
  readonly kind: 'index';
  readonly database: string;
  readonly index: string;
}

/** Temporal has the schedule as it is declared; a warning where it is paused or differs, a failure where it is missing. */
interface ScheduleCheckDefinition extends Common {
  readonly kind: 'schedule';
  /** A job, monitor or health check of the pack. */
  readonly of: string;
}

/** A variable of the pack is set, not empty, and of its form. Its value is never shown, stored or sent (SLA-48). */
interface VariableCheckDefinition extends Common {
  readonly kind: 'variable';
  readonly variable: string;
  /** Not being set is a warning and no failure. Default false. */
  readonly optional?: boolean;
}

/** A table or view can be read and has these columns; further ones do not matter. */
interface TableShapeCheckDefinition extends Common {
  readonly kind: 'table-shape';
  readonly database: string;
  readonly table: string;
  /** Type by column, as Postgres takes it: `timestamptz`. */
  readonly columns: Readonly<Record<string, string>>;
}

/** No lock of the pack's jobs is held for too long; each that is is told with its age and whether its owner runs (SLA-46). */
interface LocksCheckDefinition extends Common {
  readonly kind: 'locks';
  /** Default `2h`. */
  readonly maxAge?: string;
  /** Where jobs may hold theirs for a time of their own. */
  readonly maxAgeOf?: Readonly<Record<string, string>>;
}

/** One limit; `above` and `below` are strict. */
export interface CheckLimit {
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
  readonly equals?: number;
}

/** A number against limits. Of several series the worst counts. */
interface MeasureCheckDefinition extends Common {
  readonly kind: 'measure';
  readonly measure: MeasureDefinition;
  readonly warn?: CheckLimit;
  readonly fail?: CheckLimit;
  /** What no value means. Default `FAIL`. */
  readonly nothing?: HealthStatus;
}

/** The role that Sexton connects as may do this. */
interface PrivilegesCheckDefinition extends Common {
  readonly kind: 'privileges';
  readonly database: string;
  readonly table: string;
  readonly privileges: readonly ('SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'TRUNCATE')[];
}

/** Tables, views and functions that must be there. */
interface ObjectsCheckDefinition extends Common {
  readonly kind: 'objects';
  readonly database: string;
  readonly tables?: readonly string[];
  readonly views?: readonly string[];
  /** With the types of their arguments: `check_pending_cleanup()`. */
  readonly functions?: readonly string[];
}

/**
 * A worker of the code that was applied last asks each of the queues for work; a warning where only one of older code does,
 * a failure where none does.
 */
interface WorkersCheckDefinition extends Common {
  readonly kind: 'workers';
  /** Default: those of workflows, watching and telling, and one a database of the pack. */
  readonly queues?: readonly string[];
}

/** Channels take a probe that nobody sees; a warning where one does not, a failure where none does. */
interface ChannelsCheckDefinition extends Common {
  readonly kind: 'channels';
  /** Such as `slack:webhook`, `pagerduty`. */
  readonly targets: readonly string[];
}

export type CheckDefinition =
  | PostgresCheckDefinition
  | RedisCheckDefinition
  | BlobCheckDefinition
  | IndexCheckDefinition
  | ScheduleCheckDefinition
  | VariableCheckDefinition
  | TableShapeCheckDefinition
  | LocksCheckDefinition
  | MeasureCheckDefinition
  | PrivilegesCheckDefinition
  | ObjectsCheckDefinition
  | WorkersCheckDefinition
  | ChannelsCheckDefinition;

/** What is told of a check that warns, or of one that fails. */
export interface HealthBandDefinition {
  readonly severity?: Severity;
  /** Name of the band; not part of the alert's identity. */
  readonly alertType?: string;
  /** What to do first, in one sentence. */
  readonly action?: string;
  /** Name below RUNBOOK_BASE_URL, or a whole address. Default: the health check's. */
  readonly runbook?: string;
}

/** One alert a check that does not pass, which ends once it passes. */
export interface HealthAlertsDefinition {
  /** Unique in its pack. Default `health_check`. */
  readonly rule?: string;
  /** Default: critical, `health_check_fail`. False: a failure alerts nobody. */
  readonly fail?: false | HealthBandDefinition;
  /** Default: warning, `health_check_warn`. False: a warning is shown and alerts nobody. */
  readonly warn?: false | HealthBandDefinition;
  /** Resolved by hand while it still does not pass, it stays so until it has passed once. Default false. */
  readonly newlyOnly?: boolean;
  /** A re-fire within this time of resolving opens the same incident again. Default `5m`. */
  readonly reopenWithin?: string;
  /** Resolved by hand while still true: opens again after this time. Default `30m`. */
  readonly reopenAfter?: string;
  /** Where they differ from the pack's. */
  readonly routes?: Routes;
}

/** Probes that are run side by side, on a schedule and by `sexton health`. */
export interface HealthCheckDefinition {
  /** Unique in its pack, among monitors too; lower case, digits, `_` and `-`. */
  readonly name: string;
  /** One line for lists. */
  readonly summary: string;
  /** Role that answers for it. */
  readonly owner: string;
  /** Five cron fields, in UTC. */
  readonly schedule: string;
  /** Runbook's name below RUNBOOK_BASE_URL, or a whole address. */
  readonly runbook?: string;
  /** By name, in the order in which they are shown. */
  readonly checks: Readonly<Record<string, CheckDefinition>>;
  /** False: nobody is alerted. */
  readonly alerts?: false | HealthAlertsDefinition;
  /** Roles and targets that each scheduled report is sent to as a summary. Default: nobody. */
  readonly summaryTo?: readonly string[];
}

/** Gives a health check its types; it is checked when its pack is loaded. */
export const defineHealthCheck = (check: HealthCheckDefinition): HealthCheckDefinition => check;
