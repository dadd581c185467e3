// What people answer: acknowledge, snooze, resolve, escalateNow, note, by update; the first three by signal too.
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { ActivityFailure, ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { Answer } from '../domain/alerts/escalation.ts';
import * as ladders from '../domain/alerts/ladder.ts';
import { FAILURE_TYPES } from '../domain/failure.ts';
import type { Escalation } from './escalation-state.ts';
import { type Change, createAnswering } from './in-force.ts';
import {
  type AnswerEvent,
  acknowledgeSignal,
  acknowledgeUpdate,
  DESCRIPTIONS,
  escalateNowUpdate,
  noteUpdate,
  type RetryEvent,
  resolveSignal,
  resolveUpdate,
  retryIncidentSignal,
  retryIncidentUpdate,
  type SnoozeEvent,
  snoozeSignal,
  snoozeUpdate,
} from './messages.ts';
import { retryFailedRun } from './proxies.ts';

export const handleAnswers = (escalation: Escalation): void => {
  const { apply, isRepeat } = createAnswering(escalation);
  const act = actions(escalation);
  const isOpen = (): boolean => escalation.ladder().status !== 'resolved';

  /** A repeat of an event is let through: it gets the same answer. */
  const refuseUnless = (event: AnswerEvent, allowed: boolean, rule: string): void => {
    if (isRepeat(event?.eventId)) return;
    const named = typeof event?.by === 'string' && event.by !== '';
    if (allowed && named) return;
    const why = named ? rule : 'by must name a person';
    const { id } = escalation.incident();
    throw ApplicationFailure.nonRetryable(`${id}: refused, ${why}`, FAILURE_TYPES.answerRefused);
  };
  const open = (event: AnswerEvent): void => refuseUnless(event, isOpen(), 'it is resolved');

  const update = <E extends AnswerEvent>(
    definition: UpdateDefinition<Answer, [E]>,
    change: (event: E) => Change,
    validator: (event: E) => void = open,
  ): void => {
    const description = DESCRIPTIONS[definition.name as keyof typeof DESCRIPTIONS];
    // Judged twice: at first nothing may be known but what the escalation was started with.
    const judged = async (event: E): Promise<Answer> => {
      await escalation.begun();
      validator(event);
      return apply(event, () => change(event));
    };
    setHandler(definition, judged, { description, validator });
  };
  // A signal cannot be refused, so one that makes no sense changes nothing.
  const signal = <E extends AnswerEvent>(
    definition: SignalDefinition<[E]>,
    change: (event: E) => Change,
  ): void => {
    const description = DESCRIPTIONS[definition.name as keyof typeof DESCRIPTIONS];
    const sensible = async (event: E): Promise<void> => {
      await escalation.begun();
      if (typeof event?.by === 'string' && isOpen()) await apply(event, () => change(event));
    };
    setHandler(definition, sensible, { description });
  };

  update(acknowledgeUpdate, act.acknowledge);
  update(snoozeUpdate, act.snooze, (event) => {
    open(event);
    const rule = 'until must be an instant to come, or seconds above 0';
    refuseUnless(event, snoozeEnd(event) > Date.now(), rule);
  });
  update(resolveUpdate, act.resolve);
  update(escalateNowUpdate, act.escalateNow);
  update(noteUpdate, act.note, (event) =>
    refuseUnless(event, Boolean(event.note), 'note must say something'),
  );
  const retry = async (event: RetryEvent): Promise<Answer> => {
    const run = await retryRun(escalation, event);
    const note = `${event.note ?? 'failed run started again'} (${run})`;
    return { ...(await apply({ ...event, note }, act.note)), run };
  };
  setHandler(
    retryIncidentUpdate,
    async (event) => {
      await escalation.begun();
      open(event);
      return retry(event);
    },
    { description: DESCRIPTIONS.retry, validator: open },
  );
  setHandler(
    retryIncidentSignal,
    async (event) => {
      await escalation.begun();
      if (typeof event?.by === 'string' && isOpen()) await retry(event).catch(() => {});
    },
    { description: DESCRIPTIONS.retry },
  );
  signal(acknowledgeSignal, act.acknowledge);
  signal(snoozeSignal, (event) => (snoozeEnd(event) > Date.now() ? act.snooze(event) : act.note()));
  signal(resolveSignal, act.resolve);
};

/** One run per failed run, so that a repeat answers with the same one. */
const retryRun = async (escalation: Escalation, { by, cutoff }: RetryEvent): Promise<string> => {
  const { number, firing } = escalation.incident();
  const { run_id: runId } = firing.payload;
  try {
    const { workflowId } = await retryFailedRun({
      number,
      runId: typeof runId === 'string' ? runId : undefined,
      by,
      keepCutoff: cutoff === 'keep',
    });
    return workflowId;
  } catch (error) {
    // The activity's own words: `Activity task failed` tells an operator nothing.
    throw error instanceof ActivityFailure && error.cause instanceof ApplicationFailure ? error.cause : error;
  }
};

/** What each answer makes of the ladder as it is when its turn comes. */
const actions = ({ incident, ladder }: Escalation) => {
  const stop = (state: ladders.LadderState): Change => ({ step: { state }, withdraw: true });
  const go = (step: ladders.Step): Change => ({ step, withdraw: false });
  return {
    acknowledge: ({ by }: AnswerEvent): Change =>
      stop(ladders.acknowledge(incident().policy, ladder(), { by, atMs: Date.now() })),
    snooze: (event: SnoozeEvent): Change =>
      stop(ladders.snooze(ladder(), { by: event.by, atMs: Date.now(), untilMs: snoozeEnd(event) })),
    resolve: ({ by }: AnswerEvent): Change => ({ ...stop(ladders.resolve(ladder(), by)), resolvedBy: by }),
    escalateNow: (): Change => {
      const { policy } = incident();
      return go(policy ? ladders.escalateNow(policy, ladder(), Date.now()) : { state: ladder() });
    },
    note: (): Change => go({ state: ladder() }),
  };
};

const snoozeEnd = ({ until, seconds }: SnoozeEvent): number =>
  until === undefined ? Date.now() + (seconds ?? 0) * 1000 : Date.parse(until);
