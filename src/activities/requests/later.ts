// An answer that says nothing of what was asked: the other side is busy, away, or does not know us. What waits for it, and
// how long, is told by its failure.
import { type HttpAnswer, HttpUnanswered } from '../../adapters/http.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { retryAfterMs } from '../../domain/http.ts';
import { failure } from '../failures.ts';

/** The longest that a slice waits because it is asked to; beyond, the run waits in sight. */
const LONGEST_REST_MS = 10_000;

/** Asked for a moment without being told how long. */
const SOME_MOMENT_MS = 1_000;

/** How long to wait before the same request is made again; undefined where that is not worth waiting for in a slice. */
export const momentOf = ({ status, retryAfter }: HttpAnswer): number | undefined => {
  const asked = retryAfterMs(retryAfter);
  if (status !== 429 && (status !== 503 || asked === undefined)) return undefined;
  const ms = asked ?? SOME_MOMENT_MS;
  return ms <= LONGEST_REST_MS ? ms : undefined;
};

interface Asked {
  readonly step: string;
  /** Variable that holds the address. */
  readonly variable: string;
}

/** The run waits at least as long as it is asked to. */
export const answeredLater = (
  { step, variable }: Asked,
  { status, retryAfter, excerpt }: HttpAnswer,
): Error => {
  const asked = retryAfterMs(retryAfter);
  const said = excerpt && `: ${excerpt}`;
  return failure(
    FAILURE_TYPES.batchFailed,
    `step ${step}: the address of ${variable} answered ${status}${said}; what was taken is counted, and the run tries again`,
    {
      details: {
        code: `HTTP_${status}`,
        ...(asked !== undefined && { retryAfterSeconds: Math.ceil(asked / 1000) }),
      },
    },
  );
};

export const notAnswered = ({ step, variable }: Asked, error: unknown): unknown => {
  if (!(error instanceof HttpUnanswered)) return error;
  return failure(
    FAILURE_TYPES.batchFailed,
    `step ${step}: ${error.message} (the address of ${variable}); what was taken is counted, and the run tries again`,
    { cause: error, details: { code: `HTTP_${error.how.toUpperCase()}` } },
  );
};
