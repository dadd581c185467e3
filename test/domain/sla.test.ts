// A run against its budget: strict limits, judged before rounding, never clamped.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneDecimal, type SlaState, slaState, utilization } from '../../src/domain/jobs/sla.ts';

describe('utilization', () => {
  it.each<[number, number, string, SlaState]>([
    [1234, 3600, '34.3', 'withinSla'],
    [2950, 3600, '81.9', 'atRisk'],
    [3700, 3600, '102.8', 'breached'],
    [480, 600, '80.0', 'withinSla'],
    [600, 600, '100.0', 'atRisk'],
    [601, 600, '100.2', 'breached'],
    [5761, 7200, '80.0', 'atRisk'],
    [246, 300, '82.0', 'atRisk'],
  ])('SLA-54: %d s of %d s is shown as %s %% and counts as %s', (seconds, budget, shown, state) => {
    const percent = utilization(seconds, budget);
    expect(oneDecimal(percent).toFixed(1)).toBe(shown);
    expect(slaState(percent)).toBe(state);
  });

  it('SLA-111: is never clamped, however late a run is', () => {
    expect(oneDecimal(utilization(7_200, 300))).toBe(2_400);
    expect(oneDecimal(utilization(0, 300))).toBe(0);
  });

  it('SLA-112: exactly 80 or 100 percent crosses nothing, the least above it does', () => {
    expect(slaState(80)).toBe('withinSla');
    expect(slaState(80 + Number.EPSILON * 64)).toBe('atRisk');
    expect(slaState(100)).toBe('atRisk');
    expect(slaState(100 + Number.EPSILON * 64)).toBe('breached');
  });

  it('SLA-112: holds for every budget: 4/5 of it and all of it cross nothing, one second more does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (fifth) => {
        const budget = fifth * 5;
        expect(slaState(utilization(fifth * 4, budget))).toBe('withinSla');
        expect(slaState(utilization(budget, budget))).toBe('atRisk');
        expect(slaState(utilization(budget + 1, budget))).toBe('breached');
      }),
    );
  });

  it('SLA-26: is rounded half up to one decimal, for output only', () => {
    expect([0.04, 0.05, 0.25, 33.333, 99.95].map(oneDecimal)).toEqual([0, 0.1, 0.3, 33.3, 100]);
  });

  it('that nobody knows is no data, not zero', () => {
    expect(slaState(undefined)).toBe('noData');
    expect(slaState(0)).toBe('withinSla');
  });
});
