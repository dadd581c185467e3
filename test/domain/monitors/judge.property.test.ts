// What judging promises whatever is measured.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../src/domain/monitors/condition.ts';
import { conditionWords } from '../../../src/domain/monitors/condition-words.ts';
import { evaluate, type Look } from '../../../src/domain/monitors/evaluate.ts';
import { contradicts, implies } from '../../../src/domain/monitors/implication.ts';
import { judge } from '../../../src/domain/monitors/judge.ts';
import type { Sample, Taken } from '../../../src/domain/monitors/measure.ts';
import type { MonitorRule } from '../../../src/domain/monitors/monitor.ts';
import { labelsKey } from '../../../src/domain/monitors/series.ts';
import { band, rule, snapshotOf } from '../../support/monitors/declared-monitors.ts';

const TICK = '2026-02-10T12:00:00Z';
const RUNS = { numRuns: 100 };
const ALERTS = ['one', 'two', 'three'] as const;

const figure = fc.integer({ min: -3, max: 3 });
const measure = fc.constantFrom('a', 'b');

const comparison: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ measure, above: figure }),
  fc.record({ measure, atLeast: figure }),
  fc.record({ measure, below: figure }),
  fc.record({ measure, atMost: figure }),
  fc.record({ measure, equals: figure }),
  fc.record({ measure, increasing: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ measure, unchangedForSeconds: fc.constantFrom(300, 600) }),
);

const condition: fc.Arbitrary<Condition> = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    fc.record({ any: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ all: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
  ),
})).tree;

const labelSet = fc.constantFrom(
  {},
  { site: 'north' },
  { site: 'south', rack: '1' },
  { rack: '1', site: 'north' },
);
const value = fc.option(figure, { nil: null });

const readings = fc.uniqueArray(fc.record({ labels: labelSet, value }), {
  selector: ({ labels }) => labelsKey(labels),
  maxLength: 4,
});
const taken: fc.Arbitrary<readonly Taken[]> = fc
  .record({ a: fc.option(readings, { nil: undefined }), b: fc.option(readings, { nil: undefined }) })
  .map((found) =>
    Object.entries(found).map(
      ([name, list]): Taken => ({
        measure: name,
        asOf: TICK,
        ...(list ? { readings: list } : { error: { type: 'TIMEOUT', message: 'took too long' } }),
      }),
    ),
  );
const history: fc.Arbitrary<readonly Sample[]> = fc.uniqueArray(
  fc.record({ measure, labels: labelSet, value, at: fc.constantFrom(1, 2, 3) }).map(({ at, ...rest }) => ({
    ...rest,
    at: new Date(Date.parse(TICK) - at * 300_000).toISOString(),
  })),
  {
    selector: (each) => JSON.stringify([each.measure, labelsKey(each.labels), each.at]),
    maxLength: 12,
  },
);

/** Both measures of the same series, and none failed. */
const even = fc
  .record({
    conditions: fc.array(condition, { minLength: 1, maxLength: 3 }),
    series: fc.uniqueArray(fc.record({ labels: labelSet, a: value, b: value }), {
      selector: ({ labels }) => labelsKey(labels),
      maxLength: 4,
    }),
    history,
  })
  .map(({ series, ...rest }) => ({
    ...rest,
    taken: (['a', 'b'] as const).map(
      (name): Taken => ({
        measure: name,
        asOf: TICK,
        readings: series.map((each) => ({ labels: each.labels, value: each[name] })),
      }),
    ),
  }));

const DECLARED = snapshotOf(
  rule([
    band({
      any: [
        { measure: 'a', above: 0 },
        { measure: 'b', above: 0 },
      ],
    }),
  ]),
);

const bandsOf = (conditions: readonly Condition[]): MonitorRule['bands'] => {
  const [first] = DECLARED.rule.bands;
  const [one, ...others] = conditions.map((when, place) => ({
    ...first,
    when,
    alertType: ALERTS[place] ?? '',
  }));
  return [one ?? first, ...others];
};
const given = fc.record({ conditions: fc.array(condition, { minLength: 1, maxLength: 3 }), taken, history });

