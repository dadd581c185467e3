// What can only be told of a pack's declarations when they are seen together.

import type { CheckedViews } from './declared-views.ts';
import type { CheckedWork, CheckInput } from './declared-work.ts';
import type { Routes } from './define/alerts.ts';
import { commandsTogetherFaults } from './faults/command.ts';
import type { Fault } from './faults/fault.ts';
import { healthTogetherFaults } from './faults/health.ts';
import { reportsTogetherFaults } from './faults/report.ts';
import { doubledRuleNames, routeFaults } from './faults/route.ts';
import { ruleLinkFaults } from './faults/rule-links.ts';
import { namesOfAll, namesWithin } from './inspect.ts';
import type { CheckedJob } from './schema/job.ts';

/** Monitors that runs ask for, and that the pack does not have. */
const evaluatedFaults = (
  pack: string,
  jobs: readonly CheckedJob[],
  monitors: readonly string[],
): readonly Fault[] =>
  jobs.flatMap(({ name, evaluates = [] }) =>
    evaluates
      .filter((monitor) => !monitors.includes(monitor))
      .map((monitor) => ({
        place: `${pack}/job/${name}.evaluates`,
        rule: `must name monitors of the pack (${monitors.join(', ') || 'it declares none'})`,
        value: JSON.stringify(monitor),
      })),
  );

export const togetherFaults = (
  { pack: { name: pack }, declared, names }: Pick<CheckInput, 'pack' | 'declared' | 'names'>,
  { policies, jobs, monitors, checks, reports, commands }: CheckedWork & CheckedViews,
  routes: Routes,
): readonly Fault[] => {
  const sound = { jobs: jobs.sound, monitors: monitors.sound, checks: checks.sound };
  return [
    // why: by name as written, so that a policy with a fault of its own is not told to be unknown besides.
    ...routeFaults({
      pack,
      policies: namesOfAll(declared.policies),
      sound: policies.sound,
      routes,
      ...sound,
    }),
    ...healthTogetherFaults({ pack, ...sound }),
    ...evaluatedFaults(pack, jobs.sound, names.monitors),
    ...doubledRuleNames(pack, jobs.sound),
    ...ruleLinkFaults({ pack, routes, jobs: jobs.sound, monitors: monitors.sound }),
    ...commandsTogetherFaults(pack, commands.sound),
    ...reportsTogetherFaults({ pack, reports: reports.sound, names: namesWithin(declared) }),
  ];
};
