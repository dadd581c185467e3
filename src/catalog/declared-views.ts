// Checks what a pack shows and lets people do: reports, digests, checklists, commands, metrics, dashboards.
import { checkEach } from './check-each.ts';
import type { CheckedWork, CheckInput } from './declared-work.ts';
import { dashboardFaults } from './faults/dashboard.ts';
import { metricFaults } from './faults/metric.ts';
import { digestFaults, reportFaults } from './faults/report.ts';
import { namesOfAll } from './inspect.ts';
import { checklistSchema } from './schema/checklists.ts';
import { commandSchema } from './schema/commands.ts';
import { dashboardSchema } from './schema/dashboards.ts';
import { digestSchema } from './schema/digests.ts';
import { metricSchema } from './schema/metrics.ts';
import { reportSchema } from './schema/reports.ts';

export const checkViews = (
  { pack, declared, names, directory }: CheckInput,
  { monitors }: Pick<CheckedWork, 'monitors'>,
) => {
  const reports = checkEach(
    pack.name,
    { kind: 'report', schema: reportSchema, more: (report, at) => reportFaults(pack, report, at) },
    declared.reports,
  );
  const reportNames = namesOfAll(declared.reports);
  const metricGround = { pack, monitors: monitors.sound, names };
  const metrics = checkEach(
    pack.name,
    { kind: 'metric', schema: metricSchema, more: (metric, at) => metricFaults(metric, metricGround, at) },
    declared.metrics,
  );
  const dashboardGround = {
    reports: reports.sound,
    metrics: metrics.sound,
    names: { ...names, reports: reportNames, metrics: namesOfAll(declared.metrics) },
  };
  return {
    reports,
    metrics,
    digests: checkEach(
      pack.name,
      {
        kind: 'digest',
        schema: digestSchema,
        more: (digest, at) =>
          digestFaults({ digest, place: at, reports: reportNames, sound: reports.sound, directory }),
      },
      declared.digests,
    ),
    checklists: checkEach(pack.name, { kind: 'checklist', schema: checklistSchema }, declared.checklists),
    commands: checkEach(pack.name, { kind: 'command', schema: commandSchema }, declared.commands),
    dashboards: checkEach(
      pack.name,
      {
        kind: 'dashboard',
        schema: dashboardSchema,
        more: (dashboard, at) => dashboardFaults(dashboard, dashboardGround, at),
      },
      declared.dashboards,
    ),
  };
};

export type CheckedViews = ReturnType<typeof checkViews>;
