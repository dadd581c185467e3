// What only shows when policies, routes and jobs are seen together: an alert that would reach nobody.
import type { Severity } from '../../domain/alerts/severity.ts';
import type { Routes } from '../define/alerts.ts';
import { LOG_ONLY } from '../log-only.ts';
import type { CheckedHealthCheck } from '../schema/checks.ts';
import type { CheckedJob } from '../schema/job.ts';
import type { CheckedMonitor } from '../schema/monitor.ts';
import type { CheckedPolicy } from '../schema/policy.ts';
import type { Fault } from './fault.ts';

interface PlacedRule {
  readonly place: string;
  readonly routes: Routes;
  readonly severities: readonly Severity[];
  /** Severities whose policy must wait for an answer, because the rule says for how long. */
  readonly answered?: readonly Severity[];
}

const monitored = (pack: string, { name, rules }: CheckedMonitor): readonly PlacedRule[] =>
  rules.map(({ bands, noData, error, routes }, index) => ({
    place: `${pack}/monitor/${name}.rules.${index}`,
    routes,
    severities: [
      ...bands.map(({ severity }) => severity),
      ...[noData, error].flatMap((policy) => (policy?.means === 'alert' ? (policy.severity ?? []) : [])),
    ],
    answered: bands.flatMap(({ severity, responseSeconds }) =>
      responseSeconds === undefined ? [] : severity,
    ),
  }));

/** A response time is the wait of a policy's first tier: it means nothing where no tier follows. */
const unanswered = (
  { place, routes, answered = [] }: PlacedRule,
  defaults: Routes,
  policies: readonly CheckedPolicy[],
): readonly Fault[] =>
  [...new Set(answered)].flatMap((severity) => {
    const name = routes[severity] ?? defaults[severity];
    const tiers =
      name === LOG_ONLY.name ? LOG_ONLY.tiers : policies.find((each) => each.name === name)?.tiers;
    if (!tiers || tiers.length > 1) return [];
    const rule = `must have a policy with a second tier for ${severity}: a band says after how long it comes`;
    return [{ place, rule, value: JSON.stringify(name) }];
  });

const rulesOf = (pack: string, { name, alerts }: CheckedJob): readonly PlacedRule[] => {
  const place = `${pack}/job/${name}.alerts`;
  const { budget, failure } = alerts;
  const late = budget !== false && {
    place: `${place}.budget`,
    routes: budget.routes,
    severities: budget.bands.map(({ severity }) => severity),
  };
  const failed = failure !== false && {
    place: `${place}.failure`,
    routes: failure.routes,
    severities: [failure.severity],
  };
  return [late, failed].filter((rule) => rule !== false);
};

const rulesOfCheck = (pack: string, { name, alerts }: CheckedHealthCheck): readonly PlacedRule[] => {
  if (alerts === false) return [];
  const { fail, warn, routes } = alerts;
  const severities = [warn, fail].flatMap((band) => (band === false ? [] : band.severity));
  return [{ place: `${pack}/check/${name}.alerts`, routes, severities }];
};

const unrouted = (rule: PlacedRule, defaults: Routes): readonly Fault[] =>
  [...new Set(rule.severities)]
    .filter((severity) => (rule.routes[severity] ?? defaults[severity]) === undefined)
    .map((severity) => ({
      place: rule.place,
      rule: `must have a route for ${severity}, in the pack's routes or its own${rule.answered ? '' : ', or be false'}`,
    }));

const unknownPolicies = (place: string, routes: Routes, known: readonly string[]): readonly Fault[] =>
  Object.entries(routes)
    .filter(([, policy]) => policy !== LOG_ONLY.name && !known.includes(policy))
    .map(([severity, policy]) => ({
      place: `${place}.${severity}`,
      rule: `must be a policy of the pack (${known.join(', ') || 'it has none'}) or ${LOG_ONLY.name}`,
      value: JSON.stringify(policy),
    }));

/** Routes to nowhere, severities without a route, policies that no route leads to. */
export const routeFaults = ({
  pack,
  policies,
  sound,
  routes,
  jobs,
  monitors,
  checks,
}: {
  readonly pack: string;
  /** Names as written. */
  readonly policies: readonly string[];
  /** Those without a fault of their own. */
  readonly sound: readonly CheckedPolicy[];
  readonly routes: Routes;
  readonly jobs: readonly CheckedJob[];
  readonly monitors: readonly CheckedMonitor[];
  readonly checks: readonly CheckedHealthCheck[];
}): readonly Fault[] => {
  const rules = [
    ...jobs.flatMap((job) => rulesOf(pack, job)),
    ...monitors.flatMap((monitor) => monitored(pack, monitor)),
    ...checks.flatMap((check) => rulesOfCheck(pack, check)),
  ];
  const used = new Set([routes, ...rules.map((rule) => rule.routes)].flatMap((each) => Object.values(each)));
  // A policy that was written and is never used is most often a route that was forgotten: it pages nobody.
  const unused = policies.filter((name) => !used.has(name) && name !== LOG_ONLY.name);
  return [
    ...unknownPolicies(`pack ${pack}.routes`, routes, policies),
    ...rules.flatMap((rule) => unknownPolicies(`${rule.place}.routes`, rule.routes, policies)),
    ...rules.flatMap((rule) => unrouted(rule, routes)),
    ...rules.flatMap((rule) => unanswered(rule, routes, sound)),
    ...unused.map((name) => ({ place: `${pack}/policy/${name}`, rule: 'must be named by a route' })),
  ];
};

/** A rule's name is part of its incidents' ids, so in one pack it means budget or failure, never both. */
export const doubledRuleNames = (pack: string, jobs: readonly CheckedJob[]): readonly Fault[] => {
  const budgets = new Set(
    jobs.flatMap(({ alerts }) => (alerts.budget === false ? [] : [alerts.budget.rule])),
  );
  return jobs.flatMap(({ name, alerts: { failure } }) =>
    failure === false || !budgets.has(failure.rule)
      ? []
      : [
          {
            place: `${pack}/job/${name}.alerts.failure.rule`,
            rule: 'must not be the name of a budget rule of the pack',
            value: JSON.stringify(failure.rule),
          },
        ],
  );
};
