// An evaluation for a terminal: what was measured, and how each rule stands.
import Table from 'cli-table3';
import type { ShownAlert, ShownSample } from '../../adapters/postgres/monitors/look-back.ts';
import type { MonitorResult, RuleResult } from '../../domain/monitors/evaluation.ts';

export interface MonitorReport extends MonitorResult {
  readonly workflowId: string;
  readonly samples: readonly ShownSample[];
  readonly alerts: readonly ShownAlert[];
}

/** More lines are for `--json`. */
const MOST_LINES = 40;

const labelsText = (labels: ShownSample['labels']): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

const valueText = ({ state, value }: ShownSample): string => {
  if (value === null) return state === 'error' ? 'failed' : 'no data';
  return String(Math.round(value * 1000) / 1000);
};

const tableOf = (head: readonly string[], lines: readonly (readonly string[])[]): string => {
  const table = new Table({ head: [...head], style: { head: [], border: [] }, wordWrap: true });
  for (const line of lines.slice(0, MOST_LINES)) table.push([...line]);
  const more = lines.length - MOST_LINES;
  return more > 0 ? `${table.toString()}\n… ${more} more; --json has them` : table.toString();
};

const ruleLine = ({ rule, series, firing, unknown, skipped }: RuleResult): readonly string[] => [
  rule,
  skipped === undefined ? (firing > 0 ? 'fires' : 'fine') : `not judged (${skipped})`,
  String(series),
  String(firing),
  String(unknown),
];

export const renderMonitor = (report: MonitorReport): string => {
  const { workflowId, tick, samples, alerts, rules, failed, incidents, rang, superseded } = report;
  if (rang !== undefined) return `${workflowId}: Sexton's database did not answer; ${rang} tells people`;
  if (superseded) return `${workflowId}: a newer tick was evaluated meanwhile, so nothing was done`;
  return [
    `${workflowId}: tick ${tick}`,
    tableOf(
      ['measure', 'labels', 'value'],
      samples.map((each) => [each.measure, labelsText(each.labels), valueText(each)]),
    ),
    ...failed.map(({ measure, type, message }) => `${measure} failed: ${type}: ${message}`),
    tableOf(['rule', 'now', 'series', 'firing', 'unknown'], rules.map(ruleLine)),
    ...alerts
      .slice(0, MOST_LINES)
      .map(({ rule, labels, state, summary }) =>
        [`${rule} ${labelsText(labels)}`.trim(), state, ...(summary === null ? [] : [summary])].join(': '),
      ),
    ...(incidents.length > 0 ? [`incidents: ${incidents.join(', ')}`] : []),
  ].join('\n');
};
