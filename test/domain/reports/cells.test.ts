// Each form has its own words for a cell; nothing at all is never a zero in any of them.
import { describe, expect, it } from 'vitest';
import { bandOf, bandWords, worstBand } from '../../../src/domain/reports/bands.ts';
import { cellCsv, cellJson, cellText } from '../../../src/domain/reports/cells.ts';
import type { ColumnBands, ColumnType, ReportColumn } from '../../../src/domain/reports/report.ts';

const column = (type: ColumnType, decimals = 0, bands?: ColumnBands): ReportColumn => ({
  name: 'c',
  type,
  decimals,
  ...(bands && { bands }),
});

describe('a cell', () => {
  it.each([
    ['text', 0, null, '–', '', null],
    ['percent', 2, null, '–', '', null],
    ['percent', 2, 100 / 3, '33.33', '33.33', 33.33],
    ['count', 0, 12, '12', '12', 12],
    ['boolean', 0, true, 'yes', 'true', true],
    ['boolean', 0, false, 'no', 'false', false],
    ['date', 0, '2025-11-08', '2025-11-08', '2025-11-08', '2025-11-08'],
    ['text', 0, 'two\nlines', 'two lines', '"two\nlines"', 'two\nlines'],
    ['text', 0, 'a "b", c', 'a "b", c', '"a ""b"", c"', 'a "b", c'],
    ['number', 1, -2.25, '-2.3', '-2.3', -2.3],
  ] as const)(
    'of type %s with %i decimals shows %j as text, CSV and JSON',
    (type, decimals, value, text, csv, json) => {
      const of = column(type, decimals);
      expect([cellText(of, value), cellCsv(of, value), cellJson(of, value)]).toEqual([text, csv, json]);
    },
  );

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])(
    'that is the text %j never runs as a formula in a spreadsheet',
    (text) => {
      expect(cellCsv(column('text'), text).replace(/^"/, '')).toBe(`'${text}`);
      expect(cellText(column('text'), text)).not.toContain("'");
    },
  );
});

describe('limits of a column', () => {
  const pollution: ColumnBands = { warning: { atLeast: 10 }, critical: { above: 30 } };
  const of = (bands: ColumnBands, value: number | string | null, more = {}) =>
    bandOf(column('percent', 2, bands), { c: value, ...more });

  it.each([
    [9.9999, 'healthy'],
    [10, 'warning'],
    [30, 'warning'],
    [30.0001, 'critical'],
    [null, undefined],
  ])('are judged on the unrounded value: %d is %s (DRAFT-29)', (value, band) => {
    expect(of(pollution, value)).toBe(band);
  });

  it('say nothing of an empty cell, of a column without them, and of a row that is not judged (DRAFT-115)', () => {
    const old: ColumnBands = { warning: { above: 0 }, where: { bucket: '> 24h' } };
    expect(of(old, 2, { bucket: '> 24h' })).toBe('warning');
    expect(of(old, 2, { bucket: '6-24h' })).toBeUndefined();
    expect(bandOf(column('count'), { c: 5 })).toBeUndefined();
  });

  it('may be words, and then say nothing of other words but healthy', () => {
    const said: ColumnBands = { warning: { is: ['unknown'] }, critical: { is: ['inconsistent'] } };
    expect(['unknown', 'inconsistent', 'consistent'].map((word) => of(said, word))).toEqual([
      'warning',
      'critical',
      'healthy',
    ]);
  });

  it('are told in words, and the worst of all cells is the answer’s', () => {
    expect(bandWords(column('percent', 2, pollution))).toBe('warning ≥ 10, critical > 30');
    const table = { columns: [column('percent', 2, pollution)], rows: [{ c: 5 }, { c: 12 }, { c: null }] };
    expect(worstBand([table])).toBe('warning');
    expect(worstBand([{ ...table, rows: [{ c: null }] }])).toBeUndefined();
  });
});
