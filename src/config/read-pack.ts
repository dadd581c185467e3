// One pack's part of the catalog: its databases, policies, jobs and monitors, with environment and roles applied.
import { fileURLToPath } from 'node:url';
import {
  type CatalogCheck,
  type CatalogChecklist,
  type CatalogCommand,
  type CatalogDashboard,
  type CatalogDatabase,
  type CatalogDigest,
  type CatalogJob,
  type CatalogMetric,
  type CatalogMonitor,
  type CatalogPolicy,
  type CatalogReport,
  type CatalogRunbook,
  type CatalogVariable,
  type CatalogVariableState,
  catalogPolicy,
} from '../catalog/catalog.ts';
import { checkDeclarations } from '../catalog/declarations.ts';
import type { EnvOf, EnvShape } from '../catalog/define/pack.ts';
import type { Fault } from '../catalog/faults/fault.ts';
import type { CheckedPack } from '../catalog/schema/config.ts';
import { policySnapshot } from '../catalog/snapshots/alert.ts';
import { digestSnapshot } from '../catalog/snapshots/digest.ts';
import { toSnapshot } from '../catalog/snapshots/job.ts';
import { monitorSnapshot } from '../catalog/snapshots/monitor.ts';
import { type Profile, postgresUrl } from '../catalog/variables.ts';
import type { Directory } from '../domain/alerts/on-call.ts';
import {
  checklistId,
  commandId,
  dashboardId,
  digestId,
  jobId,
  metricId,
  monitorId,
  reportId,
} from '../domain/ids.ts';
import type { EngineSettings } from '../domain/settings.ts';
import { addressRule } from './engine-env.ts';
import type { Env } from './env.ts';
import { packChecks } from './pack-checks.ts';
import { databaseVariables, readPackEnv, readVariables } from './pack-env.ts';
import { packRunbooks } from './runbooks.ts';
import { namedVariables } from './step-variables.ts';
import { variableStates } from './variable-states.ts';

const packDatabases = (
  pack: CheckedPack,
  env: Env,
  { profile, home }: { readonly profile: Profile; readonly home: string | undefined },
): { readonly databases: readonly CatalogDatabase[]; readonly faults: readonly Fault[] } => {
  const names = databaseVariables(pack);
  const shape = Object.fromEntries(names.map((name) => [name, postgresUrl()]));
  const { values, faults } = readVariables({ shape, env, pack: pack.name });
  const databases = Object.entries(pack.databases).flatMap(([name, definition]) => {
    if ('home' in definition) return home === undefined ? [] : [{ pack: pack.name, name, url: home }];
    const { url, migrations } = definition;
    const address = values[url];
    if (typeof address !== 'string') return [];
    const folder = migrations === undefined ? {} : { migrationsDir: fileURLToPath(migrations) };
    return [{ pack: pack.name, name, url: address, ...folder }];
  });
  const worded = faults.map((fault) =>
    env[fault.place] === undefined ? { ...fault, rule: addressRule('Postgres', profile) } : fault,
  );
  return { databases, faults: worded };
};

/**
 * The pack's variables with defaults in place of whatever is at fault, alone or together with others, so that
 * what is declared from them can be checked in the same go and no mistake is told twice.
 */
const soundValues = (pack: CheckedPack, env: Env): Partial<EnvOf<EnvShape>> => {
  const { values, faults } = readPackEnv(pack, env);
  const faulty = new Set(faults.map(({ place }) => place).filter((place) => env[place] !== undefined));
  if (faulty.size === 0) return values;
  return soundValues(pack, Object.fromEntries(Object.entries(env).filter(([name]) => !faulty.has(name))));
};

