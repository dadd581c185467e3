// What the rules of a pack say of each other, those of its jobs included: a name means one rule, and none is held by
// itself.
import { formatDuration } from '../../domain/duration.ts';
import type { Routes } from '../define/alerts.ts';
import type { CheckedJob } from '../schema/job.ts';
import type { CheckedMonitor } from '../schema/monitor.ts';
import type { CheckedRule } from '../schema/rule.ts';
import type { Fault } from './fault.ts';

interface Given {
  readonly pack: string;
  readonly jobs: readonly CheckedJob[];
  readonly monitors: readonly CheckedMonitor[];
  /** The pack's own. */
  readonly routes: Routes;
}

interface Placed {
  readonly place: string;
  readonly rule: CheckedRule;
}

const placedRules = ({ pack, monitors }: Pick<Given, 'pack' | 'monitors'>): readonly Placed[] =>
  monitors.flatMap(({ name, rules }) =>
    rules.map((rule, index) => ({ place: `${pack}/monitor/${name}.rules.${index}`, rule })),
  );

interface JobRule {
  readonly place: string;
  readonly name: string;
  readonly routes: Routes;
  readonly reopenWithinSeconds: number;
  readonly reopenAfterSeconds: number;
}

const jobRules = ({ pack, jobs }: Pick<Given, 'pack' | 'jobs'>): readonly JobRule[] =>
  jobs.flatMap(({ name, alerts: { budget, failure, ...reopen } }) => {
    const place = `${pack}/job/${name}.alerts`;
    return [
      ...(budget === false
        ? []
        : [{ place: `${place}.budget`, name: budget.rule, routes: budget.routes, ...reopen }]),
      ...(failure === false
        ? []
        : [{ place: `${place}.failure`, name: failure.rule, routes: failure.routes, ...reopen }]),
    ];
  });

/** The same rule is told by a run and by a monitor: what decides who is told and when it is over must be the same in both. */
const contradictions = ({ place, rule }: Placed, job: JobRule, defaults: Routes): readonly Fault[] => {
  const as = `as in ${job.place}, which is the same rule by its name`;
  const fault = (field: string, words: string, value: string): Fault => ({
    place: `${place}.${field}`,
    rule: `must be ${words} ${as}`,
    value,
  });
  const times = [
    ['reopenWithin', rule.reopenWithin, job.reopenWithinSeconds],
    ['reopenAfter', rule.reopenAfter, job.reopenAfterSeconds],
    // why: a run's own reports open and resolve at once.
    ['for', rule.for, 0],
    ['keepFiring', rule.keepFiring, 0],
  ] as const;
  const severities = [...new Set(rule.bands.map(({ severity }) => severity))];
  const told = (routes: Routes, severity: (typeof severities)[number]): string | undefined =>
    routes[severity] ?? defaults[severity];
  return [
    ...times
      .filter(([, own, theirs]) => own !== theirs)
      .map(([field, own, theirs]) => fault(field, formatDuration(theirs), formatDuration(own))),
    ...severities
      .filter((severity) => told(rule.routes, severity) !== told(job.routes, severity))
      .map((severity) =>
        fault(
          `routes.${severity}`,
          told(job.routes, severity) ?? 'left out',
          JSON.stringify(told(rule.routes, severity) ?? null),
        ),
      ),
    ...(rule.groupBy ? [fault('groupBy', 'left out', JSON.stringify(rule.groupBy))] : []),
  ];
};

/** Two names that differ in capitals only would be one to people. */
const namedTwice = (rules: readonly Placed[]): readonly Fault[] =>
  rules
    .filter(
      ({ rule }, index) =>
        rules.findIndex((each) => each.rule.name.toLowerCase() === rule.name.toLowerCase()) < index,
    )
    .map(({ place, rule }) => ({
      place: `${place}.name`,
      rule: 'must be the only monitored rule of this name in its pack',
      value: JSON.stringify(rule.name),
    }));

type Causes = ReadonlyMap<string, readonly string[]>;

/** Whether following what holds it leads from `name` back to it. */
const isHeldByItself = (name: string, causes: Causes): boolean => {
  const seen = new Set<string>();
  const next = [...(causes.get(name) ?? [])];
  for (let cause = next.pop(); cause !== undefined; cause = next.pop()) {
    if (cause === name) return true;
    if (!seen.has(cause)) next.push(...(causes.get(cause) ?? []));
    seen.add(cause);
  }
  return false;
};

const inhibitionFaults = (rules: readonly Placed[], jobs: readonly JobRule[]): readonly Fault[] => {
  const known = [...new Set([...rules.map(({ rule }) => rule.name), ...jobs.map(({ name }) => name)])];
  const causes: Causes = new Map(
    rules.map(({ rule }) => [rule.name, (rule.inhibitedBy ?? []).map((each) => each.rule)]),
  );
  return rules.flatMap(({ place, rule }) =>
    (rule.inhibitedBy ?? []).flatMap((cause, index): readonly Fault[] => {
      const at = { place: `${place}.inhibitedBy.${index}`, value: JSON.stringify(cause.rule) };
      if (!known.includes(cause.rule))
        return [{ ...at, rule: `must be a rule of the pack (${known.join(', ')})` }];
      const circle =
        cause.rule === rule.name || (isHeldByItself(rule.name, causes) && isHeldByItself(cause.rule, causes));
      return circle ? [{ ...at, rule: 'must not lead back to the rule: both would be held for ever' }] : [];
    }),
  );
};

export const ruleLinkFaults = (given: Given): readonly Fault[] => {
  const rules = placedRules(given);
  const jobs = jobRules(given);
  // Jobs may share a rule; it is enough to be told of the first that differs.
  const shared = rules.flatMap((placed) => {
    const found = jobs.filter(({ name }) => name === placed.rule.name);
    return (
      found.map((job) => contradictions(placed, job, given.routes)).find((faults) => faults.length > 0) ?? []
    );
  });
  return [...namedTwice(rules), ...shared, ...inhibitionFaults(rules, jobs)];
};
