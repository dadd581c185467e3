// The pack sla-monitoring as declared, alone, and its monitor of jobs judged over runs that a test makes up.

import { sexton } from '../../../packs/sexton/pack.ts';
import { slaMonitoring } from '../../../packs/sla-monitoring/pack.ts';
import { type Catalog, findMonitor } from '../../../src/catalog/catalog.ts';
import { checkConfig } from '../../../src/catalog/load.ts';
import type { Env } from '../../../src/config/env.ts';
import { assembleCatalog } from '../../../src/config/load-catalog.ts';
import type { Report } from '../../../src/domain/alerts/alert.ts';
import type { FoundRun } from '../../../src/domain/monitors/found-runs.ts';
import { jobReading } from '../../../src/domain/monitors/job-figures.ts';
import { judge } from '../../../src/domain/monitors/judge.ts';
import type { Taken } from '../../../src/domain/monitors/measure.ts';
import type { JobSlaParams } from '../../../src/domain/monitors/measure-params.ts';
import type { MonitorSnapshot } from '../../../src/domain/monitors/monitor.ts';
import { NOW } from '../monitors/found-runs.ts';

const ROLES = {
  'sla-alerts': ['sentry', 'slack:webhook', 'log'],
  'sla-pages': ['sentry', 'pagerduty', 'log'],
  'on-call': ['pagerduty', 'log'],
  'team-lead': ['email:{TEAM_LEAD_EMAIL or team-lead@example.org}'],
  'engineering-lead': ['email:{ENGINEERING_LEAD_EMAIL or engineering-lead@example.org}'],
  operators: ['slack:webhook', 'log'],
  'sexton-alerts': ['log'],
};

const catalogs = new Map<string, Catalog>();

/** The same for the same environment. */
export const slaCatalog = (env: Env = {}): Catalog => {
  const key = JSON.stringify(env);
  const catalog = catalogs.get(key) ?? loadSla(env);
  catalogs.set(key, catalog);
  return catalog;
};

const loadSla = (env: Env): Catalog =>
  assembleCatalog(checkConfig({ packs: [slaMonitoring, sexton], roles: ROLES }, 'sexton.config.ts', env), {
    DATABASE_URL: 'postgres://db/x',
    REDIS_URL: 'redis://cache',
    RUNBOOK_BASE_URL: 'https://runbooks.example.org',
    ...env,
  });

export const slaMonitor = (name: string, env: Env = {}): MonitorSnapshot =>
  findMonitor(slaCatalog(env), name).snapshot;

/** What each measure of jobs says of these runs, by job. */
export const tookRuns = (
  { measures }: MonitorSnapshot,
  jobs: Readonly<Record<string, readonly FoundRun[]>>,
): readonly Taken[] =>
  Object.entries(measures).flatMap(([measure, { kind, with: params }]) => {
    if (kind !== 'job-sla') return [{ measure, asOf: NOW, readings: [] }];
    const { of, withinSeconds, baseline, runs } = params as unknown as JobSlaParams;
    const readings = Object.entries(jobs).map(([job, found]) =>
      jobReading(
        { job, runs: found, firstAt: found.at(-1)?.startedAt ?? null, budgetSeconds: 3600 },
        { of, withinSeconds, nowMs: Date.parse(NOW), ticks: undefined, baseline, runs },
      ),
    );
    return [{ measure, asOf: NOW, readings }];
  });

export const judgedReports = (monitor: MonitorSnapshot, taken: readonly Taken[]): readonly Report[] =>
  monitor.rules.flatMap((rule) => judge({ monitor, rule, taken, history: [], tick: NOW }).reports);

/** `job alert_type`, in order. */
export const alertsOf = (reports: readonly Report[]): readonly string[] =>
  reports
    .flatMap(({ firing, labels }) => (firing ? [`${Object.values(labels).join()} ${firing.alertType}`] : []))
    .toSorted();
