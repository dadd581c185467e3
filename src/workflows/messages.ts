// Every query, signal and update, by the name that the Temporal UI and CLI use. Arguments are one plain object each,
// so that they can be typed by hand.
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { IncidentState } from '../domain/alerts/alert.ts';
import type { Answer, Note, Told } from '../domain/alerts/escalation.ts';
import type { LadderState } from '../domain/alerts/ladder.ts';
import type { ChecklistEvent, ChecklistState } from '../domain/checklists/checklist.ts';
import type { DigestState } from '../domain/digests/digest.ts';
import type { HealthState } from '../domain/health/health.ts';
import type { RunAnswer } from '../domain/jobs/control.ts';
import type { JobState } from '../domain/jobs/state.ts';
import type { MonitorState } from '../domain/monitors/evaluation.ts';
import type { Ending } from './escalation/until.ts';

export const stateQuery = defineQuery<JobState>('state');

export const monitorQuery = defineQuery<MonitorState>('state');

export const healthQuery = defineQuery<HealthState>('state');

/** What an escalation's `state` query answers. */
export interface EscalationView {
  readonly incident: IncidentState;
  readonly ladder: LadderState;
  readonly next: string;
  readonly told: readonly Told[];
  readonly notes: readonly Note[];
}

export const escalationQuery = defineQuery<EscalationView>('state');

/** `eventId` makes a repeat harmless: a provider's event id, or any id of one's own. An update's id stands in for it. */
interface Event {
  readonly by: string;
  readonly eventId?: string;
  readonly note?: string;
}

export type SnoozeEvent = Event & Ending;

/** Without an ending it holds as long as the policy says. */
export type AcknowledgeEvent = Event & Ending;

export interface ReassignEvent extends Event {
  /** Person, rotation, role or target. */
  readonly to: string;
}

/** Without `tier` the next one that tells anybody. */
export interface EscalateEvent extends Event {
  readonly tier?: string;
}

export type AnswerEvent = Event;

export const acknowledgeUpdate = defineUpdate<Answer, [AcknowledgeEvent]>('acknowledge');
export const snoozeUpdate = defineUpdate<Answer, [SnoozeEvent]>('snooze');
export const resolveUpdate = defineUpdate<Answer, [AnswerEvent]>('resolve');
export const unacknowledgeUpdate = defineUpdate<Answer, [AnswerEvent]>('unacknowledge');
export const reassignUpdate = defineUpdate<Answer, [ReassignEvent]>('reassign');
export const escalateNowUpdate = defineUpdate<Answer, [EscalateEvent]>('escalateNow');
export const noteUpdate = defineUpdate<Answer, [AnswerEvent]>('note');

export const acknowledgeSignal = defineSignal<[AcknowledgeEvent]>('acknowledge');
export const snoozeSignal = defineSignal<[SnoozeEvent]>('snooze');
export const resolveSignal = defineSignal<[AnswerEvent]>('resolve');

/** The incident's whole present state; one that is not newer than what is known changes nothing. */
export const observedSignal = defineSignal<[IncidentState]>('observed');

/** What is wrong by now, and who is told of that. */
export type Worse = Pick<IncidentState, 'firing' | 'policy'>;

/** From a run whose door does not answer; what is not worse than what is known changes nothing. */
export const worsenedSignal = defineSignal<[Worse]>('worsened');

/** What a run is asked. `reason` goes into the audit log. */
export interface ControlEvent {
  readonly by: string;
  readonly reason?: string;
}

export interface StopEvent extends ControlEvent {
  /** Also while the run makes progress; needs a reason. */
  readonly force?: boolean;
}

/** Without `rows` the declared size holds again. */
export interface BatchSizeEvent extends ControlEvent {
  readonly rows?: number;
}

export const pauseUpdate = defineUpdate<RunAnswer, [ControlEvent]>('pause');
export const resumeUpdate = defineUpdate<RunAnswer, [ControlEvent]>('resume');
export const stopUpdate = defineUpdate<RunAnswer, [StopEvent]>('stop');
export const setBatchSizeUpdate = defineUpdate<RunAnswer, [BatchSizeEvent]>('setBatchSize');

