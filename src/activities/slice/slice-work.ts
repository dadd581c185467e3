// What a slice is given for the batches of its step, and what it answers.
import type pg from 'pg';
import type { BlobStore } from '../../adapters/blob-store.ts';
import type { Hold } from '../../domain/jobs/control.ts';
import type { JobSnapshot, RunPlan } from '../../domain/jobs/job.ts';
import type { Throttled } from '../../domain/jobs/throttle.ts';
import type { Throttle } from '../throttle/throttle.ts';
import type { Tenure } from './tenure.ts';

export interface SliceWork {
  readonly job: JobSnapshot;
  readonly plan: RunPlan;
  readonly rowsPerSecond: number | undefined;
  readonly sliceSeconds: number;
  readonly pool: pg.Pool;
  readonly blobs: BlobStore | undefined;
  readonly tenure: Tenure;
  readonly throttle: Throttle;
}

export interface SliceOutcome {
  readonly done: boolean;
  readonly hold?: Hold;
  /** The throttle holds the run, and goes on holding it. */
  readonly throttle?: Throttled;
}
