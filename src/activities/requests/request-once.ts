// The one request of a step. Its key is of run and step, so that what a crash repeats is known to be the same.
import { performance } from 'node:perf_hooks';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { meaningOf } from '../../domain/jobs/http-request.ts';
import type { JobSnapshot } from '../../domain/jobs/job.ts';
import type { HttpStep, OneShotResult } from '../../domain/jobs/one-shot.ts';
import { failure } from '../failures.ts';
import { type EndpointInput, openEndpoint, requestKey } from './endpoint.ts';
import { answeredLater, notAnswered } from './later.ts';

interface OnceInput {
  readonly job: Pick<JobSnapshot, 'pack' | 'name'>;
  readonly step: HttpStep;
  readonly runId: string;
  readonly variables: EndpointInput['variables'];
  readonly signal: AbortSignal;
}

export const requestOnce = async ({
  job,
  step: { name, http },
  runId,
  variables,
  signal,
}: OnceInput): Promise<OneShotResult> => {
  const startedAt = performance.now();
  const endpoint = openEndpoint({ pack: job.pack, http, variables });
  const asked = { step: name, variable: http.url };
  const request = {
    path: http.path,
    body: http.body === undefined ? undefined : JSON.stringify(http.body),
    idempotencyKey: requestKey(job.pack, job.name, name, runId),
    signal,
  };
  const answer = await endpoint(request).catch((error: unknown) => {
    throw notAnswered(asked, error);
  });
  const { status, excerpt } = answer;
  const meaning = meaningOf(http, status);
  if (meaning === 'later') throw answeredLater(asked, answer);
  if (meaning === 'refused') {
    const said = excerpt && `: ${excerpt}`;
    throw failure(
      FAILURE_TYPES.batchFailed,
      `step ${name}: the address of ${http.url} refuses the request with ${status}${said}; the run tries again`,
      { details: { code: `HTTP_${status}` } },
    );
  }
  return { status, ms: Math.round(performance.now() - startedAt) };
};
