// What each answer makes of the ladder as it is when its turn comes.
import * as ladders from '../../domain/alerts/ladder.ts';
import type { AnswerEvent, EscalateEvent, ReassignEvent } from '../messages.ts';
import type { Escalation } from './escalation-state.ts';
import type { Change } from './in-force.ts';
import type { End } from './until.ts';

export const answerChanges = ({ incident, ladder }: Escalation) => {
  const stop = (state: ladders.LadderState): Change => ({ step: { state }, withdraw: true });
  const go = (step: ladders.Step): Change => ({ step, withdraw: false });
  return {
    acknowledge: ({ by }: AnswerEvent, end?: End): Change =>
      stop(
        ladders.acknowledge(incident().policy, ladder(), {
          by,
          atMs: Date.now(),
          ...(end && { untilMs: end.untilMs }),
          ...(end?.untilWords !== undefined && { untilWords: end.untilWords }),
        }),
      ),
    snooze: ({ by }: AnswerEvent, end: End): Change =>
      stop(ladders.snooze(ladder(), { by, atMs: Date.now(), ...end })),
    resolve: ({ by }: AnswerEvent): Change => ({ ...stop(ladders.resolve(ladder(), by)), resolvedBy: by }),
    unacknowledge: (): Change => go(ladders.unacknowledge(incident().policy, ladder(), Date.now())),
    reassign: ({ to }: ReassignEvent): Change =>
      go(ladders.reassign(incident().policy, ladder(), { to, atMs: Date.now() })),
    escalateNow: ({ tier }: EscalateEvent): Change => {
      const { policy } = incident();
      if (!policy) return go({ state: ladder() });
      const atMs = Date.now();
      return go(
        tier === undefined
          ? ladders.escalateNow(policy, ladder(), atMs)
          : ladders.escalateTo(policy, ladder(), { tier, atMs }),
      );
    },
    note: (): Change => go({ state: ladder() }),
  };
};
