// Brings a monitor into the shape that travels: whole policies in place of their names, addresses of runbooks, severities
// in the pack's own words, and what a rule leaves out.
import type { AlertTiming, RuleSnapshot } from '../../domain/alerts/alert.ts';
import type { Severity } from '../../domain/alerts/severity.ts';
import type { MonitorRule, MonitorSnapshot, RuleBand, UnknownBand } from '../../domain/monitors/monitor.ts';
import { answeredRoutes } from '../../domain/monitors/response.ts';
import { longestGapSeconds, shortestGapSeconds } from '../cron.ts';
import type { CheckedMonitor } from '../schema/monitor.ts';
import type { CheckedRule } from '../schema/rule.ts';
import { type Alerting, resolvedRoutes } from './alert.ts';
import { runbookAddress } from './runbook-address.ts';

interface Given {
  readonly pack: string;
  readonly monitor: CheckedMonitor;
  readonly runbookBaseUrl: string | undefined;
  readonly alerting: Alerting;
}

/**
 * So many looks in a row without a value before anything becomes of it. Of the field's tools those that alert at once are
 * told off for noise whenever a source hiccups, those that take silence for health lose the alert; so the state is kept
 * first, and then somebody is told.
 */
const UNKNOWN_LOOKS = 2;

type Unknown = CheckedRule['noData'];

const UNKNOWN_WORDS = {
  noData: {
    alertType: 'no_data',
    action: 'Find out why there is no value; until there is one this rule cannot warn of anything',
  },
  error: {
    alertType: 'measure_failed',
    action: 'Find out why it cannot be measured; until it can this rule cannot warn of anything',
  },
} as const;

const timingOf = (rule: CheckedRule, lookSeconds: number): AlertTiming => {
  const policy = (declared: Unknown, otherwise: 'keep' | 'alert') => ({
    means: declared?.means ?? otherwise,
    afterSeconds: declared?.after ?? UNKNOWN_LOOKS * lookSeconds,
  });
  return {
    forSeconds: rule.for,
    keepFiringSeconds: rule.keepFiring,
    cadenceSeconds: lookSeconds,
    onGap: rule.onGap,
    // why: whoever says how little is too little to judge expects it, so it is news to nobody; nor does it mend anything.
    noData: policy(rule.noData, rule.minimum ? 'keep' : 'alert'),
    error: policy(rule.error, 'alert'),
    ...(rule.flap && { flap: rule.flap }),
  };
};

const ruleSnapshot = ({ pack, alerting }: Given, rule: CheckedRule, lookSeconds: number): RuleSnapshot => {
  const { groupBy, onNewMember, inhibitedBy, groupWait, windows } = rule;
  const routes = resolvedRoutes({ ...alerting.routes, ...rule.routes }, alerting);
  return {
    pack,
    name: rule.name,
    routes: answeredRoutes(routes, rule.bands),
    reopenWithinSeconds: rule.reopenWithin,
    reopenAfterSeconds: rule.reopenAfter,
    timing: timingOf(rule, lookSeconds),
    ...(groupBy && { groupBy }),
    ...(onNewMember && { onNewMember }),
    ...(inhibitedBy && { inhibitedBy }),
    ...(groupWait !== undefined && { groupWaitSeconds: groupWait }),
    ...(windows && { windows }),
  };
};

const monitorRule = (given: Given, rule: CheckedRule): MonitorRule => {
  const { monitor, runbookBaseUrl, alerting } = given;
  const words = { ...alerting.severityNames, ...rule.severityNames };
  const severityOf = (severity: Severity) => ({ severity, severityWord: words[severity] ?? severity });
  const runbookOf = (runbook = monitor.runbook) =>
    runbook === undefined ? {} : { runbook: runbookAddress(runbook, runbookBaseUrl) };
  const bands = rule.bands.map(
    ({ severity, alertType, when, recovers, action, runbook, responseSeconds }): RuleBand => ({
      ...severityOf(severity),
      alertType,
      when,
      ...(recovers && { recovers }),
      action,
      ...runbookOf(runbook),
      ...(responseSeconds !== undefined && { responseSeconds }),
    }),
  );
  const [first, ...others] = bands;
  if (first === undefined) throw new RangeError(`rule ${rule.name} has no band`);
  const unknown = (state: 'noData' | 'error'): UnknownBand => {
    const { severity = first.severity, alertType, action, runbook } = rule[state] ?? {};
    const otherwise = UNKNOWN_WORDS[state];
    return {
      ...severityOf(severity),
      alertType: alertType ?? otherwise.alertType,
      action: action ?? otherwise.action,
      ...runbookOf(runbook),
    };
  };
  const { every, minimum } = rule;
  const lookSeconds = longestGapSeconds(monitor.schedule) * (every ?? 1);
  return {
    rule: ruleSnapshot(given, rule, lookSeconds),
    bands: [first, ...others],
    summary: rule.summary,
    ...(rule.dedupKey !== undefined && { dedupKey: rule.dedupKey }),
    noData: unknown('noData'),
    error: unknown('error'),
    severityWords: words,
    ...(every !== undefined && { every }),
    ...(rule.while && { while: rule.while }),
    ...(minimum && { minimum }),
    ...(rule.payload && { payload: rule.payload }),
  };
};

/** `runbookBaseUrl` turns a runbook's name into its address; without it the bare name is kept. */
export const monitorSnapshot = (given: Given): MonitorSnapshot => {
  const { pack, monitor, runbookBaseUrl } = given;
  const { name, summary, owner, runbook, measures, rules, records, writes, schedule } = monitor;
  return {
    v: 1,
    pack,
    name,
    summary,
    owner,
    ...(runbook !== undefined && { runbook: runbookAddress(runbook, runbookBaseUrl) }),
    cadenceSeconds: shortestGapSeconds(schedule),
    measures,
    rules: rules.map((rule) => monitorRule(given, rule)),
    ...(records && { records }),
    ...(writes && { writes }),
  };
};
