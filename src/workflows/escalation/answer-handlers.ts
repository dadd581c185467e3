// How answers come in: refused before they are accepted where that can be told, judged again when their turn comes, and
// each event once.
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { Answer } from '../../domain/alerts/escalation.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { type AnswerEvent, DESCRIPTIONS } from '../messages.ts';
import type { Escalation } from './escalation-state.ts';
import { type Answering, type Change, createAnswering } from './in-force.ts';
import { type End, type Ending, endAtOnce, endOf, hasEnding } from './until.ts';

type Described = keyof typeof DESCRIPTIONS;

export const createAnswerHandlers = (escalation: Escalation) => {
  const answering = createAnswering(escalation);
  const { apply, isRepeat } = answering;
  const { refuse, refuseUnless, open } = refusals(escalation, answering);
  const isOpen = (): boolean => escalation.ladder().status !== 'resolved';

  const update = <E extends AnswerEvent>(
    definition: UpdateDefinition<Answer, [E]>,
    change: (event: E) => Change,
    validator: (event: E) => void = open,
  ): void => {
    const description = DESCRIPTIONS[definition.name as Described];
    // Judged twice: at first nothing may be known but what the escalation was started with.
    const judged = async (event: E): Promise<Answer> => {
      await escalation.begun();
      validator(event);
      return apply(event, () => change(event));
    };
    setHandler(definition, judged, { description, validator });
  };
  /** One that says when it ends, which may have to be asked first. */
  const updateUntil = (
    definition: UpdateDefinition<Answer, [AnswerEvent & Ending]>,
    change: (event: AnswerEvent, end: End | undefined) => Change,
    validator: (event: AnswerEvent & Ending) => void,
  ): void => {
    const description = DESCRIPTIONS[definition.name as Described];
    const judged = async (event: AnswerEvent & Ending): Promise<Answer> => {
      await escalation.begun();
      validator(event);
      if (isRepeat(event.eventId) || !hasEnding(event)) return apply(event, () => change(event, undefined));
      const end = endAtOnce(event) ?? (await endOf(event));
      if ('fault' in end) throw refuse(end.fault);
      // Somebody may have resolved it while the clock was asked.
      open(event);
      return apply(event, () => change(event, end));
    };
    setHandler(definition, judged, { description, validator });
  };
  // A signal cannot be refused, so one that makes no sense changes nothing.
  const signal = <E extends AnswerEvent>(
    definition: SignalDefinition<[E]>,
    change: (event: E, end: End | undefined) => Change,
  ): void => {
    const description = DESCRIPTIONS[definition.name as Described];
    const sensible = async (event: E & Ending): Promise<void> => {
      await escalation.begun();
      if (typeof event?.by !== 'string' || !isOpen()) return;
      const end = hasEnding(event) ? (endAtOnce(event) ?? (await endOf(event))) : undefined;
      if (isOpen())
        await apply(event, () => (end && 'fault' in end ? noteOnly(escalation) : change(event, end)));
    };
    setHandler(definition, sensible, { description });
  };

  return { apply, isOpen, update, updateUntil, signal, refuseUnless, open };
};

/** Only the note that came along. */
const noteOnly = ({ ladder }: Escalation): Change => ({ step: { state: ladder() }, withdraw: false });

const refusals = (escalation: Escalation, { isRepeat }: Answering) => {
  const refuse = (why: string): ApplicationFailure =>
    ApplicationFailure.nonRetryable(
      `${escalation.incident().id}: refused, ${why}`,
      FAILURE_TYPES.answerRefused,
    );
  /** A repeat of an event is let through: it gets the same answer. */
  const refuseUnless = (event: AnswerEvent, allowed: boolean, rule: string): void => {
    if (isRepeat(event?.eventId)) return;
    const named = typeof event?.by === 'string' && event.by !== '';
    if (!allowed || !named) throw refuse(named ? rule : 'by must name a person');
  };
  const open = (event: AnswerEvent): void =>
    refuseUnless(event, escalation.ladder().status !== 'resolved', 'it is resolved');
  return { refuse, refuseUnless, open };
};
