// A rule as people read it in a list.
import { SEVERITIES } from '../alerts/severity.ts';
import { formatDuration } from '../duration.ts';
import { conditionWords } from './condition-words.ts';
import type { MonitorRule } from './monitor.ts';

/** One line a band: `warning: pollution above 30`, and until when where that is said. */
export const bandLines = ({ bands }: MonitorRule): readonly string[] =>
  bands.map(({ severity, when, recovers }) => {
    const until = recovers ? `, until ${conditionWords(recovers)}` : '';
    return `${severity}: ${conditionWords(when)}${until}`;
  });

/** How long it has to be so before anybody hears of it, and how long not. */
export const forWords = ({ rule: { timing } }: MonitorRule): string => {
  const { forSeconds = 0, keepFiringSeconds = 0 } = timing ?? {};
  const keeps = keepFiringSeconds > 0 ? `, over after ${formatDuration(keepFiringSeconds)}` : '';
  return forSeconds > 0 ? `${formatDuration(forSeconds)}${keeps}` : `at once${keeps}`;
};

/** `warning → page`, of the severities that its bands have. */
export const routeLines = ({ bands, rule: { routes } }: MonitorRule): readonly string[] =>
  SEVERITIES.filter((severity) => bands.some((band) => band.severity === severity)).map(
    (severity) => `${severity} → ${routes[severity]?.name ?? 'nobody'}`,
  );
