// Brings a health check into the shape that travels: whole policies in place of their names, addresses of runbooks, and what
// its checks compare with: schedules as declared, keys of locks, queues, the code that they were declared by.
import type { CheckSnapshot, HealthAlerts, HealthSnapshot } from '../../domain/health/health.ts';
import {
  cleanupQueue,
  NOTIFY_QUEUE,
  ORCHESTRATION_QUEUE,
  scheduleIdOf,
  WATCH_QUEUE,
} from '../../domain/ids.ts';
import type { Band } from '../../domain/jobs/job.ts';
import type { CatalogJob, CatalogMonitor } from '../catalog.ts';
import { shortestGapSeconds } from '../cron.ts';
import type { CheckedCheck, CheckedHealthCheck } from '../schema/checks.ts';
import { type Alerting, resolvedRoutes } from './alert.ts';
import { runbookAddress } from './runbook-address.ts';

interface Scheduled {
  readonly id: string;
  readonly name: string;
  readonly schedule: string;
}

interface Given {
  readonly pack: string;
  readonly check: CheckedHealthCheck;
  readonly runbookBaseUrl: string | undefined;
  readonly alerting: Alerting;
  readonly jobs: readonly CatalogJob[];
  readonly monitors: readonly CatalogMonitor[];
  /** Health checks of the pack, this one too. */
  readonly checks: readonly Scheduled[];
  /** Names of the pack's databases. */
  readonly databases: readonly string[];
  /** Of this code; asked only where a check needs it. */
  readonly build: () => string;
}

/** Until it is stopped being true for once, which is longer than anybody waits. */
const NEVER_SECONDS = 10 * 365 * 86_400;

const LABELS: { readonly [Kind in CheckedCheck['kind']]?: (check: never) => string } = {
  postgres: ({ database }: { readonly database: string }) => `Database: ${database}`,
  redis: () => 'Redis',
  blob: () => 'Blob store',
  index: ({ index }: { readonly index: string }) => `Index: ${index}`,
  schedule: ({ of }: { readonly of: string }) => `Schedule: ${of}`,
  variable: ({ variable }: { readonly variable: string }) => `Variable: ${variable}`,
  'table-shape': ({ table }: { readonly table: string }) => `Table: ${table}`,
  locks: () => 'Zombie locks',
  privileges: ({ table }: { readonly table: string }) => `Privileges: ${table}`,
  workers: () => 'Workers',
  channels: () => 'Channels',
};

const labelOf = (name: string, check: CheckedCheck): string =>
  check.label ?? LABELS[check.kind]?.(check as never) ?? name;

/** What a check compares with, beside what it says itself. */
const comparedWith = (given: Given, check: CheckedCheck): Readonly<Record<string, unknown>> => {
  const { pack, jobs, monitors, checks, databases, build } = given;
  if (check.kind === 'schedule') {
    const all: readonly Scheduled[] = [...jobs, ...monitors, ...checks];
    const found = all.find(({ name }) => name === check.of);
    return { of: undefined, ...(found && { schedule: scheduleIdOf(found.id), cron: found.schedule }) };
  }
  if (check.kind === 'locks') {
    const { maxAge, maxAgeOf } = check;
    const locks = jobs.map(({ name: job, snapshot: { lockKey: key } }) => ({
      key,
      job,
      maxSeconds: maxAgeOf[job] ?? maxAge,
    }));
    // Jobs that share a key share a lock, which may be held as long as the most patient of them lets it.
    const most = locks.filter(
      (lock) => !locks.some((other) => other.key === lock.key && other.maxSeconds > lock.maxSeconds),
    );
    const once = most.filter(({ key }, place) => most.findIndex((other) => other.key === key) === place);
    return { maxAge: undefined, maxAgeOf: undefined, locks: once };
  }
  if (check.kind !== 'workers') return {};
  const { queues = ownQueues(pack, databases) } = check;
  return { queues, build: build() };
};

const ownQueues = (pack: string, databases: readonly string[]): readonly string[] => [
  ORCHESTRATION_QUEUE,
  WATCH_QUEUE,
  NOTIFY_QUEUE,
  ...databases.map((database) => cleanupQueue(pack, database)),
];

const checkSnapshot = (given: Given, name: string, check: CheckedCheck): CheckSnapshot => {
  const { kind, timeout: timeoutSeconds, label: _label, ...rest } = check;
  const stated = Object.entries({ ...rest, ...comparedWith(given, check) });
  return {
    name,
    label: labelOf(name, check),
    kind,
    timeoutSeconds,
    with: Object.fromEntries(stated.filter(([, value]) => value !== undefined)),
  };
};

const alertsOf = ({ pack, check, runbookBaseUrl, alerting }: Given): HealthAlerts | undefined => {
  const { alerts } = check;
  if (alerts === false) return undefined;
  const { rule, warn, fail, newlyOnly, reopenWithin, reopenAfter, routes } = alerts;
  const band = ({
    severity,
    alertType,
    action,
    runbook = check.runbook,
  }: Exclude<typeof fail, false>): Band => ({
    severity,
    severityWord: alerting.severityNames[severity] ?? severity,
    alertType,
    recommendedAction: action,
    ...(runbook !== undefined && { runbook: runbookAddress(runbook, runbookBaseUrl) }),
  });
  return {
    rule: {
      pack,
      name: rule,
      routes: resolvedRoutes({ ...alerting.routes, ...routes }, alerting),
      reopenWithinSeconds: reopenWithin,
      reopenAfterSeconds: newlyOnly ? NEVER_SECONDS : reopenAfter,
    },
    ...(warn !== false && { warn: band(warn) }),
    ...(fail !== false && { fail: band(fail) }),
  };
};

/** `runbookBaseUrl` turns a runbook's name into its address; without it the bare name is kept. */
export const healthSnapshot = (given: Given): HealthSnapshot => {
  const { pack, check, runbookBaseUrl } = given;
  const { name, summary, owner, runbook, schedule, checks, summaryTo } = check;
  const alerts = alertsOf(given);
  return {
    v: 1,
    pack,
    name,
    summary,
    owner,
    ...(runbook !== undefined && { runbook: runbookAddress(runbook, runbookBaseUrl) }),
    cadenceSeconds: shortestGapSeconds(schedule),
    checks: Object.entries(checks).map(([each, declared]) => checkSnapshot(given, each, declared)),
    ...(alerts && { alerts }),
    summaryTo,
  };
};
