// Hours in which people are not woken for what can wait.
import { secondsUntilClosed, windowWords } from '../work-windows.ts';
import { isHigher } from './ladder-state.ts';
import type { QuietHours } from './policy.ts';
import type { Severity } from './severity.ts';

/** Windows repeat weekly, so an end that is not found within this time never comes. */
const WEEK_SECONDS = 8 * 86_400;

/** Why a wake of this severity waits, and until when (ISO-8601); undefined where it does not. */
export const isQuiet = (
  quiet: QuietHours | undefined,
  severity: Severity,
  atMs: number,
): { readonly reason: string; readonly until?: string } | undefined => {
  if (!quiet || !isHigher(quiet.below, severity)) return undefined;
  const seconds = secondsUntilClosed(quiet.windows, atMs, WEEK_SECONDS);
  if (seconds === 0) return undefined;
  return {
    reason: `quiet hours ${quiet.windows.map(windowWords).join(' and ')} below ${quiet.below}`,
    ...(seconds !== undefined && { until: new Date(atMs + seconds * 1000).toISOString() }),
  };
};
