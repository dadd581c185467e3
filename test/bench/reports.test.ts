// The bars of `npm run bench:reports`, and how its command line is read.
import { describe, expect, it } from 'vitest';
import type { Measured } from '../../bench/reports/measure.ts';
import { readOptions } from '../../bench/reports/options.ts';
import { barsOf, tablesOf } from '../../bench/reports/results.ts';

const measured = (change: Partial<Measured>): Measured => ({
  pack: 'draft-cleanup',
  name: 'daily_trend_analysis',
  budgetMs: 300,
  rows: 30,
  firstMs: 900,
  p50Ms: 100,
  p95Ms: 200,
  maxMs: 800,
  ...change,
});

describe('the bars of reports', () => {
  it('hold the 95th percentile of warm runs against the report’s own budget, and nothing else', () => {
    const bars = barsOf([measured({ number: 5 }), measured({ p95Ms: 300.1 })]);
    expect(bars).toEqual([
      { name: 'draft-cleanup: Q5 daily_trend_analysis', value: 200, unit: 'ms', limit: 300, ok: true },
      { name: 'draft-cleanup: daily_trend_analysis', value: 300.1, unit: 'ms', limit: 300, ok: false },
    ]);
  });

  it('are missed where nothing was measured', () => {
    expect(barsOf([measured({ p95Ms: Number.NaN })])[0]?.ok).toBe(false);
  });

  it('stand beside the budget in the table', () => {
    const reports = [measured({ number: 5 })];
    expect(tablesOf({ reports, bars: barsOf(reports) })[1]?.rows).toEqual([
      ['draft-cleanup: Q5 daily_trend_analysis', '30', '900.0', '100.0', '200.0', '800.0', '300'],
    ]);
  });
});

describe('the command line', () => {
  it('measures every pack with twenty runs each (DRAFT-14), and keeps results of no fewer', () => {
    const { subjects, runs, out } = readOptions([], 'results');
    expect([subjects.map(({ pack, scenario }) => `${pack} ${scenario}`), runs, out]).toEqual([
      ['draft-cleanup large', 'sla-monitoring base'],
      20,
      'results',
    ]);
    expect(readOptions(['--runs', '5'], 'results').out).toBeUndefined();
    expect(readOptions(['--runs', '5', '--out', 'here'], 'results').out).toBe('here');
  });
});
