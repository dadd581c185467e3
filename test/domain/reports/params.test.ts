// Parameters of reports, as they are typed and as they stand in a statement.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedIn, replaceNamed } from '../../../src/domain/reports/named-parameters.ts';
import { paramValues, parseParam } from '../../../src/domain/reports/params.ts';
import { literalsOf, plainStatement } from '../../../src/domain/reports/plain-sql.ts';
import type { ParamType, ReportParam } from '../../../src/domain/reports/report.ts';

const of = (type: ParamType, more: Partial<ReportParam> = {}): ReportParam => ({
  type,
  about: 'it',
  ...more,
});

describe('a name in a statement', () => {
  it.each([
    ['SELECT :a, :b_2, :a', ['a', 'b_2']],
    [`SELECT '10:30', now::date, x::text, ':a'`, []],
    [`SELECT 1 -- not :a\n, :b /* nor :c */`, ['b']],
    ['SELECT ":a"."b", $$ :c $$, $x$ :d $x$, :e', ['e']],
    [`SELECT 'it''s :a', :b::int`, ['b']],
    ['SELECT a[1:2], a[:n]', ['n']],
  ])('in %j is found where it is one: %j', (sql, names) => {
    expect(namedIn(sql)).toEqual(names);
  });

  it('never changes anything else, whatever the statement', () => {
    const piece = fc.constantFrom(
      "'",
      "''",
      '"',
      '::',
      ':',
      ':a',
      '--',
      '\n',
      '/*',
      '*/',
      '$$',
      '$x$',
      ' ',
      'b',
      '1',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const sql = pieces.join('');
        expect(replaceNamed(sql, (name) => `:${name}`)).toBe(sql);
      }),
    );
  });
});

describe('a value of a parameter', () => {
  it.each([
    ['integer', '10', 10],
    ['integer', '1.5', undefined],
    ['integer', '1e3', undefined],
    ['number', '1.5', 1.5],
    ['number', '', undefined],
    ['number', 'NaN', undefined],
    ['text', 'x', 'x'],
    ['duration', '1h30m', 5400],
    ['duration', '90', undefined],
    ['duration', 5400, 5400],
    ['instant', '2026-02-10T12:00:00+01:00', '2026-02-10T11:00:00.000Z'],
    ['instant', '2026-02-10', undefined],
    ['instant', '2026-02-30T12:00:00Z', '2026-03-02T12:00:00.000Z'],
    ['date', '2026-02-10', '2026-02-10'],
    ['date', '2026-02-30', undefined],
  ] as const)('of type %s is read from %j as %j', (type, given, value) => {
    const parsed = parseParam(of(type), given);
    expect('value' in parsed ? parsed.value : undefined).toBe(value);
  });

  it('is held to its limits, and every fault is told at once', () => {
    const params = {
      limit: of('integer', { default: 10, min: 1, max: 100 }),
      within: of('duration', { default: 86_400, max: 604_800 }),
      order: of('text', { default: 'name', oneOf: ['name', 'age'] }),
      run: of('text'),
    };
    const { faults } = paramValues(params, { limit: '0', within: '8d', order: 'size', depth: '3' });
    expect(faults).toEqual([
      'there is no parameter depth; there is limit, within, order, run',
      'limit must be at least 1, and was 0',
      'within must be at most 7d, and was 8d',
      'order must be one of name, age, and was size',
      'run must be given: it',
    ]);
    expect(paramValues(params, { run: 'r1', limit: '100' })).toEqual({
      values: { limit: 100, within: 86_400, order: 'name', run: 'r1' },
      faults: [],
    });
  });
});

describe('a parameter written out', () => {
  it('is a literal of its type beside its name, and no text can end it early (DRAFT-59)', () => {
    const params = {
      n: of('integer', { default: -3 }),
      t: of('text', { default: "o'clock'; DROP TABLE x; --" }),
      w: of('duration', { default: 3600 }),
      i: of('instant', { default: '2026-02-10T12:00:00.000Z' }),
      none: of('date', { default: null }),
      must: of('number'),
    };
    const sql = 'SELECT :n, :t, :w, :i, :none, :must';
    expect(plainStatement(sql, literalsOf(params))).toBe(
      `SELECT '-3'::int /* :n */, 'o''clock''; DROP TABLE x; --'::text /* :t */, ` +
        'make_interval(secs => 3600::float8) /* :w */, ' +
        `'2026-02-10T12:00:00.000Z'::timestamptz /* :i */, null::date /* :none */, null::float8 /* :must */`,
    );
  });
});
