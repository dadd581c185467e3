// What an escalation is started with, what it answers, and what it is about to do in words. Pure, like the ladder.
import type { Firing, HandOver, IncidentState, Report } from './alert.ts';
import { type LadderState, nextDue, tierAtMs } from './ladder.ts';
import type { PolicySnapshot, TierSnapshot } from './policy.ts';

/** Input of the `escalation` workflow. */
export interface EscalationInput {
  /**
   * 2: a page is one activity, which also writes where the ladder stands; who is woken is asked beside the workflow;
   * notices follow. 1 goes on as it began. What `carried` and `degraded` mean is the same in both.
   */
  readonly v: 1 | 2;
  readonly incident: IncidentState;
  /** Only of v 2: how far an earlier execution had come. Missing: it must be asked. */
  readonly stored?: NonNullable<HandOver['stored']>;
  /** Only where a run rings by itself because Postgres does not answer; number and seq are 0 until it does. */
  readonly degraded?: { readonly report: Report };
  /** Only after continue-as-new. */
  readonly carried?: EscalationCarried;
}

interface Degraded {
  readonly id: string;
  readonly report: Report;
  readonly firing: Firing;
  readonly firstFiredAt: string;
}

/** Input of a ladder that rings without Postgres; it asks the door for its incident until that answers. */
export const degradedInput = ({ id, report, firing, firstFiredAt }: Degraded): EscalationInput => ({
  v: 2,
  degraded: { report },
  incident: {
    id,
    number: 0,
    seq: 0,
    state: 'open',
    firing,
    firstFiredAt,
    policy: report.rule.routes[firing.severity],
    reopenWithinSeconds: report.rule.reopenWithinSeconds,
  },
});

export interface EscalationCarried {
  readonly ladder: LadderState;
  readonly applied: readonly Applied[];
  readonly told: readonly Told[];
  readonly notes: readonly Note[];
}

/** An answer given to an event id; the same id gets the same answer and has no second effect. */
export interface Applied {
  readonly eventId: string;
  readonly answer: Answer;
}

/** Answers kept for repeats; the oldest are forgotten. */
export const APPLIED_KEPT = 200;

export interface Note {
  readonly by: string;
  readonly at: string;
  readonly text: string;
}

/** One message and what came of it. */
export interface Told {
  readonly wake: number;
  readonly tier: string;
  readonly channel: string;
  readonly address: string;
  readonly at: string;
  readonly outcome: 'sending' | 'sent' | 'withdrawn' | 'dead';
  /** Missing: that it fires. */
  readonly status?: 'acknowledged' | 'resolved';
  /** Its key, where it was sent without rows: nobody else knows of it. */
  readonly key?: string;
}

/** Messages kept in sight; older ones are in the outbox. */
export const TOLD_KEPT = 50;

/** What an update returns: the state after it, in words that an operator can act on. */
export interface Answer {
  readonly incident: string;
  readonly status: LadderState['status'];
  readonly by: string;
  /** End of an acknowledgement or snooze, ISO-8601. */
  readonly until?: string;
  readonly next: string;
  /** Channels whose message was already claimed when this answer came into force. */
  readonly onTheirWay: readonly string[];
  /** Only of `retry`: the run that it started. */
  readonly run?: string;
  /** Postgres did not answer: accepted and held by the workflow alone. */
  readonly stateStoreUnreachable?: boolean;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** `12:30 UTC on 2026-02-10`: the minute is what people ask for. */
const minute = (ms: number): string => `${iso(ms).slice(11, 16)} UTC on ${iso(ms).slice(0, 10)}`;

/** What the ladder does next, in words: the next step, and who is told next where that step only marks. */
export const nextWords = (policy: PolicySnapshot | undefined, ladder: LadderState): string => {
  if (ladder.status === 'resolved') return 'nothing: it is resolved';
  const due = nextDue(policy, ladder);
  switch (due?.what) {
    case 'acknowledgement expires':
    case 'snooze ends':
      return `${due.what} at ${ladder.untilWords ?? minute(due.atMs)}, then ${afterWords(policy, due.what)}`;
    case 'acknowledgement is overdue':
      return `nothing until it is resolved; from ${minute(due.atMs)} on it counts as overdue`;
    case 'hold ends':
      return `held back by ${ladder.held?.reason ?? 'a hold'}; asked again at ${minute(due.atMs)}`;
    case 'repeat':
      return `unless acknowledged: the last tier told is told again at ${minute(due.atMs)}${thenWords(policy, ladder)}`;
    case 'tier':
    case undefined:
      break;
  }
  if (ladder.status === 'acknowledged') return 'nothing until it is resolved';
  const steps = comingWords(policy, ladder);
  return steps.length > 0
    ? `unless acknowledged: ${steps.join('; ')}`
    : 'nothing more: every tier has been told';
};

const afterWords = (policy: PolicySnapshot | undefined, what: string): string => {
  const named = what === 'acknowledgement expires' ? policy?.ackExpiresTo : undefined;
  return `${named ?? 'the last tier told'} is told${named === undefined ? ' again' : ''}`;
};

const thenWords = (policy: PolicySnapshot | undefined, ladder: LadderState): string => {
  const steps = comingWords(policy, ladder);
  return steps.length > 0 ? `; ${steps.join('; ')}` : '';
};

const comingWords = (policy: PolicySnapshot | undefined, ladder: LadderState): readonly string[] => {
  const coming = (policy?.tiers ?? []).slice(ladder.nextTier);
  const telling = coming.findIndex(({ notify }) => notify.length > 0);
  return coming.slice(0, telling < 0 ? 1 : telling + 1).map((tier) => tierWords(ladder, tier));
};

const tierWords = (ladder: LadderState, tier: TierSnapshot): string => {
  const what = tier.notify.length > 0 ? `tells ${tier.notify.join(', ')}` : `marks ${tier.mark ?? tier.name}`;
  return `${tier.name} ${what} at ${minute(tierAtMs(ladder, tier))}`;
};
