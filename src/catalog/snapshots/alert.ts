// Brings policies and a job's rules into the shape that travels: whole policies in place of their names, roles
// with the targets they stand for just now, severities in the pack's own words.
import type { RuleSnapshot } from '../../domain/alerts/alert.ts';
import { everyTarget } from '../../domain/alerts/directory.ts';
import type { Directory } from '../../domain/alerts/on-call.ts';
import type { PolicySnapshot } from '../../domain/alerts/policy.ts';
import { SEVERITIES, type Severity } from '../../domain/alerts/severity.ts';
import type { Band, JobAlerts } from '../../domain/jobs/job.ts';
import type { Routes } from '../define/alerts.ts';
import { LOG_ONLY } from '../log-only.ts';
import type { CheckedAlerts } from '../schema/alerts.ts';
import type { CheckedJob } from '../schema/job.ts';
import type { CheckedPolicy } from '../schema/policy.ts';
import { runbookAddress } from './runbook-address.ts';

/** What a pack's jobs share of alerting. */
export interface Alerting {
  /** Default routes of the pack. */
  readonly routes: Routes;
  readonly policies: readonly PolicySnapshot[];
  /** The pack's own words, where it has them. */
  readonly severityNames: Readonly<Partial<Record<Severity, string>>>;
}

/** Names stay in the tiers; everybody whom they may stand for goes along, for when nobody can be asked. */
export const policySnapshot = ({
  pack,
  policy: { tiers, ...policy },
  directory,
}: {
  readonly pack: string;
  readonly policy: CheckedPolicy;
  readonly directory: Directory;
}): PolicySnapshot => {
  const [first, ...others] = tiers;
  if (first === undefined) throw new RangeError(`policy ${policy.name} has no tier`);
  const named = [...new Set(tiers.flatMap(({ notify }) => notify))];
  const people = Object.fromEntries(
    named.flatMap((name) => {
      const targets = everyTarget(directory, name);
      return targets === undefined ? [] : [[name, targets]];
    }),
  );
  return { v: 1, pack, ...policy, tiers: [first, ...others], people };
};

/** Whole policies in place of their names. */
export const resolvedRoutes = (
  routes: Routes,
  { policies }: Pick<Alerting, 'policies'>,
): RuleSnapshot['routes'] =>
  Object.fromEntries(
    SEVERITIES.flatMap((severity) => {
      const name = routes[severity];
      const policy = name === LOG_ONLY.name ? LOG_ONLY : policies.find((each) => each.name === name);
      return policy ? [[severity, policy]] : [];
    }),
  );

interface DeclaredBand {
  readonly severity: Severity;
  readonly alertType: string;
  readonly action: string;
  readonly runbook?: string | undefined;
}

/** A job's rules, each with its routes. */
export const alertSnapshots = ({
  pack,
  job,
  runbookBaseUrl,
  alerting,
}: {
  readonly pack: string;
  readonly job: CheckedJob;
  readonly runbookBaseUrl: string | undefined;
  readonly alerting: Alerting;
}): JobAlerts => {
  const { budget, failure, reopenWithinSeconds, reopenAfterSeconds }: CheckedAlerts = job.alerts;
  const rule = (name: string, own: Routes): RuleSnapshot => {
    const routes = resolvedRoutes({ ...alerting.routes, ...own }, alerting);
    return { pack, name, routes, reopenWithinSeconds, reopenAfterSeconds };
  };
  const band = ({ severity, alertType, action, runbook = job.runbook }: DeclaredBand): Band => ({
    severity,
    severityWord: alerting.severityNames[severity] ?? severity,
    alertType,
    recommendedAction: action,
    ...(runbook === undefined ? {} : { runbook: runbookAddress(runbook, runbookBaseUrl) }),
  });
  const bands = (list: readonly (DeclaredBand & { readonly above: number })[]) =>
    list.map((each) => ({ ...band(each), abovePercent: each.above }));
  return {
    ...(budget === false
      ? {}
      : { budget: { rule: rule(budget.rule, budget.routes), bands: bands(budget.bands) } }),
    ...(failure === false
      ? {}
      : { failure: { rule: rule(failure.rule, failure.routes), band: band(failure) } }),
  };
};
