// What people answer: acknowledge, snooze, resolve, escalateNow, note, by update or signal. The ladder stops the
// moment an answer arrives; it is in force once Postgres has it, and only then does the update return.

import type { UpdateDefinition } from '@temporalio/common';
import { ApplicationFailure, currentUpdateInfo, setHandler } from '@temporalio/workflow';
import type { AnswerResult } from '../activities/alerts/incident.ts';
import { type Answer, APPLIED_KEPT, nextWords } from '../domain/escalation.ts';
import { FAILURE_TYPES } from '../domain/failure.ts';
import * as ladders from '../domain/ladder.ts';
import type { Escalation } from './escalation-state.ts';
import {
  type AnswerEvent,
  acknowledgeSignal,
  acknowledgeUpdate,
  DESCRIPTIONS,
  escalateNowUpdate,
  noteUpdate,
  resolveSignal,
  resolveUpdate,
  type SnoozeEvent,
  snoozeSignal,
  snoozeUpdate,
} from './messages.ts';

interface Change {
  readonly step: ladders.Step;
  readonly withdraw: boolean;
  readonly resolvedBy?: string;
}

export const handleAnswers = (escalation: Escalation): void => {
  const { incident, ladder } = escalation;
  const policy = () => incident().policy;
  const stop = (state: ladders.LadderState): Change => ({ step: { state }, withdraw: true });
  // One answer after the other: each is told what the one before it left.
  let before: Promise<unknown> = Promise.resolve();
  /** Answers being put in force, by event id: a second click waits for the first one's answer. */
  const pending = new Map<string, Promise<Answer>>();
  const isRepeat = (eventId: string | undefined): boolean =>
    eventId !== undefined &&
    (pending.has(eventId) || escalation.applied.some((each) => each.eventId === eventId));

  const apply = async (event: AnswerEvent, change: () => Change): Promise<Answer> => {
    const eventId = event.eventId ?? currentUpdateInfo()?.id;
    const known = escalation.applied.find((each) => each.eventId === eventId);
    if (known) return known.answer;
    const answering = pending.get(eventId ?? '') ?? putInForce(event, change, eventId);
    if (eventId === undefined) return answering;
    pending.set(eventId, answering);
    return answering.finally(() => pending.delete(eventId));
  };

  const putInForce = async (
    event: AnswerEvent,
    change: () => Change,
    eventId: string | undefined,
  ): Promise<Answer> => {
    const made = change();
    if (event.note) escalation.notes.push({ by: event.by, at: new Date().toISOString(), text: event.note });
    if (made.withdraw) escalation.withdraw();
    escalation.setLadder(made.step.state);
    const position = escalation.row.position();
    const { withdraw, resolvedBy } = made;
    const answered = { withdraw, ...(resolvedBy !== undefined && { resolvedBy }) };
    const stored = before.then(() => escalation.row.answer(position, answered));
    before = stored;
    const answer = describe(escalation, event, position.ladder, await stored);
    const { wake } = made.step;
    // Somebody else may have answered meanwhile; then nobody is told any more.
    if (wake && ladder().status === 'open' && ladder().lastWake === wake.wake)
      escalation.take({ state: ladder(), wake });
    if (eventId !== undefined) escalation.applied.push({ eventId, answer });
    escalation.applied.splice(0, Math.max(0, escalation.applied.length - APPLIED_KEPT));
    return answer;
  };

  const acknowledge = (event: AnswerEvent): Promise<Answer> =>
    apply(event, () => stop(ladders.acknowledge(policy(), ladder(), { by: event.by, atMs: Date.now() })));
  const snooze = (event: SnoozeEvent): Promise<Answer> =>
    apply(event, () =>
      stop(ladders.snooze(ladder(), { by: event.by, atMs: Date.now(), untilMs: snoozeEnd(event) })),
    );
  const resolve = (event: AnswerEvent): Promise<Answer> =>
    apply(event, () => ({ ...stop(ladders.resolve(ladder(), event.by)), resolvedBy: event.by }));
  const escalateNow = (event: AnswerEvent): Promise<Answer> =>
    apply(event, () => {
      const rules = policy();
      return {
        step: rules ? ladders.escalateNow(rules, ladder(), Date.now()) : { state: ladder() },
        withdraw: false,
      };
    });
  const note = (event: AnswerEvent): Promise<Answer> =>
    apply(event, () => ({ step: { state: ladder() }, withdraw: false }));

  /** A repeat of an event is let through: it gets the same answer. */
  const refuseUnless = (event: AnswerEvent, allowed: boolean, rule: string): void => {
    if (isRepeat(event?.eventId)) return;
    const named = typeof event?.by === 'string' && event.by !== '';
    if (allowed && named) return;
    const why = named ? rule : 'by must name a person';
    throw ApplicationFailure.nonRetryable(`${incident().id}: refused, ${why}`, FAILURE_TYPES.answerRefused);
  };
  const open = (event: AnswerEvent): void =>
    refuseUnless(event, ladder().status !== 'resolved', 'it is resolved');
  const update = <E extends AnswerEvent>(
    definition: UpdateDefinition<Answer, [E]>,
    act: (event: E) => Promise<Answer>,
    validator: (event: E) => void = open,
  ): void => {
    const description = DESCRIPTIONS[definition.name as keyof typeof DESCRIPTIONS];
    // Judged twice: at first nothing may be known but what the escalation was started with.
    const judged = async (event: E): Promise<Answer> => {
      await escalation.begun();
      validator(event);
      return act(event);
    };
    setHandler(definition, judged, { description, validator });
  };
  update(acknowledgeUpdate, acknowledge);
  update(snoozeUpdate, snooze, (event) => {
    open(event);
    refuseUnless(
      event,
      snoozeEnd(event) > Date.now(),
      'until must be an instant to come, or seconds above 0',
    );
  });
  update(resolveUpdate, resolve);
  update(escalateNowUpdate, escalateNow);
  update(noteUpdate, note, (event) => refuseUnless(event, Boolean(event.note), 'note must say something'));

  // A signal cannot be refused, so one that makes no sense changes nothing.
  const sensible = async (event: AnswerEvent, act: () => Promise<Answer>): Promise<void> => {
    await escalation.begun();
    if (typeof event?.by === 'string' && ladder().status !== 'resolved') await act();
  };
  setHandler(acknowledgeSignal, (event) => sensible(event, () => acknowledge(event)), {
    description: DESCRIPTIONS.acknowledge,
  });
  setHandler(
    snoozeSignal,
    (event) => sensible(event, async () => (snoozeEnd(event) > Date.now() ? snooze(event) : note(event))),
    { description: DESCRIPTIONS.snooze },
  );
  setHandler(resolveSignal, (event) => sensible(event, () => resolve(event)), {
    description: DESCRIPTIONS.resolve,
  });
};

const snoozeEnd = ({ until, seconds }: SnoozeEvent): number =>
  until === undefined ? Date.now() + (seconds ?? 0) * 1000 : Date.parse(until);

const describe = (
  escalation: Escalation,
  { by }: AnswerEvent,
  ladder: ladders.LadderState,
  stored: AnswerResult | undefined,
): Answer => ({
  incident: escalation.incident().id,
  status: ladder.status,
  by,
  ...(ladder.untilMs !== undefined && { until: new Date(ladder.untilMs).toISOString() }),
  next: nextWords(escalation.incident().policy, ladder),
  onTheirWay: stored?.onTheirWay ?? [],
  ...(!stored && { stateStoreUnreachable: true }),
});
