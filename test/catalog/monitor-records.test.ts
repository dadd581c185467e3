// Records, fields of payloads and measures that are kept: what is sound of them, and what they become.
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/domain/monitors/judge.ts';
import { recordsOf } from '../../src/domain/monitors/record.ts';
import type { MonitorDefinition } from '../../src/index.ts';
import {
  band,
  faultsOf,
  monitor,
  rule,
  SQL,
  snapshotOf,
  took,
} from '../support/monitors/declared-monitors.ts';

const RULE = rule([band({ measure: 'a', above: 30 })]);

const faults = (change: Partial<MonitorDefinition>) => faultsOf({ monitors: [monitor([RULE], change)] });

const TICK = '2026-02-10T12:15:00.000Z';

describe('a measure', () => {
  it('that no rule asks for is refused unless a record names it or it is to be kept', () => {
    const measures = { a: SQL, b: SQL };
    expect(faults({ measures })).toEqual([expect.stringContaining('must be used by a rule, a record')]);
    expect(faults({ measures: { a: SQL, b: { ...SQL, keep: true } } })).toEqual([]);
    expect(faults({ measures, records: [{ measure: 'b', fields: { n: '{value}' } }] })).toEqual([]);
    expect(faults({ measures, records: [{ measure: 'a', fields: { n: '{b}' } }] })).toEqual([]);
  });

  it.each([
    [
      { of: 'success-rate', baseline: { over: '14d', minimumRuns: 5 } },
      /only throughput and throughput-ratio/,
    ],
    [{ of: 'utilization', runs: 3 }, /only sustained-utilization counts them/],
    [{ of: 'success-rate', overlap: '60m' }, /are told of the newest run/],
    [{ of: 'sustained-utilization', runs: 0 }, /whole number from 1 to 1000/],
    [
      { of: 'throughput', baseline: { over: '14d', minimumRuns: 5 }, keep: false },
      /must be true, or left out/,
    ],
  ])('of jobs that says %j is refused', (more, words) => {
    const a = { kind: 'job-sla', ...more } as never;
    expect(faults({ measures: { a } }).join()).toMatch(words);
  });
});

describe('a record', () => {
  it.each([
    [{ measure: 'nothing', fields: { n: 1 } }, /must name a measure of the monitor \(a\)/],
    [
      { measure: 'a', fields: { n: { of: 'nothing', above: [[1, 'x']], otherwise: 'y', none: 'z' } } },
      /must name a measure of the monitor \(a\)/,
    ],
    [
      {
        measure: 'a',
        fields: {
          n: {
            of: 'a',
            above: [
              [2, 'x'],
              [1, 'w'],
            ],
            otherwise: 'y',
            none: 'z',
          },
        },
      },
      /limits in ascending order/,
    ],
    [{ measure: 'a', fields: {} }, /must have a field/],
    [{ measure: 'a', fields: { n: [] } }, /must be a text or a number or true or false or null/],
  ])('%j is refused', (record, words) => {
    expect(faults({ records: [record as never] }).join()).toMatch(words);
  });

  it('has constants, labels, values as they are or rounded, what another measure says of the same, and null', () => {
    const { monitor: declared } = snapshotOf(RULE, {
      measures: { a: SQL, b: SQL },
      records: [
        {
          measure: 'a',
          fields: {
            metric: 'waiting',
            of: '{queue}',
            exactly: '{value}',
            about: '{value:1}',
            other: '{b:0}',
            unknown: '{nobody}',
            mood: {
              of: 'a',
              above: [
                [1, 'bad'],
                [5, 'worse'],
              ],
              otherwise: 'well',
              none: 'none',
            },
            at: '{tick}',
            fixed: true,
          },
        },
      ],
    });
    const taken = took({
      a: [
        [{ queue: 'mail' }, 5.25],
        [{ queue: 'paint' }, null],
        [{ queue: 'post' }, 1],
      ],
      b: [[{ queue: 'mail' }, 0.5]],
    });
    const [mail, paint, post] = recordsOf(declared, taken, TICK);
    expect(mail).toEqual({
      metric: 'waiting',
      of: 'mail',
      exactly: 5.25,
      about: 5.3,
      other: 1,
      unknown: null,
      mood: 'worse',
      at: '2026-02-10T12:15:00Z',
      fixed: true,
    });
    expect(paint).toMatchObject({ exactly: null, about: null, other: null, mood: 'none' });
    expect(post).toMatchObject({ exactly: 1, mood: 'well' });
  });

  it('is told of no more than fifty series a tick, and of none where the measure failed', () => {
    const { monitor: declared } = snapshotOf(RULE, { records: [{ measure: 'a', fields: { n: '{value}' } }] });
    const many = Array.from({ length: 60 }, (_, place) => [{ queue: `${place}` }, place] as const);
    expect(recordsOf(declared, took({ a: many }), TICK)).toHaveLength(50);
    expect(recordsOf(declared, took({ a: new Error('away') }), TICK)).toEqual([]);
  });
});

describe('a payload', () => {
  it('gains the fields that its rule says, values as they are, and a text says them with decimals', () => {
    const declared = rule([band({ measure: 'a', above: 80 })], {
      summary: '{value:1} of {a:0} in {queue} is over {limit}',
      payload: {
        threshold_percent: '{limit}',
        share: '{a:2}',
        where: '{queue}',
        by: '{rule}',
        never: '{none}',
        n: 3,
      },
    });
    const snapshot = snapshotOf(declared, { measures: { a: { ...SQL, labels: ['queue'] } } });
    const taken = took({ a: [[{ queue: 'mail' }, 80.0139]] });
    const [report] = judge({ ...snapshot, taken, history: [], tick: TICK }).reports;
    expect(report?.firing?.summary).toBe('80.0 of 80 in mail is over 80');
    expect(report?.firing?.payload).toMatchObject({
      threshold_percent: 80,
      share: 80.01,
      where: 'mail',
      by: 'drafts',
      never: null,
      n: 3,
    });
  });
});
