// A run that its throttle holds waits here, in sight: a chain of short known waits, each followed by a slice that first of
// all looks. People pause, stop or hurry it as they do a run that waits to retry.
import type { JobSnapshot } from '../../domain/jobs/job.ts';
import { type ThrottledSlice, throttleWaitSeconds } from '../../domain/jobs/throttle.ts';
import { throttledSummary } from '../display.ts';
import type { RunControl } from './job-control.ts';
import type { JobView } from './job-view.ts';
import type { RunAlerts } from './run-alerts.ts';

export interface ThrottleWaits {
  /** What the next slice is told: for how long the run waits if it is held, and so for how long its lock is kept. */
  readonly given: () => { readonly waitIfThrottledSeconds?: number };
  /** Waits where the slice found the run held. */
  readonly after: (slice: ThrottledSlice) => Promise<void>;
}

export interface ThrottleParts {
  readonly view: JobView;
  readonly control: RunControl;
  readonly alerts: RunAlerts;
}

/** So that the look after it finds the limit passed. */
const JUST_PAST_MS = 10;

export const createThrottleWaits = (
  job: JobSnapshot,
  { view, control, alerts }: ThrottleParts,
): ThrottleWaits => {
  const limitMs = job.throttle ? job.throttle.limitSeconds * 1000 : Number.POSITIVE_INFINITY;
  let waited = 0;
  let because = 'it yields to other sessions';

  return {
    given: () => (job.throttle ? { waitIfThrottledSeconds: throttleWaitSeconds(waited) } : {}),
    after: async ({ throttle, throttledMs = 0 }) => {
      because = throttle?.reason ?? because;
      if (throttledMs > limitMs) alerts.throttled(throttledMs / 1000, because);
      if (!throttle) {
        waited = 0;
        return;
      }
      waited += 1;
      // Never past the moment at which it has been throttled for too long.
      const left = limitMs - throttledMs;
      const ms = Math.min(
        throttle.waitSeconds * 1000,
        left > 0 ? left + JUST_PAST_MS : Number.POSITIVE_INFINITY,
      );
      const { reason, since } = throttle;
      view.throttled({ reason, since, lookAt: new Date(Date.now() + ms).toISOString() });
      await control.backOff(ms, throttledSummary(throttle));
      if (!control.held()) view.running();
    },
  };
};
