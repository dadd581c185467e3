// How a job's runs end: how many fail in a row, what share of them, and how many found the lock held (SLA-27, SLA-29,
// SLA-30, SLA-56).
import { type FoundRun, isJudged, msOf } from './found-runs.ts';
import { failurePatterns, lockSkips } from './job-diagnostics.ts';
import { type Found, NOTHING, type Of, ofRun } from './job-reading.ts';
import { rounded } from './statistics.ts';

export const failingStreak = (of: Of): Found => {
  const judged = of.found.runs.filter(isJudged);
  const [newest] = judged;
  if (!newest) return NOTHING;
  const success = judged.findIndex(({ state }) => state === 'succeeded');
  const failed = success < 0 ? judged : judged.slice(0, success);
  const codes = failed.flatMap(({ errorCode }) => errorCode ?? []);
  const error_codes = codes.length > 0 ? { error_codes: [...new Set(codes)] } : {};
  return ofRun(of, failed.length, newest, {
    payload: { consecutive_failures: failed.length, ...error_codes },
  });
};

const RATE_DECIMALS = 4;

const judgedWithin = ({ found, input: { nowMs, withinSeconds } }: Of): readonly FoundRun[] =>
  found.runs.filter((run) => isJudged(run) && msOf(run.endedAt) > nowMs - withinSeconds * 1000);

export const rate = (of: Of, counted: 'succeeded' | 'failed'): Found => {
  const { found, input } = of;
  const since = input.nowMs - input.withinSeconds * 1000;
  const judged = judgedWithin(of);
  const [newest] = judged;
  if (!newest) return NOTHING;
  const successes = judged.filter(({ state }) => state === 'succeeded').length;
  const failures = judged.length - successes;
  const value = (counted === 'succeeded' ? successes : failures) / judged.length;
  const field = counted === 'succeeded' ? 'success_rate' : 'error_rate';
  return ofRun(of, value, newest, {
    payload: {
      successes,
      failures,
      [field]: rounded(value, RATE_DECIMALS),
      failure_patterns: failurePatterns(found.runs, since),
    },
  });
};

export const attempts = (of: Of): Found => ({ value: judgedWithin(of).length });

export const skips = ({ found, input }: Of): Found => {
  const value = lockSkips(found.runs, input.nowMs - input.withinSeconds * 1000);
  return { value, payload: { lock_acquisition_failures: value } };
};
