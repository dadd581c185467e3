// Where a run's time went, in one line for a terminal. What there was none of is not named.
import { formatDuration } from '../../domain/duration.ts';
import type { RunResult } from '../../domain/jobs/run.ts';

/** Shorter than what one decimal of a second shows. */
const UNSEEN_MS = 50;

const parts = (named: readonly (readonly [string, number | undefined])[]): readonly string[] =>
  named.flatMap(([name, ms = 0]) => (ms < UNSEEN_MS ? [] : [`${name} ${formatDuration(ms / 1000)}`]));

/** `work 2.4s · throttle 0.2s · other 0.5s · before that: lock 1.2s`; empty for results of before it was measured. */
export const timesWords = (result: RunResult): string => {
  const { workMs, throttledMs, pausedMs, waitingMs, queuedMs, otherMs, lockWaitMs, approvalMs } = result;
  if (otherMs === undefined) return '';
  const within = parts([
    ['work', workMs],
    ['throttle', throttledMs],
    ['pause', pausedMs],
    ['wait after failures', waitingMs],
    ['queue', queuedMs],
    ['other', otherMs],
  ]);
  const before = parts([
    ['lock', lockWaitMs],
    ['approval', approvalMs],
  ]);
  return [...within, ...(before.length > 0 ? [`before that: ${before.join(', ')}`] : [])].join(' · ');
};
