// What a team writes: packs, jobs and the config, as plain data; its neighbours have the rest. The helpers give types and
// nothing else; everything is checked when it is loaded, so that all faults can be told at once.
import type { z } from 'zod';
import type { Severity } from '../../domain/alerts/severity.ts';
import type { EngineSettings } from '../../domain/settings.ts';
import type { EnvRule } from '../env-rules.ts';
import type { Profile } from '../variables.ts';
import type { JobAlertsDefinition, PolicyDefinition, Roles, Routes } from './alerts.ts';
import type { ChecklistDefinition } from './checklists.ts';
import type { HealthCheckDefinition } from './checks.ts';
import type { PackCommand } from './commands.ts';
import type { DashboardDefinition } from './dashboards.ts';
import type { DigestDefinition } from './digests.ts';
import type { MetricDefinition } from './metrics.ts';
import type { MonitorDefinition } from './monitors.ts';
import type { PersonDefinition, RotationDefinition } from './people.ts';
import type { ReportDefinition } from './reports.ts';
import type { StepDefinition } from './steps.ts';
import type { ThrottleDefinition } from './throttle.ts';

/**
 * Limits, all strict: a run of which one step is above them waits up to a day for `sexton approve` and deletes nothing
 * until then.
 */
export interface GuardDefinition {
  /** Rows that a step may take. Default: no such limit. */
  readonly maxRows?: number;
  /**
   * Share of its table's rows that a step may take, above 0 to 1, whatever the table's size; 1 never asks. Default 0.9, of
   * tables of 10,000 rows or more.
   */
  readonly maxShare?: number;
}

/** A cleanup or maintenance job. */
export interface JobDefinition {
  /** Unique in its pack; lower case, digits, `_` and `-`. */
  readonly name: string;
  /** One line for lists. */
  readonly summary: string;
  /** Role that answers for the job. */
  readonly owner: string;
  /** `audit_log.resource_type` of its rows (SLA-09). */
  readonly resourceType: string;
  /** Five cron fields, in UTC. */
  readonly schedule: string;
  /** Time that a run may take: `5m`. */
  readonly budget: string;
  /** Runbook's name below RUNBOOK_BASE_URL, or a whole address. */
  readonly runbook?: string;
  /** Redis key that keeps runs apart. Default `lock:cleanup:<job>` (SLA-16). */
  readonly lock?: string;
  /** What it says of runs that are late or fail. Default: a budget rule and a failure rule. */
  readonly alerts?: JobAlertsDefinition;
  /** When it leaves its database alone. Default: gently, see ThrottleDefinition. */
  readonly throttle?: ThrottleDefinition;
  /** How much a run may take without a person's approval. Default: 0.9 of each table of 10,000 rows or more. */
  readonly guard?: GuardDefinition;
  /** Without progress for so long a run counts as stuck, and may be stopped without force. Default `10m` (SLA-95). */
  readonly stuckAfter?: string;
  /** Rows and objects that may fail by themselves and be set aside before the run fails. Default 100. */
  readonly maxPoison?: number;
  /**
   * The ending's audit row tells the ids of the first so many deleted rows as `deleted_ids`, and beside them `deleted_count` and
   * `cutoff_time`. At most 1,000. Default: none.
   */
  readonly auditIds?: number;
  /** Monitors of the pack that are evaluated once each run has ended, besides by their schedules. */
  readonly evaluates?: readonly string[];
  /** What the job does, one after the other: at most 20 steps, all in one database. Rows that refer to others go first. */
  readonly steps: readonly StepDefinition[];
}

/** A database that the pack's jobs work on. */
export type DatabaseDefinition = OwnDatabaseDefinition | HomeDatabaseDefinition;

/** Sexton's own database, wherever this installation has it: `SEXTON_DATABASE_URL`, else `DATABASE_URL`. */
interface HomeDatabaseDefinition {
  readonly home: true;
}

/** A database of the pack's system. */
interface OwnDatabaseDefinition {
  /** Name of the variable that holds its address; `<PACK>__NAME` wins over `NAME`. */
  readonly url: string;
  /** Folder of plain `.sql` migrations, applied in the order of their names. */
  readonly migrations?: URL;
}

/** What `build` declares. */
export interface Declarations {
  readonly jobs?: readonly JobDefinition[];
  /** What is looked at, and the rules that it is judged by. */
  readonly monitors?: readonly MonitorDefinition[];
  /** Health checks: probes of what the pack depends on. */
  readonly checks?: readonly HealthCheckDefinition[];
  /** Who is told, and after how long; each must be named by a route. */
  readonly policies?: readonly PolicyDefinition[];
  /** Default routes of the pack's rules. Without any, everything goes to `log-only`. */
  readonly routes?: Routes;
  /** Named questions to the pack's databases. */
  readonly reports?: readonly ReportDefinition[];
  /** Reports that are sent to people on a schedule. */
  readonly digests?: readonly DigestDefinition[];
  /** Steps that people complete one after the other. */
  readonly checklists?: readonly ChecklistDefinition[];
  /** Commands of the pack's own: `sexton <pack> <name>`. */
  readonly commands?: readonly PackCommand[];
  /** Names under which the gateway's /metrics shows what is stored. */
  readonly metrics?: readonly MetricDefinition[];
  /** Panels of reports, metrics and alerts, for Grafana and for Sexton's own pages. */
  readonly dashboards?: readonly DashboardDefinition[];
}

