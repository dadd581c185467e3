// Ends what is open of a run's throttle, and counts it for the worker's metrics.

import type { Queryable } from '../../adapters/postgres/pool.ts';
import { endHolds as endRows, type HoldSubject } from '../../adapters/postgres/runs/holds.ts';
import { throttleMetrics } from './metrics.ts';

export interface EndHoldsInput extends HoldSubject {
  readonly job: string;
}

/** At a run's end, or where a person takes over its hold. Asked twice, it changes nothing more. */
export const endHolds = async (db: Queryable, subject: EndHoldsInput, rests = true): Promise<void> => {
  const { job } = subject;
  const metrics = throttleMetrics(subject);
  for (const ended of await endRows(db, subject, { job, rests })) {
    // Rests were counted as they were taken.
    if (!ended.rests) metrics.throttled(ended.probe, ended.ms);
  }
};
