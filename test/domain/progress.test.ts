// Rate, share done and time left are honest: no figure where there is none, and none beyond the whole.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { progressOf, smoothRate } from '../../src/domain/jobs/progress.ts';

describe('the smoothed rate', () => {
  it('is the first rate that was seen, and then leans towards the newest', () => {
    const first = smoothRate(undefined, { atMs: 0, deleted: 0 }, { atMs: 1_000, deleted: 1_000 });
    expect(first).toBe(1_000);
    const slower = smoothRate(first, { atMs: 1_000, deleted: 1_000 }, { atMs: 2_000, deleted: 1_000 });
    expect(slower).toBe(700);
  });

  it('does not change without time passing, so that two looks at once divide by nothing', () => {
    expect(smoothRate(5, { atMs: 7, deleted: 1 }, { atMs: 7, deleted: 9 })).toBe(5);
    expect(smoothRate(undefined, { atMs: 7, deleted: 1 }, { atMs: 6, deleted: 9 })).toBeUndefined();
  });

  it('shows a stall within ten looks', () => {
    let rate: number | undefined = 1_000;
    for (let n = 0; n < 10; n += 1) {
      rate = smoothRate(rate, { atMs: n, deleted: 5 }, { atMs: n + 1, deleted: 5 });
    }
    expect(rate).toBeLessThan(50);
  });
});

describe('progress', () => {
  it('is a share of what was due and the time that the rest takes', () => {
    expect(progressOf(250, 1_000, 50)).toEqual({ rowsPerSecond: 50, shareDone: 0.25, etaSeconds: 15 });
  });

  it('says nothing where the total or the rate is unknown', () => {
    expect(progressOf(0, 0, undefined)).toEqual({
      rowsPerSecond: undefined,
      shareDone: undefined,
      etaSeconds: undefined,
    });
    expect(progressOf(10, 100, 0).etaSeconds).toBeUndefined();
  });

  it('never goes beyond the whole, even if more rows left than were due', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (deleted, eligible, rate) => {
        const { shareDone, etaSeconds } = progressOf(deleted, eligible, rate);
        expect(shareDone ?? 0).toBeLessThanOrEqual(1);
        expect(etaSeconds ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
