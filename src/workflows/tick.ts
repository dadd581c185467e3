// What workflows have in common that look at things tick by tick: which instant is meant, and whether a look that failed
// went unanswered or failed for a reason of its own.
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  rootCause,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { FAILURE_TYPES } from '../domain/failure.ts';

/** The instant that the schedule meant; of what a person asked for, when they did. */
const NOMINAL = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

/** ISO-8601. */
export const plannedTick = (): string => {
  const { typedSearchAttributes, startTime } = workflowInfo();
  return (typedSearchAttributes.get(NOMINAL) ?? startTime).toISOString();
};

/** Home did not answer, or nobody did. Whatever else went wrong is a fault of its own, and is seen as one. */
export const isUnanswered = (error: unknown): boolean => {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (cause instanceof ApplicationFailure) return cause.type === FAILURE_TYPES.homeUnreachable;
  if (!(cause instanceof TimeoutFailure)) return false;
  const last = cause.cause;
  return !(last instanceof ApplicationFailure) || last.type === FAILURE_TYPES.homeUnreachable;
};

export const asFailure = (error: unknown): unknown =>
  error instanceof ActivityFailure
    ? ApplicationFailure.nonRetryable(rootCause(error) ?? error.message, FAILURE_TYPES.evaluationFailed)
    : error;
