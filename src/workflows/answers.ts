// What people answer: acknowledge, snooze, resolve, escalateNow, note, by update or signal. The ladder stops the
// moment an answer arrives; it is in force once Postgres has it, and only then does the update return.
import { ApplicationFailure, currentUpdateInfo, setHandler } from '@temporalio/workflow';
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
import { recordAnswer } from './proxies.ts';

interface Change {
  readonly step: ladders.Step;
  readonly withdraw: boolean;
  readonly resolvedBy?: string;
}

export const handleAnswers = (escalation: Escalation): void => {
  const { incident, ladder } = escalation;
  const policy = () => incident().policy;
  const stop = (state: ladders.LadderState): Change => ({ step: { state }, withdraw: true });
  // One answer after the other: the row is written in the order in which the ladder changed.
  let before: Promise<unknown> = Promise.resolve();

  const apply = async (event: AnswerEvent, change: () => Change): Promise<Answer> => {
    const eventId = event.eventId ?? currentUpdateInfo()?.id;
    const known = escalation.applied.find((each) => each.eventId === eventId);
    if (known) return known.answer;
    const made = change();
    if (event.note) escalation.notes.push({ by: event.by, at: new Date().toISOString(), text: event.note });
    if (made.withdraw) escalation.withdraw();
    escalation.setLadder(made.step.state);
    const position = escalation.ladder();
    const stored = before.then(() => store(escalation, position, made));
    before = stored;
    const answer = describe(escalation, event, position, await stored);
    if (made.step.wake) escalation.take({ ...made.step, state: escalation.ladder() });
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

  const open = (event: AnswerEvent): void =>
    refuseUnless(escalation, event, ladder().status !== 'resolved', 'it is resolved');
  const options = (name: keyof typeof DESCRIPTIONS, validator: (event: AnswerEvent) => void = open) => ({
    description: DESCRIPTIONS[name],
    validator,
  });
  setHandler(acknowledgeUpdate, acknowledge, options('acknowledge'));
  setHandler(snoozeUpdate, snooze, {
    description: DESCRIPTIONS.snooze,
    validator: (event) => {
      open(event);
      const end = snoozeEnd(event);
      refuseUnless(
        escalation,
        event,
        end > Date.now(),
        'until must be an instant to come, or seconds above 0',
      );
    },
  });
  setHandler(resolveUpdate, resolve, options('resolve'));
  setHandler(escalateNowUpdate, escalateNow, options('escalateNow'));
  setHandler(noteUpdate, note, {
    description: DESCRIPTIONS.note,
    validator: (event) => refuseUnless(escalation, event, Boolean(event.note), 'note must say something'),
  });

  // A signal cannot be refused, so one that makes no sense changes nothing.
  const sensible = async (event: AnswerEvent, act: () => Promise<Answer>): Promise<void> => {
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

/** A repeat of an event that was applied is let through: it gets the same answer. */
const refuseUnless = (escalation: Escalation, event: AnswerEvent, allowed: boolean, rule: string): void => {
  const eventId = event?.eventId;
  if (eventId !== undefined && escalation.applied.some((each) => each.eventId === eventId)) return;
  const named = typeof event?.by === 'string' && event.by !== '';
  if (allowed && named) return;
  const why = named ? rule : 'by must name a person';
  throw ApplicationFailure.nonRetryable(
    `${escalation.incident().id}: refused, ${why}`,
    FAILURE_TYPES.answerRefused,
  );
};

interface Stored {
  readonly onTheirWay: readonly string[];
  readonly reachable: boolean;
}

const store = async (
  escalation: Escalation,
  ladder: ladders.LadderState,
  change: Change,
): Promise<Stored> => {
  const { number, policy } = escalation.incident();
  if (number === 0) return { onTheirWay: [], reachable: false };
  const due = ladders.nextDue(policy, ladder);
  try {
    const { onTheirWay } = await recordAnswer({
      number,
      ladder,
      withdraw: change.withdraw,
      ...(change.resolvedBy !== undefined && { resolvedBy: change.resolvedBy }),
      ...(due && { nextDueAt: new Date(due.atMs).toISOString() }),
    });
    return { onTheirWay, reachable: true };
  } catch {
    return { onTheirWay: [], reachable: false };
  }
};

const describe = (
  escalation: Escalation,
  { by }: AnswerEvent,
  ladder: ladders.LadderState,
  { onTheirWay, reachable }: Stored,
): Answer => ({
  incident: escalation.incident().id,
  status: ladder.status,
  by,
  ...(ladder.untilMs !== undefined && { until: new Date(ladder.untilMs).toISOString() }),
  next: nextWords(escalation.incident().policy, ladder),
  onTheirWay,
  ...(!reachable && { stateStoreUnreachable: true }),
});
