// Runs checks side by side. Each has its own time, and one that hangs or throws fails by itself and stops nobody (SLA-45).
import { type Finding, failed, resultOf } from '../../domain/health/finding.ts';
import { CHECKS_AT_ONCE, type CheckResult, type CheckSnapshot } from '../../domain/health/health.ts';
import { plainWords } from '../../domain/plain-words.ts';
import type { AskedCheck } from './check-kind.ts';
import type { CheckKinds } from './index.ts';

export interface RunChecksInput {
  readonly pack: string;
  readonly checks: readonly CheckSnapshot[];
  /** Home's clock. */
  readonly asOf: string;
  /** Ends them all. */
  readonly signal: AbortSignal;
}

/** In the order in which they are declared. */
export const runChecks = async (
  kinds: CheckKinds,
  { checks, ...rest }: RunChecksInput,
): Promise<readonly CheckResult[]> => {
  const waiting = checks.entries();
  const results: CheckResult[] = [];
  const lane = async (): Promise<void> => {
    for (const [place, check] of waiting)
      results[place] = resultOf(check.name, await runOne(kinds, rest, check));
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, lane));
  return results;
};

const runOne = async (
  kinds: CheckKinds,
  { pack, asOf, signal }: Omit<RunChecksInput, 'checks'>,
  { kind, timeoutSeconds, with: params }: CheckSnapshot,
): Promise<Finding> => {
  const check = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (!check) return failed(`this worker knows no check of kind ${kind}`);
  const timeoutMs = timeoutSeconds * 1000;
  const clock = new AbortController();
  const both = AbortSignal.any([signal, clock.signal]);
  const late = new Error(`no answer within ${timeoutSeconds} s`);
  const timer = setTimeout(() => clock.abort(late), timeoutMs);
  const asked: AskedCheck = { pack, params, asOf, timeoutMs, signal: both };
  try {
    // Also of one that does not listen to its signal nobody waits for longer.
    return await Promise.race([check(asked), untilAborted(both)]);
  } catch (error) {
    return failed(plainWords(clock.signal.aborted ? late : error));
  } finally {
    clearTimeout(timer);
    clock.abort();
  }
};

const untilAborted = (signal: AbortSignal): Promise<Finding> =>
  new Promise((_, reject) => {
    const refuse = (): void => reject(signal.reason);
    if (signal.aborted) refuse();
    signal.addEventListener('abort', refuse, { once: true });
  });
