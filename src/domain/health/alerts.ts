// What a report says to the door: one alert a check, critical where it fails and a warning where it warns, or as the pack
// declares it. A check that passes ends its alert; one that is no longer declared is missing, and its alert ends by that.
import type { Complete, Firing, Report } from '../alerts/alert.ts';
import { checkId } from '../ids.ts';
import type { Band } from '../jobs/job.ts';
import type { Noticer } from '../monitors/home-database.ts';
import type { CheckResult, HealthReport, HealthSnapshot } from './health.ts';
import { detailOf, labelsOf } from './text.ts';

export interface ToldAt {
  /** The tick as it was planned, ISO-8601. */
  readonly tick: string;
  /** Home's clock. */
  readonly asOf: string;
}

const bandOf = ({ alerts }: HealthSnapshot, { status }: CheckResult): Band | undefined => {
  if (status === 'PASS') return undefined;
  return status === 'FAIL' ? alerts?.fail : alerts?.warn;
};

const firingOf = (
  snapshot: HealthSnapshot,
  { result, label, band }: { readonly result: CheckResult; readonly label: string; readonly band: Band },
): Firing => {
  const { name, status, ...figures } = result;
  const detail = detailOf(result);
  const summary = `${label}: ${status}${detail === '' ? '' : `, ${detail}`}`;
  return {
    severity: band.severity,
    severityWord: band.severityWord,
    alertType: band.alertType,
    summary,
    facts: [
      ['check', name],
      ['status', status],
      ...(detail === '' ? [] : [['found', detail] as const]),
      ['health check', `${snapshot.pack}/check/${snapshot.name}`],
      ['owner', snapshot.owner],
    ],
    ...(band.runbook !== undefined && { runbook: band.runbook }),
    action: band.recommendedAction,
    payload: {
      alert_type: band.alertType,
      health_check: snapshot.name,
      check: name,
      status,
      ...figures,
      message: summary,
      recommended_action: band.recommendedAction,
      ...(band.runbook !== undefined && { runbook: band.runbook }),
      severity: band.severityWord,
    },
  };
};

/** In the order of the checks. */
export const healthReports = (
  snapshot: HealthSnapshot,
  { checks }: HealthReport,
  { tick, asOf }: ToldAt,
): readonly Report[] => {
  const { alerts } = snapshot;
  if (!alerts) return [];
  const labels = labelsOf(snapshot.checks);
  return checks.map((result): Report => {
    const band = bandOf(snapshot, result);
    const label = labels.get(result.name) ?? result.name;
    return {
      rule: alerts.rule,
      labels: { check: result.name },
      subject: `tick/${tick}`,
      subjectAt: tick,
      asOf,
      ...(band && { firing: firingOf(snapshot, { result, label, band }) }),
    };
  });
};

/** Who notices that Sexton's own database is away, as far as that alert must know it. */
export const noticer = ({ pack, name, owner, alerts }: HealthSnapshot): Noticer => ({
  id: checkId(pack, name),
  owner,
  rules: alerts ? [{ rule: alerts.rule }] : [],
});

/** That every check was looked at. */
export const healthComplete = ({ alerts }: HealthSnapshot, tick: string): readonly Complete[] =>
  alerts
    ? [{ pack: alerts.rule.pack, rule: alerts.rule.name, subject: `tick/${tick}`, subjectAt: tick }]
    : [];
