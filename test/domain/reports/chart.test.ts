// Charts: what is drawn is what was found, from left to right in time, and no text of a row can break out of the picture.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportAnswer } from '../../../src/domain/reports/answer.ts';
import { chartModel, sparkline, sparklines } from '../../../src/domain/reports/chart.ts';
import type { ReportRow } from '../../../src/domain/reports/report.ts';
import { chartSvg } from '../../../src/domain/reports/svg.ts';

const answer = (rows: readonly ReportRow[], change: Partial<ReportAnswer> = {}): ReportAnswer => ({
  report: 'garden/report/beds',
  title: 'Beds & <more>',
  purpose: '',
  asOf: '2026-02-10T14:30:00Z',
  params: {},
  tables: [
    {
      columns: [
        { name: 'day', type: 'date', decimals: 0 },
        { name: 'grown', type: 'count', decimals: 0 },
        { name: 'cut', type: 'count', decimals: 0 },
      ],
      rows,
    },
  ],
  lines: [],
  untaken: [],
  durationMs: 1,
  budgetMs: 2,
  chart: { kind: 'line', x: 'day', y: ['grown', 'cut'] },
  ...change,
});

const DAYS = [
  { day: '2026-02-10', grown: 15, cut: 3 },
  { day: '2026-02-09', grown: 20, cut: null },
  { day: '2026-02-08', grown: 18, cut: 0 },
];

describe('a chart', () => {
  it('goes from the oldest day to the newest, whatever order the rows have', () => {
    const model = chartModel(answer(DAYS));
    expect(model).toMatchObject({ labels: ['2026-02-08', '2026-02-09', '2026-02-10'], from: 0, to: 20 });
    expect(model?.series).toEqual([
      { name: 'grown', values: [18, 20, 15] },
      { name: 'cut', values: [0, null, 3] },
    ]);
  });

  it('keeps the order of rows where the bottom is no time', () => {
    const text = answer(DAYS);
    const [{ columns, rows }] = text.tables;
    const buckets = columns.map((each) => (each.name === 'day' ? { ...each, type: 'text' as const } : each));
    expect(chartModel({ ...text, tables: [{ columns: buckets, rows }] })?.labels[0]).toBe('2026-02-10');
  });

  it('is not there without a declaration, rows or numbers', () => {
    const { chart: _, ...without } = answer(DAYS);
    expect(chartModel(without)).toBeUndefined();
    expect(chartModel(answer([]))).toBeUndefined();
    expect(chartModel(answer([{ day: '2026-02-10', grown: null, cut: null }]))).toBeUndefined();
  });

  it('has round lines across that hold every value, for any values', () => {
    const value = fc.double({ min: -1e7, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (values) => {
        const rows = values.map((grown, place) => ({ day: `2026-02-${10 + place}`, grown, cut: null }));
        const model = chartModel(answer(rows));
        const { from = 1, to = 0, ticks = [] } = model ?? {};
        expect(from).toBeLessThanOrEqual(Math.min(0, ...values) + 1e-9);
        expect(to).toBeGreaterThanOrEqual(Math.max(0, ...values) - 1e-9);
        expect(to).toBeGreaterThan(from);
        expect(ticks.length).toBeLessThanOrEqual(7);
        expect(model && chartSvg(model)).not.toContain('NaN');
      }),
    );
  });

  it('is one block a value on one line, a blank where there is none', () => {
    expect(sparkline([0, 5, null, 10, 12], { from: 0, to: 10 })).toBe('▁▅ ██');
    expect(sparklines(answer(DAYS))).toEqual([
      'grown ██▇ 2026-02-08 … 2026-02-10',
      'cut   ▁ ▂ 2026-02-08 … 2026-02-10',
    ]);
  });
});

describe('an SVG', () => {
  const model = chartModel(answer(DAYS));
  const svg = model ? chartSvg(model) : '';

  it('stands alone: no script, no address but its namespace, no text that opens an element', () => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    expect(svg).toContain('<title>Beds &amp; &lt;more&gt;</title>');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script|href|<more/);
    const open = [...svg.matchAll(/<([a-z]+)(?: [^>]*[^/])?>/g)].map(([, name = '']) => name).toSorted();
    const closed = [...svg.matchAll(/<\/([a-z]+)>/g)].map(([, name = '']) => name).toSorted();
    expect(open).toEqual(closed);
  });

  it('breaks a line where there is no value, and draws what stands alone as a dot', () => {
    expect(
      [...svg.matchAll(/<polyline points="([^"]+)"/g)].map(([, points]) => points?.split(' ').length),
    ).toEqual([3]);
    expect(svg.match(/<circle/g)).toHaveLength(2);
  });

  it('draws a bar for every value, downwards below nothing', () => {
    const bars = answer(
      [
        { day: 'a', grown: -5, cut: 5 },
        { day: 'b', grown: null, cut: 1 },
      ],
      { chart: { kind: 'bar', x: 'day', y: ['grown', 'cut'] } },
    );
    const drawn = chartModel(bars);
    const rects = [
      ...(drawn ? chartSvg(drawn) : '').matchAll(
        /<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" fill="#(?!fff)/g,
      ),
    ];
    const heights = rects.map(([, , y, , height]) => [Number(y), Number(height)]);
    expect(heights).toHaveLength(5);
    const [below, above] = [heights[2] ?? [], heights[3] ?? []];
    expect(below[1]).toBeCloseTo(above[1] ?? 0, 0);
    expect(below[0]).toBeGreaterThan(above[0] ?? 0);
  });
});