interface PackPart {
  readonly databases: readonly CatalogDatabase[];
  readonly policies: readonly CatalogPolicy[];
  readonly jobs: readonly CatalogJob[];
  readonly monitors: readonly CatalogMonitor[];
  readonly checks: readonly CatalogCheck[];
  readonly runbooks: readonly CatalogRunbook[];
  readonly reports: readonly CatalogReport[];
  readonly digests: readonly CatalogDigest[];
  readonly checklists: readonly CatalogChecklist[];
  readonly commands: readonly CatalogCommand[];
  readonly metrics: readonly CatalogMetric[];
  readonly dashboards: readonly CatalogDashboard[];
  readonly variables: readonly CatalogVariable[];
  readonly variableStates: readonly CatalogVariableState[];
  readonly faults: readonly Fault[];
}

/** What is sound of a pack, and every fault of the rest. */
export const readPack = ({
  pack,
  env,
  profile,
  settings,
  runbookBaseUrl,
  home,
  directory,
}: {
  readonly pack: CheckedPack;
  readonly env: Env;
  readonly profile: Profile;
  readonly settings: EngineSettings;
  readonly runbookBaseUrl: string | undefined;
  /** Address of Sexton's own database; a fault of its own where there is none. */
  readonly home: string | undefined;
  readonly directory: Directory;
}): PackPart => {
  const { databases, faults: addressFaults } = packDatabases(pack, env, { profile, home });
  const own = readPackEnv(pack, env);
  const declared = checkDeclarations({ pack, env: soundValues(pack, env), directory });
  // With stand-ins for faulty variables `build` may throw for want of them; that is no fault of its own.
  const hollow = own.faults.length > 0 && declared.faults.some(({ place }) => place.endsWith('.build'));
  const policies = declared.policies.map((policy) => policySnapshot({ pack: pack.name, policy, directory }));
  const alerting = { routes: declared.routes, policies, severityNames: pack.severityNames ?? {} };
  const jobs = declared.jobs.map((job) => ({
    id: jobId(pack.name, job.name),
    pack: pack.name,
    name: job.name,
    schedule: job.schedule,
    snapshot: toSnapshot({ pack: pack.name, job, settings, runbookBaseUrl, alerting }),
  }));
  const monitors = declared.monitors.map((monitor) => ({
    id: monitorId(pack.name, monitor.name),
    pack: pack.name,
    name: monitor.name,
    schedule: monitor.schedule,
    snapshot: monitorSnapshot({ pack: pack.name, monitor, runbookBaseUrl, alerting }),
  }));
  const checks = packChecks({ pack, declared: declared.checks, runbookBaseUrl, alerting, jobs, monitors });
  const known = (idOf: (pack: string, name: string) => string, { name }: { readonly name: string }) => ({
    id: idOf(pack.name, name),
    pack: pack.name,
    name,
  });
  const reports = declared.reports.map((report) => ({ ...known(reportId, report), report }));
  const digests = declared.digests.map((digest) => ({
    id: digestId(pack.name, digest.name),
    pack: pack.name,
    name: digest.name,
    schedule: digest.schedule,
    snapshot: digestSnapshot(pack.name, digest),
  }));
  const checklists = declared.checklists.map((checklist) => ({
    ...known(checklistId, checklist),
    checklist,
  }));
  const commands = declared.commands.map((command) => ({ ...known(commandId, command), command }));
  const metrics = declared.metrics.map((metric) => ({ ...known(metricId, metric), metric }));
  const dashboards = declared.dashboards.map((dashboard) => ({
    ...known(dashboardId, dashboard),
    dashboard,
  }));
  const named = namedVariables(pack, declared, env);
  const pages = packRunbooks(pack, declared);
  return {
    databases,
    policies: policies.map(catalogPolicy),
    jobs,
    monitors,
    checks,
    runbooks: pages.runbooks,
    reports,
    digests,
    checklists,
    commands,
    metrics,
    dashboards,
    variables: named.variables,
    variableStates: variableStates(pack, declared.checks, env),
    faults: [
      ...addressFaults,
      ...own.faults,
      ...(hollow ? [] : [...declared.faults, ...named.faults, ...pages.faults]),
    ],
  };
};
