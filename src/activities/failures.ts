// Typed failures at an activity's edge. The message says what happened and what happens next.
import { ApplicationFailure } from '@temporalio/common';
import type { FailureType } from '../domain/failure.ts';

interface FailOptions {
  /** False where Temporal should try the same attempt again by itself. */
  readonly final?: boolean;
  readonly cause?: unknown;
  readonly details?: Readonly<Record<string, unknown>>;
}

export const failure = (
  type: FailureType,
  message: string,
  { final = true, cause, details }: FailOptions = {},
): ApplicationFailure =>
  ApplicationFailure.create({
    type,
    message,
    nonRetryable: final,
    ...(cause instanceof Error && { cause }),
    ...(details && { details: [details] }),
  });

/** Says beside a typed failure that it was not the first attempt that failed. */
export const atAttempt = (error: unknown, attempt: number): unknown => {
  if (!(error instanceof ApplicationFailure) || attempt === 1) return error;
  const { type, message, nonRetryable, cause, details } = error;
  const [known] = (details ?? []) as object[];
  return ApplicationFailure.create({
    message,
    details: [{ ...known, attempt }],
    ...(type && { type }),
    ...(nonRetryable && { nonRetryable }),
    ...(cause && { cause }),
  });
};

/** SQLSTATE of a database error, `CONNECTION` where the server was not reached, else undefined. */
export const sqlState = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return 'CONNECTION';
  return /connection|timeout exceeded when trying to connect/i.test(error.message) ? 'CONNECTION' : undefined;
};

/** Only these are a row's own fault: bad data, a violated constraint, a trigger that objects (design §6.7). */
export const isRowFault = (error: unknown): boolean => /^(22...|23...|P0001)$/.test(sqlState(error) ?? '');

/** Another transaction holds a row, or waits for this one in a circle. */
export const isContention = (error: unknown): boolean => /^(55P03|40P01)$/.test(sqlState(error) ?? '');

/** The statement took longer than one may. */
export const isTimeout = (error: unknown): boolean => sqlState(error) === '57014';

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
