// Everything that is declared and sound, with addresses resolved: what the worker, the CLI and the tests
// work from. Finding things in it by name lives here too.

import type { Directory } from '../domain/alerts/on-call.ts';
import type { PolicySnapshot, Target } from '../domain/alerts/policy.ts';
import type { MonitorRule } from '../domain/monitors/monitor.ts';
import type { EngineSettings } from '../domain/settings.ts';
import type {
  CatalogCheck,
  CatalogChecklist,
  CatalogCommand,
  CatalogDashboard,
  CatalogDigest,
  CatalogJob,
  CatalogMetric,
  CatalogMonitor,
  CatalogPolicy,
  CatalogReport,
  CatalogVariableState,
} from './catalog-kinds.ts';
import { nameHint } from './close-matches.ts';
import type { CheckedPack } from './schema/config.ts';
import type { Profile } from './variables.ts';

export type * from './catalog-kinds.ts';

/** Gives a policy its id. */
export const catalogPolicy = (snapshot: PolicySnapshot): CatalogPolicy => {
  const { pack, name } = snapshot;
  return { id: `${pack}/policy/${name}`, pack, name, snapshot };
};

/** One database of one pack. */
export interface CatalogDatabase {
  readonly pack: string;
  readonly name: string;
  readonly url: string;
  /** Absolute folder of the pack's migrations; absent where it brings none. */
  readonly migrationsDir?: string;
}

/** A variable of a pack that one of its steps names. */
export interface CatalogVariable {
  readonly pack: string;
  readonly name: string;
  readonly value: string;
}

/** A page that alerts point to. */
export interface CatalogRunbook {
  /** `<pack>/runbook/<name>`. */
  readonly id: string;
  readonly pack: string;
  /** As rules and jobs name it. */
  readonly name: string;
  /** Absolute path of the Markdown page. */
  readonly file: string;
}

/** What is declared, checked and resolved. */
export interface Catalog {
  readonly profile: Profile;
  readonly packs: readonly CheckedPack[];
  readonly jobs: readonly CatalogJob[];
  readonly monitors: readonly CatalogMonitor[];
  /** Health checks. */
  readonly checks: readonly CatalogCheck[];
  /** Those of every pack, then the built-in one. */
  readonly policies: readonly CatalogPolicy[];
  readonly runbooks: readonly CatalogRunbook[];
  readonly reports: readonly CatalogReport[];
  readonly digests: readonly CatalogDigest[];
  readonly checklists: readonly CatalogChecklist[];
  readonly commands: readonly CatalogCommand[];
  readonly metrics: readonly CatalogMetric[];
  readonly dashboards: readonly CatalogDashboard[];
  /** Roles, people and rotations, as the config file has them. */
  readonly directory: Directory;
  /** Told what another target's channel did not take. Missing: `log`. */
  readonly fallback?: Target;
  /** The engine's timings, defaults filled in. */
  readonly settings: EngineSettings;
  readonly databases: readonly CatalogDatabase[];
  /** Addresses and secrets of steps that make requests. */
  readonly variables: readonly CatalogVariable[];
  /** Of variables that health checks look at. */
  readonly variableStates: readonly CatalogVariableState[];
  /** Sexton's own database. */
  readonly home: { readonly url: string };
  /** Where locks are kept. */
  readonly redisUrl: string;
}

/** A name that means nothing, or more than one thing: exit code 2. */
export class UnknownNameError extends Error {
  override readonly name = 'UnknownNameError';
  /** Ids that may have been meant. */
  readonly candidates: readonly string[];

  constructor(message: string, candidates: readonly string[]) {
    super(message);
    this.candidates = candidates;
  }
}

interface Named {
  readonly id: string;
  readonly name: string;
}

const find = <T extends Named>(kind: string, declared: readonly T[], name: string): T => {
  const found = declared.filter((each) => each.id === name || each.name === name);
  const ids = found.map(({ id }) => id);
  if (found.length > 1) {
    throw new UnknownNameError(`${kind} ${name} is in several packs, so name one: ${ids.join(', ')}`, ids);
  }
  const [only] = found;
  if (only) return only;
  const all = declared.map(({ id }) => id);
  const names = name.includes('/') ? all : declared.map((each) => each.name);
  const { near, words } = nameHint(name, names, all);
  throw new UnknownNameError(`no ${kind} ${name}; ${words}`, near.length > 0 ? near : all);
};

