// What an escalation is started with, what it answers, and what it says to people. Pure, like the ladder.

import { sendKey } from '../ids.ts';
import type { IncidentState, Report } from './alert.ts';
import { type LadderState, nextDue, tierAtMs, type Wake } from './ladder.ts';
import type { Notification } from './notification.ts';
import type { PolicySnapshot, Target, TierSnapshot } from './policy.ts';

/** Input of the `escalation` workflow. */
export interface EscalationInput {
  readonly v: 1;
  readonly incident: IncidentState;
  /** Only where a run rings by itself because Postgres does not answer; number and seq are 0 until it does. */
  readonly degraded?: { readonly report: Report };
  /** Only after continue-as-new. */
  readonly carried?: EscalationCarried;
}

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
  if (due && due.what !== 'tier')
    return `${due.what} at ${minute(due.atMs)}, then the last tier told is told again`;
  if (ladder.status === 'acknowledged') return 'nothing until it is resolved';
  const coming = (policy?.tiers ?? []).slice(ladder.nextTier);
  const telling = coming.findIndex(({ notify }) => notify.length > 0);
  const steps = coming.slice(0, telling < 0 ? 1 : telling + 1).map((tier) => tierWords(ladder, tier));
  return steps.length > 0
    ? `unless acknowledged: ${steps.join('; ')}`
    : 'nothing more: every tier has been told';
};

const tierWords = (ladder: LadderState, tier: TierSnapshot): string => {
  const what = tier.notify.length > 0 ? `tells ${tier.notify.join(', ')}` : `marks ${tier.mark ?? tier.name}`;
  return `${tier.name} ${what} at ${minute(tierAtMs(ladder, tier))}`;
};

export interface ComposeInput {
  readonly incident: IncidentState;
  readonly policy: PolicySnapshot;
  readonly ladder: LadderState;
  readonly wake: Wake;
  readonly target: Target;
}

/** The message that a wake sends to one target. */
export const composeNotification = ({
  incident,
  policy,
  ladder,
  wake,
  target,
}: ComposeInput): Notification => {
  const { firing } = incident;
  const again = wake.reason === 'due' ? [] : ([['again because', wake.reason]] as const);
  return {
    key: sendKey(incident.id, wake.wake, target.channel, target.address),
    incident: incident.id,
    severity: firing.severity,
    severityWord: firing.severityWord,
    alertType: firing.alertType,
    summary: firing.summary,
    since: incident.firstFiredAt,
    tier: wake.tier.name,
    next: nextWords(policy, ladder),
    facts: [...firing.facts, ...again],
    ...(firing.runbook !== undefined && { runbook: firing.runbook }),
    acknowledge: `sexton ack ${incident.number > 0 ? incident.number : incident.id}`,
    payload: { ...firing.payload, ...(policy.degradedRouting && { degraded_routing: true }) },
    degradedRouting: policy.degradedRouting ?? false,
    stateStoreUnreachable: false,
  };
};
