// Exported rules as a rule file of Prometheus.
import { Document } from 'yaml';
import { formatDuration } from '../../domain/duration.ts';
import type { Exported, ExportedAlert } from './exported.ts';

const ruleOf = (alert: ExportedAlert) => ({
  alert: alert.name,
  expr: alert.expr,
  ...(alert.forSeconds > 0 && { for: formatDuration(alert.forSeconds) }),
  labels: { severity: alert.severity, pack: alert.pack },
  annotations: {
    summary: alert.summary,
    action: alert.action,
    ...(alert.runbook !== undefined && { runbook_url: alert.runbook }),
  },
});

/** What is not in the file, for its head; also told to whoever exports. */
export const leftOutLines = ({ leftOut }: Exported): readonly string[] =>
  leftOut.map(({ pack, rule, alertType, why }) => `${pack}/rule/${rule} (${alertType}): ${why}`);

/** YAML: a group a pack. Rules that cannot be said are named in comments at its head. */
export const prometheusRules = (exported: Exported): string => {
  const packs = [...new Set(exported.alerts.map(({ pack }) => pack))];
  const document = new Document({
    groups: packs.map((pack) => ({
      name: `sexton-${pack}`,
      rules: exported.alerts.filter((alert) => alert.pack === pack).map(ruleOf),
    })),
  });
  const left = leftOutLines(exported);
  document.commentBefore = [
    ' Written by `sexton grafana rules`: what Sexton itself judges, for a Prometheus that scrapes its gateway.',
    ...(left.length > 0
      ? [' Not here, because PromQL cannot say it in the same sense:', ...left.map((line) => `   ${line}`)]
      : []),
  ].join('\n');
  return document.toString({ lineWidth: 0 });
};
