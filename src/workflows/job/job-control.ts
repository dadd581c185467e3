// What people do to a run: pause, resume, stop, set its batch size, end its wait. Postgres holds what was asked, so that
// the batch in hand is the last one; this decides what the run does next.
import { ApplicationFailure, condition } from '@temporalio/workflow';
import type { SliceResult } from '../../activities/slice/slice.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { type Hold, holdWords } from '../../domain/jobs/control.ts';
import type { JobInput } from '../../domain/jobs/job.ts';
import { databaseOf, declaredBatchRows } from '../../domain/jobs/step.ts';
import { letGoOfLock } from '../proxies.ts';
import { type Approvals, createApprovals } from './approval.ts';
import { handleControls } from './control-handlers.ts';
import type { Asked } from './controls.ts';
import type { JobView } from './job-view.ts';
import { createWaits, type Waits } from './waits.ts';

export interface RunControl {
  /** Waits while the run is paused; throws once it is stopped. */
  readonly goOn: () => Promise<void>;
  /** Waits before another try; less where somebody asks for it, or holds the run. */
  readonly backOff: (ms: number, summary: string) => Promise<void>;
  /** Runs a slice and takes note of the hold that it found. */
  readonly slice: (run: () => Promise<SliceResult>) => Promise<SliceResult>;
  readonly held: () => boolean;
  /** Who stopped the run. */
  readonly stop: () => Hold | undefined;
  readonly approvals: Approvals;
  readonly waits: Waits;
  /** Refuses everything from now on: the run is telling its end. */
  readonly close: () => void;
}

export const createJobControl = (input: JobInput, runId: string, view: JobView): RunControl => {
  const { job, request = {} } = input;
  const database = databaseOf(job);
  const { pack, name, resourceType, lockKey } = job;
  const run = { pack, job: name, database, resourceType, lockKey, runId };
  let hold: Hold | undefined;
  let resumes = 0;
  let inSlice = false;
  let retryAsked = false;
  let open = !request.dryRun;
  const waits = createWaits(input.carried?.waits);

  const asked: Asked = {
    run,
    ...(job.stuckAfterSeconds !== undefined && { stuckAfterSeconds: job.stuckAfterSeconds }),
    declaredRows: declaredBatchRows(job),
    isOpen: () => open,
    hold: () => hold,
    canHoldAlone: () => !inSlice,
    state: view.state,
    setHold: (wanted) => {
      hold = wanted;
      view.held(wanted);
    },
    resume: () => {
      hold = undefined;
      resumes += 1;
      view.running();
    },
    retryNow: () => {
      retryAsked = true;
    },
    batchRows: view.batchRows,
    approvals: createApprovals(view),
  };
  handleControls(asked);

  return {
    goOn: async () => {
      while (hold) {
        if (hold.kind === 'stop')
          throw ApplicationFailure.nonRetryable(holdWords(hold), FAILURE_TYPES.stopped);
        view.held(hold);
        const from = Date.now();
        try {
          // Open-ended, so the lock is let go of. One that cannot be let go of now ends with its lease.
          await letGoOfLock(run).catch(() => false);
          await condition(() => hold?.kind !== 'pause');
        } finally {
          waits.since(from, 'pausedMs');
        }
        view.running();
      }
    },
    backOff: async (ms, summary) => {
      retryAsked = false;
      await condition(() => retryAsked || hold !== undefined, ms, { summary });
    },
    slice: async (start) => {
      inSlice = true;
      const seen = resumes;
      try {
        const result = await start();
        // A hold that was lifted while the slice was on its way back is no more.
        if (result.hold && !hold && resumes === seen) hold = result.hold;
        return result;
      } finally {
        inSlice = false;
      }
    },
    held: () => hold !== undefined,
    stop: () => (hold?.kind === 'stop' ? hold : undefined),
    approvals: asked.approvals,
    waits,
    close: () => {
      open = false;
    },
  };
};
