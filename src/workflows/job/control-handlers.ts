// The handlers of a run's updates and their signal twins.
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { log, setHandler } from '@temporalio/workflow';
import type { RunAnswer } from '../../domain/jobs/control.ts';
import {
  approveUpdate,
  type ControlEvent,
  DESCRIPTIONS,
  pauseSignal,
  pauseUpdate,
  resumeSignal,
  resumeUpdate,
  retryRunSignal,
  retryRunUpdate,
  setBatchSizeUpdate,
  stopSignal,
  stopUpdate,
} from '../messages.ts';
import { type Asked, createControls, inRange, refuse, withReason } from './controls.ts';

type Control<E> = (event: E) => Promise<RunAnswer>;

export const handleControls = (asked: Asked): void => {
  const controls = createControls(asked);
  // One after the other: a resume must not overtake the pause that it is meant for.
  let before: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = before.then(work);
    before = mine.catch(() => {});
    return mine;
  };

  const requireSense = ({ by }: ControlEvent): void => {
    if (typeof by !== 'string' || by === '') refuse('by must name a person');
    if (!asked.isOpen()) refuse('the run is over, or was a dry run');
  };

  const update = <E extends ControlEvent>(
    definition: UpdateDefinition<RunAnswer, [E]>,
    control: Control<E>,
    more: (event: E) => void = () => {},
  ): void => {
    const validator = (event: E): void => {
      requireSense(event ?? {});
      more(event);
    };
    const description = DESCRIPTIONS[definition.name as keyof typeof DESCRIPTIONS];
    setHandler(definition, (event) => inTurn(() => control(event)), { validator, description });
  };

  // A signal cannot be refused to its sender, so one that makes no sense is told in the log and changes nothing.
  const signal = <E extends ControlEvent>(
    definition: SignalDefinition<[E]>,
    control: Control<E>,
    more: (event: E) => void = () => {},
  ): void => {
    const description = DESCRIPTIONS[definition.name as keyof typeof DESCRIPTIONS];
    const sensible = async (event: E): Promise<void> => {
      try {
        requireSense(event ?? {});
        more(event);
        await inTurn(() => control(event));
      } catch (error) {
        log.warn('a signal changed nothing', { signal: definition.name, error: String(error) });
      }
    };
    setHandler(definition, sensible, { description });
  };

  update(pauseUpdate, controls.pause);
  update(resumeUpdate, controls.resume);
  update(stopUpdate, controls.stop, withReason);
  update(setBatchSizeUpdate, controls.setBatchSize, inRange);
  update(retryRunUpdate, controls.retry);
  update(approveUpdate, controls.approve, asked.approvals.check);
  signal(pauseSignal, controls.pause);
  signal(resumeSignal, controls.resume);
  signal(stopSignal, controls.stop, withReason);
  signal(retryRunSignal, controls.retry);
};
