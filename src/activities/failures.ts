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

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
