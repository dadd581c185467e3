// `http`: one request, and its status, its latency or a number in its answer. No answer is an error with its type.
import { callHttp, type HttpAnswer, HttpUnanswered } from '../../adapters/http.ts';
import type { HttpParams } from '../../domain/monitors/measure-params.ts';
import type { LookingDependencies } from './looking.ts';
import { type Asked, MeasureError, type MeasureKind, paramsOf, single } from './measure-kind.ts';

/** Longer answers are not what a measure asks for. */
const MOST_BYTES = 1_048_576;

export const createHttpMeasure =
  ({ variables }: Pick<LookingDependencies, 'variables'>): MeasureKind =>
  async (asked) => {
    const params = paramsOf(asked) as HttpParams;
    const valueOf = (name: string): string => {
      const value = variables?.(asked.pack, name);
      if (value !== undefined) return value;
      throw new MeasureError(
        'UNKNOWN_NAME',
        `this worker's environment has no ${name}; set it and start the worker anew`,
      );
    };
    const start = performance.now();
    const answer = await callHttp({
      url: `${valueOf(params.url)}${params.path}`,
      method: params.method,
      headers: headersOf(params, valueOf),
      ...(params.body !== undefined && { body: JSON.stringify(params.body) }),
      ...(params.of === 'json' && { keepBytes: MOST_BYTES }),
      timeoutMs: asked.timeoutMs,
      signal: asked.signal,
    }).catch((error: unknown) => refuse(error, asked));
    const ms = performance.now() - start;
    return {
      asOf: asked.asOf,
      readings: single(figureOf(params, answer, ms), [['status', String(answer.status)]]),
    };
  };

const headersOf = (
  { headers, secretHeaders, body }: HttpParams,
  valueOf: (name: string) => string,
): Readonly<Record<string, string>> => ({
  ...(body !== undefined && { 'content-type': 'application/json' }),
  ...headers,
  ...Object.fromEntries(
    Object.entries(secretHeaders).map(([name, { variable, prefix }]) => [
      name,
      `${prefix}${valueOf(variable)}`,
    ]),
  ),
});

const figureOf = (
  { of, at = [] }: HttpParams,
  { status, body, excerpt }: HttpAnswer,
  ms: number,
): number | null => {
  if (of === 'status') return status;
  if (of === 'latency-ms') return ms;
  if (body === undefined)
    throw new MeasureError('HTTP_STATUS', `the answer was ${status}${excerpt === '' ? '' : `: ${excerpt}`}`);
  return numberAt(body, at);
};

const numberAt = (body: string, path: readonly string[]): number | null => {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new MeasureError('HTTP_BODY', 'the answer is no JSON, or longer than a measure reads');
  }
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      throw new MeasureError('HTTP_BODY', `the answer has no ${path.join('.')}`);
    value = Reflect.get(value, name);
  }
  if (value === null || (typeof value === 'number' && Number.isFinite(value))) return value;
  throw new MeasureError('HTTP_BODY', `${path.join('.')} must be a number or null, and is a ${typeof value}`);
};

/** What TLS finds wrong with the other side's certificate. */
const CERTIFICATE = /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

const TYPES: Readonly<Record<HttpUnanswered['how'], string>> = {
  unreached: 'HTTP_UNREACHED',
  broken: 'HTTP_BROKEN',
  late: 'TIMEOUT',
  calledOff: 'TIMEOUT',
  unusable: 'HTTP_UNUSABLE',
};

const refuse = (error: unknown, { timeoutMs }: Asked): never => {
  if (!(error instanceof HttpUnanswered)) throw error;
  const { how, code = '', message } = error;
  const type = CERTIFICATE.test(code) ? 'CERTIFICATE' : TYPES[how];
  throw new MeasureError(type, type === 'TIMEOUT' ? `no answer within ${timeoutMs / 1000} s` : message);
};
