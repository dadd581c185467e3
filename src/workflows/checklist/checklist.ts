// A checklist: waits for people, takes their word step by step, and writes each down before it says so. Nothing in it
// goes on by itself, and it ends with its last step, its sign-off, or by being abandoned.
import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  abandonChecklist,
  againstAbandoning,
  againstSignOff,
  againstStep,
  beginChecklist,
  type ChecklistEvent,
  type ChecklistInput,
  type ChecklistState,
  completeStep,
  isOver,
  type Refusal,
  signOffChecklist,
} from '../../domain/checklists/checklist.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import {
  abandonUpdate,
  type CompleteEvent,
  checklistQuery,
  completeSignal,
  completeUpdate,
  DESCRIPTIONS,
  signOffSignal,
  signOffUpdate,
} from '../messages.ts';
import { recordChecklist } from '../proxies.ts';
import { showChecklist } from './show.ts';

type Take<E> = (state: ChecklistState, event: E, at: string) => ChecklistState;
type Against<E> = (state: ChecklistState, event: E | undefined) => Refusal;

export async function checklistWorkflow(input: ChecklistInput): Promise<ChecklistState> {
  const { checklist, by } = checked(input);
  const { startTime, firstExecutionRunId: runId, workflowId } = workflowInfo();
  let state = beginChecklist({ v: 1, checklist, by }, startTime.toISOString());
  showChecklist(state);
  setHandler(checklistQuery, () => state, { description: DESCRIPTIONS.state });

  /** Judged and taken at once, so that two at a time cannot both be next; answered once it is written down. */
  const take = async <E>(event: E, against: Against<E>, change: Take<E>): Promise<ChecklistState> => {
    refuseFor(checklist.name, against(state, event));
    state = change(state, event, new Date().toISOString());
    showChecklist(state);
    const after = state;
    await recordChecklist({ runId, workflowId, state: after });
    return after;
  };
  /** A signal cannot be refused, so one that comes too early or says nothing changes nothing. */
  const taken = async <E>(event: E, against: Against<E>, change: Take<E>): Promise<void> => {
    if (against(state, event) === undefined) await take(event, against, change);
  };
  const validator =
    <E>(against: Against<E>) =>
    (event: E): void =>
      refuseFor(checklist.name, against(state, event));

  setHandler(completeUpdate, (event: CompleteEvent) => take(event, againstStep, completeStep), {
    description: DESCRIPTIONS.complete,
    validator: validator(againstStep),
  });
  setHandler(signOffUpdate, (event: ChecklistEvent) => take(event, againstSignOff, signOffChecklist), {
    description: DESCRIPTIONS.signOff,
    validator: validator(againstSignOff),
  });
  setHandler(abandonUpdate, (event: ChecklistEvent) => take(event, againstAbandoning, abandonChecklist), {
    description: DESCRIPTIONS.abandon,
    validator: validator(againstAbandoning),
  });
  setHandler(completeSignal, (event: CompleteEvent) => taken(event, againstStep, completeStep), {
    description: DESCRIPTIONS.complete,
  });
  setHandler(signOffSignal, (event: ChecklistEvent) => taken(event, againstSignOff, signOffChecklist), {
    description: DESCRIPTIONS.signOff,
  });

  await recordChecklist({ runId, workflowId, state });
  await condition(() => isOver(state) && allHandlersFinished());
  return state;
}

const refuseFor = (name: string, refusal: Refusal): void => {
  if (refusal === undefined) return;
  throw ApplicationFailure.nonRetryable(`${name}: refused, ${refusal}`, FAILURE_TYPES.controlRefused);
};

const checked = (input: ChecklistInput): ChecklistInput => {
  const steps: unknown = input?.v === 1 && input.checklist?.v === 1 ? input.checklist.steps : undefined;
  if (Array.isArray(steps) && steps.length > 0 && typeof input.by === 'string') return input;
  throw ApplicationFailure.nonRetryable(
    'a checklist is started with {v: 1, checklist, by}; `sexton checklist start` does that',
    FAILURE_TYPES.badInput,
  );
};
