// What a tick leaves in a pack's database: when it is due, and what is handed in.
import { describe, expect, it } from 'vitest';
import { filledIn, isDue } from '../../../src/domain/monitors/writes.ts';
import { band, faultsOf, monitor, rule, SQL, took } from '../../support/monitors/declared-monitors.ts';

const WRITE = { name: 'snapshot', database: 'app', sql: '' };
const TICK = '2026-02-10T12:00:00.000Z';

describe('a write', () => {
  it.each([
    ['12:00', 3_600, true],
    ['12:05', 3_600, false],
    ['12:05', 300, true],
    ['12:05', undefined, true],
  ])('of a tick at %s every %s s is due: %s', (at, everySeconds, due) => {
    const write = { ...WRITE, ...(everySeconds !== undefined && { everySeconds }) };
    expect(isDue(write, `2026-02-10T${at}:00Z`)).toBe(due);
  });

  it('is handed the tick and each measure’s one value; what has none, failed, or has several is null', () => {
    const sql = "INSERT INTO t VALUES (:tick, :a, :b, :failed, :many, :a::int, ':a')";
    const several = [
      [{ queue: 'x' }, 1],
      [{ queue: 'y' }, 2],
    ] as const;
    const taken = took({ a: 5, b: null, failed: new Error('away'), many: several });
    expect(filledIn({ ...WRITE, sql }, { tick: TICK, taken })).toEqual({
      text: "INSERT INTO t VALUES ($1::timestamptz, $2::float8, $3::float8, $4::float8, $5::float8, $2::float8::int, ':a')",
      values: [TICK, 5, null, null, null],
    });
  });
});

describe('a declared write', () => {
  const faults = (change: object) =>
    faultsOf({
      monitors: [
        monitor([rule([band({ measure: 'a', above: 1 })])], {
          measures: { a: SQL, b: SQL },
          writes: [
            { name: 'snapshot', database: 'app', sql: 'INSERT INTO t VALUES (:tick, :a, :b)', ...change },
          ],
        }),
      ],
    });

  it('uses the measures that it names, so that no rule need do so', () => {
    expect(faults({})).toEqual([]);
  });

  it.each([
    [{ sql: 'SELECT 1' }, /writes\.0\.sql: must be INSERT, UPDATE, DELETE, MERGE or WITH/],
    [
      { sql: 'INSERT INTO t VALUES (:a, :b, :c)' },
      /writes\.0\.sql: must name only :tick and measures of the monitor \(a, b\), got :c/,
    ],
    [{ database: 'other' }, /writes\.0\.database: must be a database of the pack's own \(app\), got "other"/],
    [{ every: 'often' }, /writes\.0\.every: /],
  ])('%o is at fault', (change, words) => {
    expect(faults(change)).toEqual([expect.stringMatching(words)]);
  });
});
