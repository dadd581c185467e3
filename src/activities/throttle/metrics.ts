// What the throttle adds to the worker's /metrics, through the SDK's meter: of every activity, and of none in a test.
import { Context } from '@temporalio/activity';
import type { Probe } from '../../domain/jobs/throttle.ts';

export interface ThrottleMetrics {
  /** A hold has begun. */
  readonly held: (probe: Probe) => void;
  /** A hold has ended, or a rest. */
  readonly throttled: (probe: Probe, ms: number) => void;
}

/** Served as `sexton_throttle_holds_total` and `sexton_throttle_milliseconds_total`, each by pack, job and probe. */
export const throttleMetrics = ({
  pack,
  job,
}: {
  readonly pack: string;
  readonly job: string;
}): ThrottleMetrics => {
  const { metricMeter } = Context.current();
  const holds = metricMeter.createCounter('sexton_throttle_holds', undefined, 'holds of runs that began');
  const time = metricMeter.createCounter(
    'sexton_throttle_milliseconds',
    undefined,
    'time in which runs were held, counted when a hold ends, and time that they rested between batches',
  );
  return {
    held: (probe) => holds.add(1, { pack, job, probe }),
    throttled: (probe, ms) => time.add(Math.round(ms), { pack, job, probe }),
  };
};
