// What the Temporal UI says about a monitor before it has measured anything: one line for lists, and the details.
import { formatDuration } from '../duration.ts';
import { staticDetails } from '../static-details.ts';
import type { MonitorSnapshot } from './monitor.ts';

export const monitorStaticSummary = ({ pack, summary }: MonitorSnapshot): string => `${pack} · ${summary}`;

export const monitorStaticDetails = (monitor: MonitorSnapshot): string =>
  staticDetails(monitor, [
    ...Object.entries(monitor.measures).map(
      ([name, { kind, timeoutSeconds }]) =>
        `**Measure** ${name}: ${kind}, at most ${formatDuration(timeoutSeconds)}`,
    ),
    ...monitor.rules.map(
      ({ rule, bands }) =>
        `**Rule** ${rule.name}: ${bands.map(({ severityWord }) => severityWord).join(', ')}`,
    ),
  ]);
