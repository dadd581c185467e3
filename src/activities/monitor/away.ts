// Home does not answer: whoever looks at things for people tries again, for as long as it is fair to let people sleep.
import { Context } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { failure, messageOf, sqlState } from '../failures.ts';

/** Measures and checks tell their own failures, so what is thrown beside them is home's: not reached, ending, or taking nobody. */
export const isAway = (error: unknown): boolean =>
  /^(CONNECTION|08...|57P..|53...)$/.test(sqlState(error) ?? '');

/** Tried again until it has been away for as long as it is fair to let people sleep. */
export const awayFailure = (error: unknown, ringAfterSeconds: number): ApplicationFailure => {
  const { scheduledTimestampMs } = Context.current().info;
  const final = Date.now() - scheduledTimestampMs >= ringAfterSeconds * 1000;
  const message = `Sexton's database does not answer: ${messageOf(error)}`;
  return failure(FAILURE_TYPES.homeUnreachable, message, { final, cause: error });
};
