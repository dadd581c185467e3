// Puts answers in force, one after the other and each event once: the ladder stops the moment an answer arrives, and
// its update returns once Postgres has it.
import { currentUpdateInfo } from '@temporalio/workflow';
import type { AnswerResult } from '../../activities/alerts/incident.ts';
import { type Answer, APPLIED_KEPT, nextWords } from '../../domain/alerts/escalation.ts';
import type { LadderState, Step } from '../../domain/alerts/ladder.ts';
import type { AnswerEvent } from '../messages.ts';
import type { Escalation } from './escalation-state.ts';

/** What an answer changes. */
export interface Change {
  readonly step: Step;
  /** Nothing that is not claimed yet may be sent. */
  readonly withdraw: boolean;
  readonly resolvedBy?: string;
}

export interface Answering {
  readonly apply: (event: AnswerEvent, change: () => Change) => Promise<Answer>;
  /** The event was answered before, or is being answered now. */
  readonly isRepeat: (eventId: string | undefined) => boolean;
}

export const createAnswering = (escalation: Escalation): Answering => {
  const { applied, ladder, row } = escalation;
  // One answer after the other: each is told what the one before it left.
  let before: Promise<unknown> = Promise.resolve();
  /** Answers being put in force, by event id: a second click waits for the first one's answer. */
  const pending = new Map<string, Promise<Answer>>();

  const putInForce = async (event: AnswerEvent, change: () => Change): Promise<Answer> => {
    const { step, withdraw, resolvedBy } = change();
    const note = event.note ? { by: event.by, at: new Date().toISOString(), text: event.note } : undefined;
    if (note) escalation.notes.push(note);
    if (withdraw) escalation.withdraw();
    escalation.setLadder(step.state);
    const position = row.position();
    const answered = { withdraw, ...(resolvedBy !== undefined && { resolvedBy }), ...(note && { note }) };
    const stored = before.then(() => row.answer(position, answered));
    before = stored;
    const answer = describe(escalation, event, position.ladder, await stored);
    const { wake } = step;
    // Somebody else may have answered meanwhile; then nobody is told any more.
    if (wake && ladder().status === 'open' && ladder().lastWake === wake.wake) {
      escalation.take({ state: ladder(), wake });
    }
    if (step.state.status === 'acknowledged') escalation.delivery.notify('acknowledged');
    return answer;
  };

  const remember = (eventId: string, answer: Answer): Answer => {
    applied.push({ eventId, answer });
    applied.splice(0, Math.max(0, applied.length - APPLIED_KEPT));
    return answer;
  };

  return {
    isRepeat: (eventId) =>
      eventId !== undefined && (pending.has(eventId) || applied.some((each) => each.eventId === eventId)),
    apply: async (event, change) => {
      const eventId = event.eventId ?? currentUpdateInfo()?.id;
      if (eventId === undefined) return putInForce(event, change);
      const known = applied.find((each) => each.eventId === eventId);
      if (known) return known.answer;
      const first = pending.get(eventId);
      if (first) return first;
      const answering = putInForce(event, change).then((answer) => remember(eventId, answer));
      pending.set(eventId, answering);
      return answering.finally(() => pending.delete(eventId));
    },
  };
};

const describe = (
  escalation: Escalation,
  { by }: AnswerEvent,
  ladder: LadderState,
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