const judged = (input: {
  conditions: readonly Condition[];
  taken: readonly Taken[];
  history: readonly Sample[];
}) => {
  const { monitor } = DECLARED;
  return judge({
    monitor,
    rule: { ...DECLARED.rule, bands: bandsOf(input.conditions) },
    ...input,
    tick: TICK,
  });
};

const lookWith = (values: Readonly<Record<string, number | null>>): Look => ({
  tickMs: 0,
  value: (name) => values[name] ?? null,
  past: () => [],
  lookedSinceMs: () => undefined,
});
const values = fc.record({ a: value, b: value });

describe('judging', () => {
  it('fires nothing where no measure has a value', () => {
    fc.assert(
      fc.property(given, (input) => {
        const nulls = input.taken.map((each) =>
          'readings' in each
            ? { ...each, readings: each.readings.map(({ labels }) => ({ labels, value: null })) }
            : each,
        );
        expect(judged({ ...input, taken: nulls }).reports.filter(({ firing }) => firing)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('gives the last band that holds by itself, whatever the others say', () => {
    fc.assert(
      fc.property(even, (input) => {
        const fires = (conditions: readonly Condition[]) =>
          new Map(
            judged({ ...input, conditions }).reports.map(({ labels, firing }) => [
              JSON.stringify(labels),
              firing,
            ]),
          );
        const alone = input.conditions.map((each) => fires([each]));
        for (const [labels, firing] of fires(input.conditions)) {
          const last = alone.findLastIndex((each) => each.get(labels) !== undefined);
          expect(firing?.alertType).toBe(ALERTS[last]);
        }
      }),
      RUNS,
    );
  });

  it('does not mind in which order readings, labels and samples come', () => {
    const turned = <T extends { readonly labels: Readonly<Record<string, string>> }>(
      list: readonly T[],
    ): T[] =>
      list
        .toReversed()
        .map((each) => ({ ...each, labels: Object.fromEntries(Object.entries(each.labels).toReversed()) }));
    fc.assert(
      fc.property(given, (input) => {
        const other = {
          ...input,
          taken: input.taken
            .toReversed()
            .map((each) => ('readings' in each ? { ...each, readings: turned(each.readings) } : each)),
          history: turned(input.history),
        };
        const plain = (result: ReturnType<typeof judged>) => ({
          ...result,
          reports: result.reports.map(({ labels, firing, unknown, notRecovered }) => ({
            labels,
            notRecovered,
            state: unknown?.state,
            type: firing?.alertType,
            summary: firing?.summary,
          })),
        });
        expect(plain(judged(other))).toEqual(plain(judged(input)));
      }),
      RUNS,
    );
  });

  it('says one thing of each series, and is complete only where no measure failed', () => {
    fc.assert(
      fc.property(given, (input) => {
        const { reports, complete } = judged(input);
        const keys = reports.map(({ labels }) => labelsKey(labels));
        expect(new Set(keys).size).toBe(keys.length);
        const named = new Set(JSON.stringify(input.conditions).match(/"measure":"[ab]"/g));
        const failed = input.taken.some(
          (each) => 'error' in each && named.has(`"measure":"${each.measure}"`),
        );
        expect(complete).toBe(!failed);
      }),
      RUNS,
    );
  });
});

describe('what follows from a condition by its form', () => {
  it('is so for every value', () => {
    fc.assert(
      fc.property(condition, condition, values, (one, other, found) => {
        const look = lookWith(found);
        if (!implies(one, other) || evaluate(one, look).holds !== true) return;
        expect(evaluate(other, look).holds, `${conditionWords(one)} → ${conditionWords(other)}`).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('never holds where its limits contradict each other', () => {
    fc.assert(
      fc.property(condition, values, (one, found) => {
        if (contradicts(one)) expect(evaluate(one, lookWith(found)).holds).not.toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
