// A measure's readings against the limits of a check: the worst series counts, by its unrounded value.
import { type Comparison, LIMITS } from '../monitors/condition.ts';
import { comparisonWords, numberWords } from '../monitors/condition-words.ts';
import { evaluate } from '../monitors/evaluate.ts';
import type { Reading } from '../monitors/measure.ts';
import type { Bound, MeasureParams } from './check-params.ts';
import type { Finding } from './finding.ts';
import { type HealthStatus, statusNumber } from './health.ts';

const comparisonOf = (bound: Bound): Comparison =>
  ({
    measure: 'value',
    ...Object.fromEntries(
      LIMITS.flatMap((limit) => {
        const value = bound[limit];
        return value === undefined ? [] : [[limit, value]];
      }),
    ),
  }) as Comparison;

const holds = (bound: Bound, value: number): boolean =>
  evaluate(comparisonOf(bound), {
    tickMs: 0,
    value: () => value,
    past: () => [],
    lookedSinceMs: () => undefined,
  }).holds === true;

interface Judged {
  readonly status: HealthStatus;
  readonly value: number | null;
  readonly error?: string;
}

const labelWords = ({ labels }: Reading): string => {
  const named = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return named.length === 0 ? '' : `${named.join(' ')}: `;
};

const judge = (reading: Reading, { warn, fail, nothing }: MeasureParams): Judged => {
  const { value } = reading;
  const whose = labelWords(reading);
  if (value === null) {
    return { status: nothing, value, ...(nothing !== 'PASS' && { error: `${whose}there is no value` }) };
  }
  const bounds = [
    ['FAIL', fail],
    ['WARN', warn],
  ] as const;
  for (const [status, bound] of bounds) {
    if (!bound || !holds(bound, value)) continue;
    const [limit] = Object.values(bound);
    return {
      status,
      value,
      error: `${whose}${numberWords(value, limit)} is ${comparisonWords(comparisonOf(bound))}`,
    };
  }
  return { status: 'PASS', value };
};

/** No series at all is no value. */
export const judgeReadings = (readings: readonly Reading[], params: MeasureParams): Finding => {
  const all = readings.length === 0 ? [{ labels: {}, value: null }] : readings;
  const judged = all.map((reading) => judge(reading, params));
  const [worst] = judged.toSorted((a, b) => statusNumber(b.status) - statusNumber(a.status));
  return worst ?? { status: params.nothing };
};
