// From what went wrong to how the run ends.
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  rootCause,
  TimeoutFailure,
} from '@temporalio/workflow';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { Ending } from '../../domain/jobs/run.ts';

interface RunError {
  readonly code: string;
  readonly message: string;
  /** What failed asks not to be tried again before this time. */
  readonly retryAfterSeconds?: number;
  /** The SQLSTATE, or what else the code stands for, where one is known. */
  readonly detail?: string;
  /** Of the slice that failed; absent where it was the first. */
  readonly attempt?: number;
}

interface FailureDetails {
  readonly retryAfterSeconds?: number;
  readonly code?: string;
  readonly attempt?: number;
}

/** The code and message that an activity's failure carries; the SQLSTATE where a statement failed. */
export const errorOf = (error: unknown): RunError => {
  const inner = error instanceof ActivityFailure ? error.cause : error;
  if (inner instanceof ApplicationFailure) {
    const [details] = (inner.details ?? []) as FailureDetails[];
    const { retryAfterSeconds: after, code: detail, attempt } = details ?? {};
    return {
      code: inner.type ?? 'UNEXPECTED',
      message: inner.message,
      ...(after && { retryAfterSeconds: after }),
      ...(detail && { detail }),
      ...(attempt && { attempt }),
    };
  }
  if (inner instanceof TimeoutFailure) return { code: 'TIMEOUT', message: inner.message };
  return { code: 'UNEXPECTED', message: rootCause(error) ?? String(error) };
};

export const endingOf = (error: unknown): Ending => {
  if (isCancellation(error)) return { state: 'stopped', reason: 'cancelled in Temporal' };
  const { code, message } = errorOf(error);
  if (code === FAILURE_TYPES.lockTaken) return { state: 'stopped', reason: `lock_taken: ${message}` };
  if (code === FAILURE_TYPES.stopped) return { state: 'stopped', reason: message };
  const refused = code === FAILURE_TYPES.preflightRefused || code === FAILURE_TYPES.notApproved;
  const state = refused ? 'blocked' : 'failed';
  return { state, reason: message, error: { code, message } };
};