/** Finds a job by its id, or by its bare name while that is unique. */
export const findJob = (catalog: Pick<Catalog, 'jobs'>, name: string): CatalogJob =>
  find('job', catalog.jobs, name);

/** Finds a monitor by its id, or by its bare name while that is unique. */
export const findMonitor = (catalog: Pick<Catalog, 'monitors'>, name: string): CatalogMonitor =>
  find('monitor', catalog.monitors, name);

/** Finds a health check by its id, or by its bare name while that is unique. */
export const findCheck = (catalog: Pick<Catalog, 'checks'>, name: string): CatalogCheck =>
  find('health check', catalog.checks, name);

/** Whatever has a schedule. */
export type CatalogScheduled =
  | { readonly kind: 'job'; readonly id: string; readonly name: string; readonly job: CatalogJob }
  | {
      readonly kind: 'monitor';
      readonly id: string;
      readonly name: string;
      readonly monitor: CatalogMonitor;
    }
  | { readonly kind: 'check'; readonly id: string; readonly name: string; readonly check: CatalogCheck }
  | { readonly kind: 'digest'; readonly id: string; readonly name: string; readonly digest: CatalogDigest };

/** Finds a job, monitor, health check or digest by its id, or by its bare name while that is unique. */
export const findScheduled = (
  {
    jobs,
    monitors,
    checks = [],
    digests = [],
  }: Pick<Catalog, 'jobs' | 'monitors'> & Partial<Pick<Catalog, 'checks' | 'digests'>>,
  name: string,
): CatalogScheduled => {
  const all: readonly CatalogScheduled[] = [
    ...jobs.map((job) => ({ kind: 'job' as const, id: job.id, name: job.name, job })),
    ...monitors.map((monitor) => ({ kind: 'monitor' as const, id: monitor.id, name: monitor.name, monitor })),
    ...checks.map((check) => ({ kind: 'check' as const, id: check.id, name: check.name, check })),
    ...digests.map((digest) => ({ kind: 'digest' as const, id: digest.id, name: digest.name, digest })),
  ];
  if (digests.length > 0) return find('job, monitor, health check or digest', all, name);
  if (checks.length > 0) return find('job, monitor or health check', all, name);
  return find(monitors.length > 0 ? 'job or monitor' : 'job', all, name);
};

/** A rule of a monitor. */
export interface CatalogRule {
  /** `<pack>/rule/<name>`. */
  readonly id: string;
  readonly name: string;
  readonly monitor: CatalogMonitor;
  readonly rule: MonitorRule;
}

export const catalogRules = ({ monitors }: Pick<Catalog, 'monitors'>): readonly CatalogRule[] =>
  monitors.flatMap((monitor) =>
    monitor.snapshot.rules.map((rule) => {
      const { pack, name } = rule.rule;
      return { id: `${pack}/rule/${name}`, name, monitor, rule };
    }),
  );

/** Finds a monitored rule by its id, or by its bare name while that is unique. */
export const findRule = (catalog: Pick<Catalog, 'monitors'>, name: string): CatalogRule =>
  find('rule', catalogRules(catalog), name);

/** Finds a policy by its id, or by its bare name while that is unique. */
export const findPolicy = (catalog: Pick<Catalog, 'policies'>, name: string): CatalogPolicy =>
  find('policy', catalog.policies, name);

/** Finds a runbook by its id, or by its bare name while that is unique. */
export const findRunbook = (catalog: Pick<Catalog, 'runbooks'>, name: string): CatalogRunbook =>
  find('runbook', catalog.runbooks, name);

/** Finds a report by its id, or by its bare name while that is unique. */
export const findReport = (catalog: Pick<Catalog, 'reports'>, name: string): CatalogReport =>
  find('report', catalog.reports, name);

/** Finds a digest by its id, or by its bare name while that is unique. */
export const findDigest = (catalog: Pick<Catalog, 'digests'>, name: string): CatalogDigest =>
  find('digest', catalog.digests, name);

/** Finds a dashboard by its id, or by its bare name while that is unique. */
export const findDashboard = (catalog: Pick<Catalog, 'dashboards'>, name: string): CatalogDashboard =>
  find('dashboard', catalog.dashboards, name);

/** Finds a checklist by its id, or by its bare name while that is unique. */
export const findChecklist = (catalog: Pick<Catalog, 'checklists'>, name: string): CatalogChecklist =>
  find('checklist', catalog.checklists, name);
