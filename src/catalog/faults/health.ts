// What a health check says of the rest of its pack: databases, schedules, jobs and variables that it names, whom its summary
// goes to, and rules that must not be taken for others.
import { wakeableNames } from '../../domain/alerts/directory.ts';
import type { Directory } from '../../domain/alerts/on-call.ts';
import type { CheckedCheck, CheckedHealthCheck } from '../schema/checks.ts';
import type { CheckedPack } from '../schema/config.ts';
import type { CheckedJob } from '../schema/job.ts';
import type { CheckedMonitor } from '../schema/monitor.ts';
import { type Fault, shownValue } from './fault.ts';
import { wakeableRule } from './people.ts';

const list = (names: readonly string[]): string => names.join(', ') || 'there is none';

interface Named {
  /** Below the check. */
  readonly place: string;
  readonly name: string;
}

const databaseOf = (check: CheckedCheck): readonly Named[] => {
  if ('database' in check) return [{ place: 'database', name: check.database }];
  const database = check.kind === 'measure' ? check.measure.with['database'] : undefined;
  return typeof database === 'string' ? [{ place: 'measure.database', name: database }] : [];
};

/** Names as written, whether what stands under them is sound or not. */
export interface NamesOfPack {
  readonly jobs: readonly string[];
  /** Jobs, monitors and health checks. */
  readonly scheduled: readonly string[];
}

const unknown = (
  rule: string,
  known: readonly string[],
  named: readonly Named[],
): readonly (Named & { readonly rule: string })[] =>
  named
    .filter(({ name }) => !known.includes(name))
    .map((each) => ({ ...each, rule: `${rule} (${list(known)})` }));

const namedBy = (pack: CheckedPack, check: CheckedCheck, { jobs, scheduled }: NamesOfPack) => [
  ...unknown('must be a database of the pack', Object.keys(pack.databases), databaseOf(check)),
  ...unknown(
    'must be a job, monitor or health check of the pack',
    scheduled,
    check.kind === 'schedule' ? [{ place: 'of', name: check.of }] : [],
  ),
  ...unknown(
    'must be a job of the pack',
    jobs,
    check.kind === 'locks'
      ? Object.keys(check.maxAgeOf).map((name) => ({ place: `maxAgeOf.${name}`, name }))
      : [],
  ),
];

const unknownPeople = (
  { summaryTo }: CheckedHealthCheck,
  directory: Directory,
): readonly (Named & { readonly rule: string })[] => {
  const names = wakeableNames(directory);
  return summaryTo.flatMap((name, index) => {
    const rule = wakeableRule(name, { names, kinds: 'role, person or rotation' });
    return rule === undefined ? [] : [{ place: `summaryTo.${index}`, name, rule }];
  });
};

/** `place` is the health check's. */
export const healthFaults = ({
  pack,
  check,
  place,
  names,
  directory,
}: {
  readonly pack: CheckedPack;
  readonly check: CheckedHealthCheck;
  readonly place: string;
  readonly names: NamesOfPack;
  readonly directory: Directory;
}): readonly Fault[] => [
  ...Object.entries(check.checks).flatMap(([name, each]) =>
    namedBy(pack, each, names).map((fault) => ({
      place: `${place}.checks.${name}.${fault.place}`,
      rule: fault.rule,
      value: JSON.stringify(fault.name),
    })),
  ),
  ...unknownPeople(check, directory).map((fault) => ({
    place: `${place}.${fault.place}`,
    rule: fault.rule,
    value: shownValue(fault.name) ?? '',
  })),
];

/** Samples and ticks are kept by name, and alerts by rule: none may mean two things in one pack. */
export const healthTogetherFaults = ({
  pack,
  checks,
  monitors,
  jobs,
}: {
  readonly pack: string;
  readonly checks: readonly CheckedHealthCheck[];
  readonly monitors: readonly CheckedMonitor[];
  readonly jobs: readonly CheckedJob[];
}): readonly Fault[] => {
  const rules = [
    ...monitors.flatMap((monitor) => monitor.rules.map(({ name }) => name)),
    ...jobs.flatMap(({ alerts: { budget, failure } }) =>
      [budget, failure].flatMap((each) => (each === false ? [] : each.rule)),
    ),
  ];
  return checks.flatMap(({ name, alerts }, index): readonly Fault[] => {
    const place = `${pack}/check/${name}`;
    const earlier = checks.slice(0, index).flatMap((each) => (each.alerts === false ? [] : each.alerts.rule));
    const taken = [...rules, ...earlier].map((rule) => rule.toLowerCase());
    return [
      ...(monitors.some((monitor) => monitor.name === name)
        ? [{ place, rule: 'must not be the name of a monitor of the pack' }]
        : []),
      ...(alerts !== false && taken.includes(alerts.rule.toLowerCase())
        ? [
            {
              place: `${place}.alerts.rule`,
              rule: 'must be the only rule of this name in its pack',
              value: JSON.stringify(alerts.rule),
            },
          ]
        : []),
    ];
  });
};
