// Runs a pack's `build` and checks what it declares: each kind by itself, then all of them together.
import type { Directory } from '../domain/alerts/on-call.ts';
import { togetherFaults } from './declared-together.ts';
import { checkViews } from './declared-views.ts';
import { checkWork } from './declared-work.ts';
import type { Routes } from './define/alerts.ts';
import type { Fault } from './faults/fault.ts';
import { check } from './faults/zod.ts';
import { message, namesOfAll } from './inspect.ts';
import { LOG_ONLY_ROUTES } from './log-only.ts';
import type { CheckedChecklist } from './schema/checklists.ts';
import type { CheckedHealthCheck } from './schema/checks.ts';
import type { CheckedCommand } from './schema/commands.ts';
import { type CheckedPack, declarationsSchema } from './schema/config.ts';
import type { CheckedDashboard } from './schema/dashboards.ts';
import type { CheckedDigest } from './schema/digests.ts';
import type { CheckedJob } from './schema/job.ts';
import type { CheckedMetric } from './schema/metrics.ts';
import type { CheckedMonitor } from './schema/monitor.ts';
import type { CheckedPolicy } from './schema/policy.ts';
import type { CheckedReport } from './schema/reports.ts';

/** What is sound of a pack's declarations, and what is wrong with the rest. */
export interface CheckedDeclarations {
  readonly jobs: readonly CheckedJob[];
  readonly monitors: readonly CheckedMonitor[];
  readonly checks: readonly CheckedHealthCheck[];
  readonly policies: readonly CheckedPolicy[];
  /** Where rules go that say nothing else. */
  readonly routes: Routes;
  readonly reports: readonly CheckedReport[];
  readonly digests: readonly CheckedDigest[];
  readonly checklists: readonly CheckedChecklist[];
  readonly commands: readonly CheckedCommand[];
  readonly metrics: readonly CheckedMetric[];
  readonly dashboards: readonly CheckedDashboard[];
  readonly faults: readonly Fault[];
}

const NONE = {
  jobs: [],
  monitors: [],
  checks: [],
  policies: [],
  reports: [],
  digests: [],
  checklists: [],
  commands: [],
  metrics: [],
  dashboards: [],
  routes: LOG_ONLY_ROUTES,
} as const satisfies Omit<CheckedDeclarations, 'faults'>;

/** Everything that one pack declares for an environment; `directory` is that of the config file. */
export const checkDeclarations = ({
  pack,
  env,
  directory,
}: {
  readonly pack: CheckedPack;
  readonly env: Readonly<Record<string, unknown>>;
  readonly directory: Directory;
}): CheckedDeclarations => {
  const place = `pack ${pack.name}`;
  let input: unknown;
  try {
    input = pack.build(env);
  } catch (error) {
    return { ...NONE, faults: [{ place: `${place}.build`, rule: `must not throw: ${message(error)}` }] };
  }
  const parsed = check({ schema: declarationsSchema, input, place });
  if (!parsed.ok) return { ...NONE, faults: parsed.faults };
  const { value: declared } = parsed;
  const { routes = LOG_ONLY_ROUTES } = declared;
  const names = {
    jobs: namesOfAll(declared.jobs),
    monitors: namesOfAll(declared.monitors),
    checks: namesOfAll(declared.checks),
    scheduled: namesOfAll([...declared.jobs, ...declared.monitors, ...declared.checks]),
  };
  const asked = { pack, declared, names, directory };
  const work = checkWork(asked);
  const views = checkViews(asked, work);
  const { policies, jobs, monitors, checks } = work;
  const { reports, digests, checklists, commands, metrics, dashboards } = views;
  const kinds = [
    policies,
    jobs,
    monitors,
    checks,
    reports,
    digests,
    checklists,
    commands,
    metrics,
    dashboards,
  ];
  return {
    jobs: jobs.sound,
    monitors: monitors.sound,
    checks: checks.sound,
    policies: policies.sound,
    routes,
    reports: reports.sound,
    digests: digests.sound,
    checklists: checklists.sound,
    commands: commands.sound,
    metrics: metrics.sound,
    dashboards: dashboards.sound,
    faults: [
      ...kinds.flatMap(({ faults }) => faults),
      ...togetherFaults(asked, { ...work, ...views }, routes),
    ],
  };
};
