// What each thing that a person asks of a run does: what is refused, what is written, what is answered.
import { ApplicationFailure } from '@temporalio/workflow';
import type { ControlledRun } from '../../activities/job/control.ts';
import { formatDuration } from '../../domain/duration.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import {
  BATCH_ROWS,
  type Hold,
  holdWords,
  type RunAnswer,
  STUCK_AFTER_SECONDS,
} from '../../domain/jobs/control.ts';
import type { RunState } from '../../domain/jobs/run.ts';
import type { ApproveEvent, BatchSizeEvent, ControlEvent, StopEvent } from '../messages.ts';
import { holdRun, releaseRun, setBatchSize } from '../proxies.ts';
import type { Approvals } from './approval.ts';
import { errorOf } from './endings.ts';

/** The run as its controls know it. */
export interface Asked {
  readonly run: ControlledRun;
  /** As its job declares it; ten minutes where it does not. */
  readonly stuckAfterSeconds?: number;
  readonly declaredRows: number;
  readonly isOpen: () => boolean;
  readonly hold: () => Hold | undefined;
  /** Outside a slice nothing runs, so the workflow alone can hold the run. */
  readonly canHoldAlone: () => boolean;
  readonly state: () => RunState;
  readonly setHold: (hold: Hold) => void;
  readonly resume: () => void;
  readonly retryNow: () => void;
  readonly batchRows: (rows: number) => void;
  readonly approvals: Approvals;
}

/** Says no, with the reason; nothing was changed. */
export const refuse = (why: string): never => {
  throw ApplicationFailure.nonRetryable(`refused: ${why}`, FAILURE_TYPES.controlRefused);
};

/** The batches read what was asked from the database, so a request that is not there is not in force. */
const notWritten = (error: unknown): never => {
  throw ApplicationFailure.nonRetryable(
    `it could not be written to the run's database (${errorOf(error).message}); the run goes on as before`,
    FAILURE_TYPES.controlRefused,
  );
};

export const createControls = (asked: Asked) => {
  const { run } = asked;

  const answer = (by: string, batchRows?: RunAnswer['batchRows']): RunAnswer => ({
    runId: run.runId,
    job: `${run.pack}/job/${run.job}`,
    state: asked.state(),
    by,
    next: nextWords(asked.hold(), asked.state()),
    ...(batchRows && { batchRows }),
  });

  const holdBy = async (hold: Hold, force = false): Promise<RunAnswer> => {
    const { stuckAfterSeconds = STUCK_AFTER_SECONDS } = asked;
    const written = await holdRun({ run, hold, force, stuckAfterSeconds }).catch((error: unknown) => {
      if (!asked.canHoldAlone() || (hold.kind === 'stop' && !force)) return notWritten(error);
      return { held: true, lastProgressAt: undefined };
    });
    if (!written.held) {
      refuse(
        `the run made progress at ${written.lastProgressAt}, less than ${formatDuration(stuckAfterSeconds)} ago. Leave it to work, pause it, ` +
          'or stop it by force and with a reason',
      );
    }
    asked.setHold(hold);
    return answer(hold.by);
  };

  return {
    pause: async ({ by, reason }: ControlEvent): Promise<RunAnswer> => {
      if (asked.hold()?.kind === 'stop') refuse('it is being stopped');
      if (asked.state() === 'waitingForApproval')
        refuse('it waits for approval, so nothing goes; leave it to wait, or stop it');
      // Who paused it first is whom others ask before they resume it.
      if (asked.hold()) return answer(by);
      return holdBy({ kind: 'pause', by, ...(reason && { reason }) });
    },
    resume: async ({ by, reason }: ControlEvent): Promise<RunAnswer> => {
      if (asked.hold()?.kind !== 'pause') refuse('it is not paused');
      await releaseRun({ run, by, ...(reason && { reason }) }).catch(notWritten);
      asked.resume();
      return answer(by);
    },
    stop: ({ by, reason, force }: StopEvent): Promise<RunAnswer> =>
      holdBy({ kind: 'stop', by, ...(reason && { reason }) }, force),
    setBatchSize: async ({ by, rows }: BatchSizeEvent): Promise<RunAnswer> => {
      const wanted = { run, by, declared: asked.declaredRows, ...(rows && { rows }) };
      const size = await setBatchSize(wanted).catch(notWritten);
      asked.batchRows(size.after);
      return answer(by, size);
    },
    approve: async (event: ApproveEvent): Promise<RunAnswer> => {
      if (asked.hold()?.kind === 'stop') refuse('it is being stopped');
      asked.approvals.approve(event);
      return { ...answer(event.by), next: 'begins, with this cutoff and no other' };
    },
    retry: async ({ by }: ControlEvent): Promise<RunAnswer> => {
      if (asked.state() !== 'waitingToRetry' && asked.state() !== 'throttled')
        refuse(`it does not wait to retry, it is ${asked.state()}`);
      asked.retryNow();
      return answer(by);
    },
  };
};

/** A stop that overrides the guard says why. */
export const withReason = ({ force, reason }: StopEvent): void => {
  if (force && !reason) refuse('a stop by force needs a reason');
};

export const inRange = ({ rows }: BatchSizeEvent): void => {
  const { least, most } = BATCH_ROWS;
  if (rows === undefined || (Number.isInteger(rows) && rows >= least && rows <= most)) return;
  refuse(`rows must be a whole number from ${least} to ${most}`);
};

const nextWords = (hold: Hold | undefined, state: RunState): string => {
  if (hold?.kind === 'stop') return 'ends after the batch in hand, and tells CLEANUP_STOPPED';
  if (hold) return `${holdWords(hold)}; no further batch begins until it is resumed`;
  if (state === 'throttled') return 'looks again now, and goes on if nothing holds it any more';
  return state === 'waitingToRetry' ? 'tries again now' : 'goes on with the next batch';
};
