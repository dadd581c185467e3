// The handlers of a run's updates and their signal twins: what is refused, what is written, what is answered.
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { ApplicationFailure, log, setHandler } from '@temporalio/workflow';
import type { ControlledRun } from '../activities/job/control.ts';
import { BATCH_ROWS, type Hold, holdWords, type RunAnswer } from '../domain/control.ts';
import { FAILURE_TYPES } from '../domain/failure.ts';
import type { RunState } from '../domain/run.ts';
import { errorOf } from './endings.ts';
import {
  type BatchSizeEvent,
  type ControlEvent,
  DESCRIPTIONS,
  pauseSignal,
  pauseUpdate,
  resumeSignal,
  resumeUpdate,
  retryRunSignal,
  retryRunUpdate,
  type StopEvent,
  setBatchSizeUpdate,
  stopSignal,
  stopUpdate,
} from './messages.ts';
import { holdRun, releaseRun, setBatchSize } from './proxies.ts';

/** The run as its handlers know it. */
export interface Asked {
  readonly run: ControlledRun;
  readonly declaredRows: number;
  readonly isOpen: () => boolean;
  readonly hold: () => Hold | undefined;
  readonly canHoldAlone: () => boolean;
  readonly state: () => RunState;
  readonly setHold: (hold: Hold) => void;
  readonly resume: () => void;
  readonly retryNow: () => void;
  readonly batchRows: (rows: number) => void;
}

const refuse = (why: string): never => {
  throw ApplicationFailure.nonRetryable(`refused: ${why}`, FAILURE_TYPES.controlRefused);
};

/** The batches read what was asked from the database, so a request that is not there is not in force. */
const notWritten = (error: unknown): never => {
  throw ApplicationFailure.nonRetryable(
    `it could not be written to the run's database (${errorOf(error).message}); the run goes on as before`,
    FAILURE_TYPES.controlRefused,
  );
};

export const handleControls = (asked: Asked): void => {
  const { run } = asked;
  // One after the other: a resume must not overtake the pause that it is meant for.
  let before: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = before.then(work);
    before = mine.catch(() => {});
    return mine;
  };

  const answer = (by: string, batchRows?: RunAnswer['batchRows']): RunAnswer => ({
    runId: run.runId,
    job: `${run.pack}/job/${run.job}`,
    state: asked.state(),
    by,
    next: nextWords(asked.hold(), asked.state()),
    ...(batchRows && { batchRows }),
  });

  const general = ({ by }: ControlEvent): void => {
    if (typeof by !== 'string' || by === '') refuse('by must name a person');
    if (!asked.isOpen()) refuse('the run is over, or was a dry run');
  };

  const holdBy = async (hold: Hold, force = false): Promise<void> => {
    const written = await holdRun({ run, hold, force }).catch((error: unknown) => {
      if (!asked.canHoldAlone() || (hold.kind === 'stop' && !force)) return notWritten(error);
      return { held: true, lastProgressAt: undefined };
    });
    if (!written.held) {
      refuse(
        `the run made progress at ${written.lastProgressAt}, less than 10 minutes ago. Leave it to work, pause it, ` +
          'or stop it by force and with a reason',
      );
    }
    asked.setHold(hold);
  };

  const CONTROLS = {
    pause: async ({ by, reason }: ControlEvent): Promise<RunAnswer> => {
      if (asked.hold()?.kind === 'stop') refuse('it is being stopped');
      await holdBy({ kind: 'pause', by, ...(reason && { reason }) });
      return answer(by);
    },
    resume: async ({ by, reason }: ControlEvent): Promise<RunAnswer> => {
      if (asked.hold()?.kind !== 'pause') refuse('it is not paused');
      await releaseRun({ run, by, ...(reason && { reason }) }).catch(notWritten);
      asked.resume();
      return answer(by);
    },
    stop: async ({ by, reason, force }: StopEvent): Promise<RunAnswer> => {
      await holdBy({ kind: 'stop', by, ...(reason && { reason }) }, force);
      return answer(by);
    },
    setBatchSize: async ({ by, rows }: BatchSizeEvent): Promise<RunAnswer> => {
      const wanted = { run, by, declared: asked.declaredRows, ...(rows && { rows }) };
      const size = await setBatchSize(wanted).catch(notWritten);
      asked.batchRows(size.after);
      return answer(by, size);
    },
    retry: async ({ by }: ControlEvent): Promise<RunAnswer> => {
      if (asked.state() !== 'waitingToRetry') refuse(`it does not wait to retry, it is ${asked.state()}`);
      asked.retryNow();
      return answer(by);
    },
  };

  const update = <E extends ControlEvent>(
    definition: UpdateDefinition<RunAnswer, [E]>,
    control: (event: E) => Promise<RunAnswer>,
    more: (event: E) => void = () => {},
  ): void => {
    const validator = (event: E): void => {
      general(event ?? {});
      more(event);
    };
    const description = DESCRIPTIONS[definition.name as keyof typeof DESCRIPTIONS];
    setHandler(definition, (event) => inTurn(() => control(event)), { validator, description });
  };
  // A signal cannot be refused to its sender, so one that makes no sense is told in the log and changes nothing.
  const signal = <E extends ControlEvent>(
    definition: SignalDefinition<[E]>,
    control: (event: E) => Promise<RunAnswer>,
    more: (event: E) => void = () => {},
  ): void => {
    const description = DESCRIPTIONS[definition.name as keyof typeof DESCRIPTIONS];
    const sensible = async (event: E): Promise<void> => {
      try {
        general(event ?? {});
        more(event);
        await inTurn(() => control(event));
      } catch (error) {
        log.warn('a signal changed nothing', { signal: definition.name, error: String(error) });
      }
    };
    setHandler(definition, sensible, { description });
  };

  update(pauseUpdate, CONTROLS.pause);
  update(resumeUpdate, CONTROLS.resume);
  update(stopUpdate, CONTROLS.stop, withReason);
  update(setBatchSizeUpdate, CONTROLS.setBatchSize, inRange);
  update(retryRunUpdate, CONTROLS.retry);
  signal(pauseSignal, CONTROLS.pause);
  signal(resumeSignal, CONTROLS.resume);
  signal(stopSignal, CONTROLS.stop, withReason);
  signal(retryRunSignal, CONTROLS.retry);
};

const withReason = ({ force, reason }: StopEvent): void => {
  if (force && !reason) refuse('a stop by force needs a reason');
};

const inRange = ({ rows }: BatchSizeEvent): void => {
  const { least, most } = BATCH_ROWS;
  if (rows === undefined || (Number.isInteger(rows) && rows >= least && rows <= most)) return;
  refuse(`rows must be a whole number from ${least} to ${most}`);
};

const nextWords = (hold: Hold | undefined, state: RunState): string => {
  if (hold?.kind === 'stop') return 'ends after the batch in hand, and tells CLEANUP_STOPPED';
  if (hold) return `${holdWords(hold)}; no further batch begins until it is resumed`;
  return state === 'waitingToRetry' ? 'tries again now' : 'goes on with the next batch';
};
