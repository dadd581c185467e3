// Exported rules as Grafana's alert provisioning: the same PromQL, and a condition that holds where it has a value.
import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { formatDuration } from '../../domain/duration.ts';
import type { Exported, ExportedAlert } from './exported.ts';

/** Short, and the same for ever. */
const uidOf = ({ pack, name }: ExportedAlert): string =>
  `sexton-${createHash('sha256').update(`${pack}/${name}`).digest('hex').slice(0, 16)}`;

const RANGE = { from: 600, to: 0 };

/** A: what is asked. B: 1 for every series that there is. C: whether it is above 0. As Grafana imports Prometheus' rules. */
const dataOf = (expr: string) => [
  {
    refId: 'A',
    relativeTimeRange: RANGE,
    datasourceUid: 'prometheus',
    model: { refId: 'A', expr, instant: true, range: false },
  },
  {
    refId: 'B',
    relativeTimeRange: RANGE,
    datasourceUid: '__expr__',
    model: { refId: 'B', type: 'math', expression: 'is_number($A) || is_nan($A) || is_inf($A)' },
  },
  {
    refId: 'C',
    relativeTimeRange: RANGE,
    datasourceUid: '__expr__',
    model: {
      refId: 'C',
      type: 'threshold',
      expression: 'B',
      conditions: [{ evaluator: { type: 'gt', params: [0] } }],
    },
  },
];

/** No value is no alert: the expression has one only while it fires. */
const ruleOf = (alert: ExportedAlert) => ({
  uid: uidOf(alert),
  title: alert.name,
  condition: 'C',
  data: dataOf(alert.expr),
  noDataState: 'OK',
  execErrState: 'Error',
  for: alert.forSeconds > 0 ? formatDuration(alert.forSeconds) : '0s',
  labels: { severity: alert.severity, pack: alert.pack },
  annotations: {
    summary: alert.summary,
    action: alert.action,
    ...(alert.runbook !== undefined && { runbook_url: alert.runbook }),
  },
});

/** YAML for Grafana's folder `provisioning/alerting`. */
export const grafanaRules = ({ alerts }: Exported): string => {
  const packs = [...new Set(alerts.map(({ pack }) => pack))];
  return stringify(
    {
      apiVersion: 1,
      groups: packs.map((pack) => ({
        orgId: 1,
        name: `sexton-${pack}`,
        folder: 'Sexton',
        interval: '1m',
        rules: alerts.filter((alert) => alert.pack === pack).map(ruleOf),
      })),
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
};