/** Names what the run's `state` shows, so that nobody approves what they have not seen. */
export interface ApproveEvent extends ControlEvent {
  readonly eligible: number;
  readonly cutoff: string;
}

/** Without a signal twin: a signal could not be refused. */
export const approveUpdate = defineUpdate<RunAnswer, [ApproveEvent]>('approve');

export const pauseSignal = defineSignal<[ControlEvent]>('pause');
export const resumeSignal = defineSignal<[ControlEvent]>('resume');
export const stopSignal = defineSignal<[StopEvent]>('stop');

/** `cutoff: 'keep'` takes the failed run's own cutoff; only of an escalation. */
export interface RetryEvent extends AnswerEvent {
  readonly cutoff?: 'keep' | 'new';
}

/** A run in backoff tries again now; an escalation runs the failed job of its incident again. */
export const retryRunUpdate = defineUpdate<RunAnswer, [ControlEvent]>('retry');
export const retryIncidentUpdate = defineUpdate<Answer, [RetryEvent]>('retry');
export const retryRunSignal = defineSignal<[ControlEvent]>('retry');
export const retryIncidentSignal = defineSignal<[RetryEvent]>('retry');

export const checklistQuery = defineQuery<ChecklistState>('state');

/** The step that comes next, and what was done. */
export type CompleteEvent = ChecklistEvent & { readonly step: string };

export const completeUpdate = defineUpdate<ChecklistState, [CompleteEvent]>('complete');
export const signOffUpdate = defineUpdate<ChecklistState, [ChecklistEvent]>('signOff');
export const abandonUpdate = defineUpdate<ChecklistState, [ChecklistEvent]>('abandon');
export const completeSignal = defineSignal<[CompleteEvent]>('complete');
export const signOffSignal = defineSignal<[ChecklistEvent]>('signOff');

export const digestQuery = defineQuery<DigestState>('state');

/** Who has looked at it, and what they found. */
export interface SignOffEvent {
  readonly by: string;
  readonly note?: string;
}

export const digestSignOffUpdate = defineUpdate<DigestState, [SignOffEvent]>('signOff');
export const digestSignOffSignal = defineSignal<[SignOffEvent]>('signOff');

/** Shown by the UI beside each handler. */
export const DESCRIPTIONS = {
  state: 'Where it stands: state, figures, what it waits for.',
  acknowledge:
    'Takes the incident on: stops the ladder until it expires, is undone, or severity rises. {by, for? | until?, zone?, note?, eventId?}',
  unacknowledge: 'Gives the incident back: the last tier told is told again. {by, note?, eventId?}',
  reassign: 'Makes somebody else responsible and tells them at once. {by, to, note?, eventId?}',
  snooze:
    'Holds the ladder for a time or until an instant, such as "tomorrow 09:00 Europe/Berlin". {by, until? | for? | seconds?, zone?, note?, eventId?}',
  resolve:
    'Ends the incident by hand; it opens again if the condition still holds later. {by, note?, eventId?}',
  escalateNow: 'Tells the next tier, or the one that is named, at once. {by, tier?, note?, eventId?}',
  note: 'Writes a note into the timeline. {by, note, eventId?}',
  pause: 'No further batch begins until it is resumed. {by, reason?}',
  resume: 'Goes on from the ledger. {by, reason?}',
  stop: 'Ends the run after the batch in hand, if it made no progress for 10 minutes or by force. {by, reason?, force?}',
  setBatchSize:
    'Rows of a batch from the next one on, 1 to 10,000, for later runs too; without rows the declared size again. {by, rows?}',
  approve:
    'Lets a run that waits for approval take what its state shows, and no more. {by, eligible, cutoff, reason?}',
  retry:
    'A run that waits tries again now; an incident runs its failed job again. {by, reason? | note?, cutoff?: "keep"}',
  complete: 'Completes the step of a checklist that comes next. {by, step, note}',
  signOff: 'Confirms a checklist whose every step is done, or that a digest was looked at. {by, note}',
  abandon: 'Ends a checklist that nobody will finish. {by, note}',
  observed: "The incident's present state, from the door. Not for hands.",
  worsened: 'Got worse while the door does not answer, from the run itself. Not for hands.',
} as const;