/** What seeding one table did. */
export interface SeedResult {
  readonly table: string;
  readonly rows: number;
  /** Rows that the table's job will select. */
  readonly eligible: number;
}

/** As much of a database connection as seeding needs; a `pg` client or pool is one. */
export interface SeedConnection {
  query(sql: string, values?: unknown[]): Promise<unknown>;
}

/** As much of a blob store as seeding needs. */
export interface SeedBlobs {
  /** Writes an object at each path. */
  put(paths: readonly string[]): Promise<void>;
}

/** As much of the Redis that locks are kept in as seeding needs. */
export interface SeedRedis {
  /** Writes a text at each key, which lapses after so many seconds. */
  put(keys: readonly string[], seconds: number): Promise<void>;
  /** Removes every key like the pattern. */
  clear(pattern: string): Promise<void>;
  /** Has it answer nobody for so many seconds, as if it were away. */
  silence(seconds: number): Promise<void>;
  /** Leaves a lock that an owner took then who is gone; it lapses after a day, if nobody releases it. */
  leaveLock(key: string, since: Date): Promise<void>;
}

/** What a scenario gets to work with. */
export interface SeedTools {
  /** Connection to one of the pack's databases, by its name. */
  readonly database: (name: string) => SeedConnection;
  /** Absent where there is no blob store, or where it is one that matters. */
  readonly blobs?: SeedBlobs;
  /** Absent where nothing may be written to it. */
  readonly redis?: SeedRedis;
  /** The instant that all ages are measured from. */
  readonly now: Date;
}

/** Fills the pack's own tables, after emptying them: never to be called on a database that matters. */
export type Scenario = (tools: SeedTools) => Promise<readonly SeedResult[]>;

/** Variables of a pack: name → schema. */
export type EnvShape = Readonly<Record<string, z.ZodType<unknown, string | undefined>>>;

/** The checked values of a shape. */
export type EnvOf<Shape extends EnvShape> = { readonly [Name in keyof Shape]: z.output<Shape[Name]> };

/** Everything declared for one monitored system. */
export interface PackDefinition<Shape extends EnvShape = EnvShape> {
  readonly name: string;
  readonly summary?: string;
  readonly databases: Readonly<Record<string, DatabaseDefinition>>;
  /** Variables that the pack reads, each as `<PACK>__NAME`, else `NAME`. */
  readonly env: Shape;
  /** Rules over several of them. */
  readonly envRules?: readonly EnvRule[];
  /** Declares the pack's jobs for an environment that is already checked. Pure: it may be called often. */
  build(env: EnvOf<Shape>): Declarations;
  /** The pack's own words for the engine's severities, in payloads and reports. */
  readonly severityNames?: Readonly<Partial<Record<Severity, string>>>;
  /**
   * Folder of Markdown pages, one a runbook. Every page that a rule, job or check names must be there and have the headings
   * of RUNBOOK_HEADINGS; others may lie beside them.
   */
  readonly runbooks?: URL;
  /** What `sexton seed` can fill the pack's tables with. */
  readonly seed?: { readonly scenarios: Readonly<Record<string, Scenario>> };
}

/** A pack, whatever its environment. */
export type Pack = PackDefinition;

/** What `sexton.config.ts` exports by default. */
export interface ConfigDefinition {
  readonly packs: readonly Pack[];
  /** Who is told: role → one or more people, rotations and targets. */
  readonly roles?: Roles;
  readonly people?: Readonly<Record<string, PersonDefinition>>;
  readonly rotations?: Readonly<Record<string, RotationDefinition>>;
  /** Told what another target's channel did not take, such as `email:ops@example.org`. Default `log`, which is told always. */
  readonly fallback?: string;
  /** The engine's timings where they differ from the defaults; seconds. */
  readonly settings?: Partial<EngineSettings>;
  /** Used where SEXTON_PROFILE is not set. Default `development`. */
  readonly profile?: Profile;
}

/** Gives a pack its types; it is checked when it is loaded. */
export const definePack = <Shape extends EnvShape>(pack: PackDefinition<Shape>): Pack => pack;

/** Gives a job its types; it is checked when its pack is loaded. */
export const defineJob = (job: JobDefinition): JobDefinition => job;

/** Gives the config file its types; it is checked when it is loaded. */
export const defineConfig = (config: ConfigDefinition): ConfigDefinition => config;
