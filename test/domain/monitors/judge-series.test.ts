// Several measures, several series, and what is missing of them: unknown is neither fine nor firing, and never a zero.
import { describe, expect, it } from 'vitest';
import { historyNeeds } from '../../../src/domain/monitors/history-needs.ts';
import { judge } from '../../../src/domain/monitors/judge.ts';
import type { Sample, Taken } from '../../../src/domain/monitors/measure.ts';
import type { RuleDefinition } from '../../../src/index.ts';
import { band, before, rule, snapshotOf, took } from '../../support/monitors/declared-monitors.ts';

const TICK = '2026-02-10T12:00:00Z';
const NORTH = { site: 'north' };
const SOUTH = { site: 'south' };

const judged = (declared: RuleDefinition, taken: readonly Taken[], history: readonly Sample[] = []) =>
  judge({ ...snapshotOf(declared), taken, history, tick: TICK });

/** Each series with what is said of it. */
const said = (...given: Parameters<typeof judged>) =>
  judged(...given).reports.map(({ labels, firing, unknown }) => [
    Object.values(labels).join(),
    firing?.alertType ?? unknown?.state ?? 'fine',
  ]);

const BOTH = rule([
  band({
    all: [
      { measure: 'a', above: 5 },
      { measure: 'b', above: 100 },
    ],
  }),
]);
const EITHER = rule([
  band({
    any: [
      { measure: 'a', above: 5 },
      { measure: 'b', above: 100 },
    ],
  }),
]);

describe('measures', () => {
  it('of the same labels go together, and one without labels goes with each', () => {
    const a = [
      [NORTH, 9],
      [SOUTH, 2],
    ] as const;
    expect(
      said(
        BOTH,
        took({
          a,
          b: [
            [SOUTH, 200],
            [NORTH, 200],
          ],
        }),
      ),
    ).toEqual([
      ['north', 'too_many'],
      ['south', 'fine'],
    ]);
    expect(said(BOTH, took({ a, b: 200 }))).toEqual([
      ['north', 'too_many'],
      ['south', 'fine'],
    ]);
  });

  it('of which one has no such series leave it without data, unless the other decides', () => {
    const taken = took({
      a: [
        [NORTH, 9],
        [SOUTH, 2],
      ],
      b: [[{ site: 'west' }, 200]],
    });
    expect(said(BOTH, taken)).toEqual([
      ['north', 'noData'],
      ['south', 'fine'],
      ['west', 'noData'],
    ]);
    expect(said(EITHER, taken)).toEqual([
      ['north', 'too_many'],
      ['south', 'noData'],
      ['west', 'too_many'],
    ]);
  });

  it('that found no series at all leave nothing to judge, and the evaluation is complete', () => {
    expect(judged(BOTH, took({ a: [], b: [] }))).toEqual({ reports: [], complete: true });
  });
});

describe('a null', () => {
  it('is no data of its series, with what is missing in words, and the evaluation stays complete', () => {
    const { reports, complete } = judged(
      rule([band({ measure: 'a', below: 5 })]),
      took({ a: [[NORTH, null]] }),
    );
    expect(complete).toBe(true);
    expect(reports[0]).toMatchObject({
      labels: NORTH,
      unknown: {
        state: 'noData',
        message: 'no value of a',
        firing: {
          severity: 'warning',
          alertType: 'no_data',
          summary: 'drafts of north has nothing to judge: no value of a',
        },
      },
    });
    expect(reports[0]).not.toHaveProperty('firing');
  });

  it('below the minimum of data nothing is judged, whatever the value says', () => {
    const declared = rule([band({ measure: 'a', above: 5 })], { minimum: { measure: 'b', atLeast: 100 } });
    expect([99, 100, null].map((b) => said(declared, took({ a: 9, b }))[0]?.[1])).toEqual([
      'noData',
      'too_many',
      'noData',
    ]);
  });
});

describe('a measure that failed', () => {
  const failure = new Error('connection refused');

  it('is told once for the rule, not once a series, and what is known still fires', () => {
    const { reports, complete } = judged(
      EITHER,
      took({
        a: [
          [NORTH, 9],
          [SOUTH, 2],
        ],
        b: failure,
      }),
    );
    expect(complete).toBe(false);
    expect(
      reports.map(({ labels, firing, unknown }) => [labels, firing?.alertType ?? unknown?.message]),
    ).toEqual([
      [NORTH, 'too_many'],
      [{}, 'b failed: Error: connection refused'],
    ]);
    expect(reports[1]).toMatchObject({
      subject: `tick/${TICK}`,
      unknown: { state: 'error', firing: { alertType: 'measure_failed' } },
    });
  });

  it('makes the rules unknown that name it, and no other', () => {
    const taken = took({ a: 9, b: failure });
    expect(said(rule([band({ measure: 'a', above: 5 })]), taken)).toEqual([['', 'too_many']]);
    expect(said(rule([band({ measure: 'b', above: 5 })]), taken)).toEqual([['', 'error']]);
  });

  it('that was not measured at all is told like one that failed', () => {
    expect(said(rule([band({ measure: 'a', above: 5 })]), [])).toEqual([['', 'error']]);
  });

  it('is told for each series that is known where a failure counts as fine', () => {
    const declared = rule([band({ measure: 'a', above: 5 })], { error: 'fine' });
    const history = [NORTH, SOUTH].flatMap((labels) =>
      before(TICK, { measure: 'a', values: [9], everySeconds: 300, labels }),
    );
    expect(historyNeeds(snapshotOf(declared).rule)).toEqual([{ measure: 'a', seconds: 600 }]);
    expect(said(declared, took({ a: failure }), history)).toEqual([
      ['north', 'error'],
      ['south', 'error'],
    ]);
  });
});

