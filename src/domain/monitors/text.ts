// What the Temporal UI says about a monitor before it has measured anything: one line for lists, and what somebody who
// was woken by it wants to know first.
import { formatDuration } from '../duration.ts';
import type { MonitorSnapshot } from './monitor.ts';

export const monitorStaticSummary = ({ pack, summary }: MonitorSnapshot): string => `${pack} · ${summary}`;

/** Markdown: what it looks at, who answers for it, what to do. */
export const monitorStaticDetails = (monitor: MonitorSnapshot): string => {
  const { summary, owner, cadenceSeconds, measures, rules, runbook } = monitor;
  return [
    summary,
    '',
    `- **Owner** ${owner}`,
    `- **Cadence** ${formatDuration(cadenceSeconds)}`,
    ...(runbook === undefined ? [] : [`- **Runbook** ${runbook}`]),
    ...Object.entries(measures).map(
      ([name, { kind, timeoutSeconds }]) =>
        `- **Measure** ${name}: ${kind}, at most ${formatDuration(timeoutSeconds)}`,
    ),
    ...rules.map(
      ({ rule, bands }) =>
        `- **Rule** ${rule.name}: ${bands.map(({ severityWord }) => severityWord).join(', ')}`,
    ),
  ].join('\n');
};
