// What people answer, by update; acknowledge, snooze, resolve and retry by signal too. How they come in is
// answer-handlers.ts's, what each changes answer-changes.ts's.

import {
  type AnswerEvent,
  acknowledgeSignal,
  acknowledgeUpdate,
  escalateNowUpdate,
  noteUpdate,
  reassignUpdate,
  resolveSignal,
  resolveUpdate,
  snoozeSignal,
  snoozeUpdate,
  unacknowledgeUpdate,
} from '../messages.ts';
import { answerChanges } from './answer-changes.ts';
import { createAnswerHandlers } from './answer-handlers.ts';
import type { Escalation } from './escalation-state.ts';
import { handleRetry } from './retry-answer.ts';
import { ENDING_RULE, type Ending, hasEnding, mayEnd } from './until.ts';

export const handleAnswers = (escalation: Escalation): void => {
  const handlers = createAnswerHandlers(escalation);
  const { update, updateUntil, signal, refuseUnless, open } = handlers;
  const act = answerChanges(escalation);

  const endsAhead = (event: AnswerEvent & Ending): void => {
    open(event);
    refuseUnless(event, mayEnd(event, Date.now()), ENDING_RULE);
  };
  const acknowledged = (): boolean => ['acknowledged', 'snoozed'].includes(escalation.ladder().status);

  updateUntil(acknowledgeUpdate, act.acknowledge, (event) =>
    hasEnding(event) ? endsAhead(event) : open(event),
  );
  updateUntil(snoozeUpdate, (event, end) => (end ? act.snooze(event, end) : act.note()), endsAhead);
  update(unacknowledgeUpdate, act.unacknowledge, (event) => {
    open(event);
    refuseUnless(event, acknowledged(), 'nobody has acknowledged or snoozed it');
  });
  update(reassignUpdate, act.reassign, (event) => {
    open(event);
    refuseUnless(event, typeof event.to === 'string' && event.to !== '', 'to must name somebody');
  });
  update(resolveUpdate, act.resolve);
  update(escalateNowUpdate, act.escalateNow, (event) => {
    open(event);
    const tiers = escalation.incident().policy?.tiers ?? [];
    const known = tiers.filter(({ notify }) => notify.length > 0).map(({ name }) => name);
    const rule = `tier must be one that tells somebody (${known.join(', ')})`;
    refuseUnless(event, event.tier === undefined || known.includes(event.tier), rule);
  });
  update(noteUpdate, act.note, (event) =>
    refuseUnless(event, Boolean(event.note), 'note must say something'),
  );
  handleRetry(escalation, handlers);
  signal(acknowledgeSignal, act.acknowledge);
  signal(snoozeSignal, (event, end) => (end ? act.snooze(event, end) : act.note()));
  signal(resolveSignal, act.resolve);
};