describe('a rule that waits', () => {
  const gated = rule([band({ measure: 'a', above: 0 })], { while: { measure: 'b', equals: 1 } });

  it('is left as it is while its condition does not hold, and is then not complete', () => {
    expect(judged(gated, took({ a: 9, b: 0 }))).toEqual({ reports: [], complete: false, skipped: 'while' });
    expect(said(gated, took({ a: 9, b: 1 }))).toEqual([['', 'too_many']]);
  });

  it('is not silent when it cannot be told whether it waits', () => {
    expect(said(gated, took({ a: 9, b: null }))).toEqual([['', 'noData']]);
    expect(said(gated, took({ a: 9, b: new Error('gone') }))).toEqual([['', 'error']]);
  });

  it('for its turn says nothing at the ticks between', () => {
    const declared = rule([band({ measure: 'a', above: 0 })], { every: 3 });
    const { monitor, rule: snapshot } = snapshotOf(declared);
    const turns = Array.from({ length: 6 }, (_, n) =>
      new Date(Date.parse(TICK) + n * 300_000).toISOString(),
    ).map(
      (tick) =>
        judge({ monitor, rule: snapshot, taken: took({ a: 1 }), history: [], tick }).skipped ?? 'judged',
    );
    expect(turns.filter((each) => each === 'judged')).toHaveLength(2);
    expect(turns.indexOf('judged') + 3).toBe(turns.lastIndexOf('judged'));
  });
});

describe('the past', () => {
  const past = (values: readonly (number | null)[], labels = {}) =>
    before(TICK, { measure: 'a', values, everySeconds: 300, labels });
  const is = (when: Parameters<typeof band>[0], a: number | null, values: readonly (number | null)[]) =>
    said(rule([band(when, { alertType: 'yes' })]), took({ a }), past(values))[0]?.[1];

  it.each([
    ['yes', 4, [1, 2, 3]],
    ['fine', 4, [2, 3, 3]],
    ['fine', 4, [2, 3]],
    ['fine', 4, [1, null, 3]],
    ['noData', null, [1, 2, 3]],
  ])('rises three times in a row: %s for %j after %j', (expected, a, values) => {
    expect(is({ measure: 'a', increasing: 3 }, a, values)).toBe(expected);
  });

  it.each([
    ['yes', 7, [7, 7, 7, 7]],
    ['yes', 7, [7, null, 7, 7]],
    ['fine', 7, [7, 7, 8, 7]],
    ['fine', 7, [7, 7, 7]],
  ])('unchanged for 20 min: %s for %j after %j', (expected, a, values) => {
    expect(is({ measure: 'a', unchangedFor: '20m' }, a, values)).toBe(expected);
  });

  it.each([
    // EMAIL-66: a counter that is missing for 10 min.
    ['yes', null, [5, null]],
    ['fine', null, [5]],
    ['fine', 5, [null, null, null]],
    ['yes', null, [null, null]],
    ['fine', null, []],
  ])('absent for 10 min: %s for %j after %j', (expected, a, values) => {
    expect(is({ measure: 'a', absentFor: '10m' }, a, values)).toBe(expected);
  });

  it('keeps a series whose absence is asked for, although nothing is measured of it any more', () => {
    const declared = rule([band({ measure: 'a', absentFor: '10m' })]);
    const history = [...past([5, 5], NORTH).slice(0, 1), ...past([4, 4], SOUTH)];
    expect(said(declared, took({ a: [[SOUTH, 4]] }), history)).toEqual([
      ['north', 'too_many'],
      ['south', 'fine'],
    ]);
  });

  it.each([
    ['yes', 4.9, [10, 10, 30, 10, 2]],
    ['fine', 5, [10, 10, 30, 10, 2]],
    ['fine', 1, [10, 10, 10, 10]],
    ['fine', 1, [0, 0, 0, 0, 0]],
    ['fine', 1, [10, 10, 10, 10, null]],
  ])('under half of its median of five: %s for %j after %j', (expected, a, values) => {
    const ratio = { below: 0.5, to: 'median', over: '1h', minimumSamples: 5 } as const;
    expect(is({ measure: 'a', ratio }, a, values)).toBe(expected);
  });

  it('of a tick that is judged again does not count the tick itself', () => {
    const declared = rule([band({ measure: 'a', increasing: 1 }, { alertType: 'yes' })]);
    const again = [...past([3]), { measure: 'a', labels: {}, value: 4, at: TICK }];
    expect(said(declared, took({ a: 4 }), again)).toEqual([['', 'yes']]);
  });
});
