// Runs a pack's `build` and checks what it declares: each job, monitor and policy by itself, then all of them together.
import type { z } from 'zod';
import type { Directory } from '../domain/alerts/on-call.ts';
import type { Routes } from './define-alerts.ts';
import type { Fault } from './faults.ts';
import { doubled, message, nameOf } from './inspect.ts';
import { LOG_ONLY_ROUTES } from './log-only.ts';
import { monitorFaults } from './monitor-faults.ts';
import { policyFaults } from './notify-faults.ts';
import { doubledRuleNames, routeFaults } from './route-faults.ts';
import { ruleLinkFaults } from './rule-links.ts';
import { type CheckedPack, declarationsSchema } from './schema/config.ts';
import { type CheckedJob, jobSchema } from './schema/job.ts';
import { type CheckedMonitor, monitorSchema } from './schema/monitor.ts';
import { type CheckedPolicy, policySchema } from './schema/policy.ts';
import { check } from './zod-faults.ts';

/** What is sound of a pack's declarations, and what is wrong with the rest. */
export interface CheckedDeclarations {
  readonly jobs: readonly CheckedJob[];
  readonly monitors: readonly CheckedMonitor[];
  readonly policies: readonly CheckedPolicy[];
  /** Where rules go that say nothing else. */
  readonly routes: Routes;
  readonly faults: readonly Fault[];
}

const undeclaredDatabases = (pack: CheckedPack, job: CheckedJob, place: string): readonly Fault[] =>
  job.steps.flatMap((step, index) => {
    const [field, database] =
      'selection' in step ? ['selection.database', step.selection.database] : ['database', step.database];
    if (database in pack.databases) return [];
    return [
      {
        place: `${place}.steps.${index}.${field}`,
        rule: `must be a database of the pack (${Object.keys(pack.databases).join(', ') || 'it declares none'})`,
        value: JSON.stringify(database),
      },
    ];
  });

const namedTwice = (place: string, names: readonly string[]): readonly Fault[] =>
  doubled(names).map((name) => ({ place: `${place}/${name}`, rule: 'is named twice in its pack' }));

interface Part<T> {
  readonly sound: readonly T[];
  readonly faults: readonly Fault[];
}

interface Named {
  readonly name: string;
}

interface Kind<T extends Named> {
  /** As it stands in ids: `job`. */
  readonly kind: string;
  readonly schema: z.ZodType<T>;
  /** What is wrong with one that is sound by itself. */
  readonly more?: (checked: T, place: string) => readonly Fault[];
  /** What can be told of one whether it is sound or not. */
  readonly always?: (input: unknown, place: string) => readonly Fault[];
}

/** Each by itself, and no name twice. */
const checkEach = <T extends Named>(
  pack: string,
  { kind, schema, more = () => [], always = () => [] }: Kind<T>,
  inputs: readonly unknown[],
): Part<T> => {
  const parts = inputs.map((input, index): Part<T> => {
    const place = `${pack}/${kind}/${nameOf(input, `${index}`)}`;
    const own = always(input, place);
    const checked = check({ schema, input, place });
    if (!checked.ok) return { sound: [], faults: [...checked.faults, ...own] };
    return { sound: [checked.value], faults: [...own, ...more(checked.value, place)] };
  });
  const sound = parts.flatMap((part) => part.sound);
  const names = sound.map(({ name }) => name);
  return {
    sound,
    faults: [...parts.flatMap((part) => part.faults), ...namedTwice(`${pack}/${kind}`, names)],
  };
};

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
  const none = { jobs: [], monitors: [], policies: [], routes: LOG_ONLY_ROUTES };
  let input: unknown;
  try {
    input = pack.build(env);
  } catch (error) {
    return { ...none, faults: [{ place: `${place}.build`, rule: `must not throw: ${message(error)}` }] };
  }
  const declared = check({ schema: declarationsSchema, input, place });
  if (!declared.ok) return { ...none, faults: declared.faults };
  const each = <T extends Named>(kind: Kind<T>, inputs: readonly unknown[]): Part<T> =>
    checkEach(pack.name, kind, inputs);
  const policies = each(
    {
      kind: 'policy',
      schema: policySchema,
      always: (policy, at) => policyFaults({ place: at, input: policy, directory }),
    },
    declared.value.policies,
  );
  const jobs = each(
    { kind: 'job', schema: jobSchema, more: (job, at) => undeclaredDatabases(pack, job, at) },
    declared.value.jobs,
  );
  const monitors = each(
    { kind: 'monitor', schema: monitorSchema, more: (monitor, at) => monitorFaults(pack, monitor, at) },
    declared.value.monitors,
  );
  const { routes = LOG_ONLY_ROUTES } = declared.value;
  // why: by name as written, so that a policy with a fault of its own is not told to be unknown besides.
  const named = declared.value.policies.map((each, index) => nameOf(each, `${index}`));
  const together = [
    ...routeFaults({
      pack: pack.name,
      policies: named,
      sound: policies.sound,
      routes,
      jobs: jobs.sound,
      monitors: monitors.sound,
    }),
    ...doubledRuleNames(pack.name, jobs.sound),
    ...ruleLinkFaults({ pack: pack.name, routes, jobs: jobs.sound, monitors: monitors.sound }),
  ];
  return {
    jobs: jobs.sound,
    monitors: monitors.sound,
    policies: policies.sound,
    routes,
    faults: [...policies.faults, ...jobs.faults, ...monitors.faults, ...together],
  };
};
