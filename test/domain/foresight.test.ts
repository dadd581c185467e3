// How far a run can see: its rate is over the time that it works, what is left is summed over its steps, and it takes two
// looks to say that the budget breaks, and two to take that back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FIRST_SIGHT,
  look,
  newsOf,
  type Sight,
  type Standing,
  sliceSecondsOf,
  worked,
} from '../../src/domain/jobs/foresight.ts';

const standing = (change: Partial<Standing> = {}): Standing => ({
  deleted: 1_000,
  eligible: { step: 10_000, later: 0 },
  elapsedSeconds: 10,
  budgetSeconds: 300,
  idle: false,
  ...change,
});

const afterSlice = (sight: Sight, ms: number, change: Partial<Standing> = {}) =>
  look(worked(sight, ms), standing(change));

describe('a look ahead', () => {
  it('is what is left at the rate of its slices, on top of what has passed', () => {
    const { outlook } = afterSlice(FIRST_SIGHT, 5_000);
    expect(outlook).toEqual({
      rowsPerSecond: 200,
      etaSeconds: 45,
      projectedSeconds: 55,
      projectedPercent: (55 / 300) * 100,
    });
  });

  it('counts waits towards the end of the run and not towards its rate', () => {
    const { outlook } = afterSlice(FIRST_SIGHT, 5_000, { elapsedSeconds: 1_005 });
    expect(outlook).toMatchObject({ rowsPerSecond: 200, etaSeconds: 45, projectedSeconds: 1_050 });
  });

  it('takes no notice of a slice that was held and did nothing, but goes on counting the time', () => {
    const first = afterSlice(FIRST_SIGHT, 5_000).sight;
    const { sight, outlook } = afterSlice(first, 60_000, { idle: true, elapsedSeconds: 200 });
    expect(outlook).toMatchObject({ rowsPerSecond: 200, projectedSeconds: 245 });
    // The held minute is no part of the next slice's rate either.
    const next = afterSlice(sight, 5_000, { deleted: 2_000, elapsedSeconds: 205 });
    expect(next.outlook?.rowsPerSecond).toBe(200);
  });

  it('sees nothing while nothing has gone', () => {
    const { sight, outlook } = afterSlice(FIRST_SIGHT, 5_000, { deleted: 0 });
    expect(outlook).toBeUndefined();
    expect([sight.beyond, sight.within]).toEqual([0, 0]);
  });

  it('sums what is left over the steps; of one that took more than was expected of it nothing is left', () => {
    const first = afterSlice(FIRST_SIGHT, 5_000, {
      deleted: 12_000,
      eligible: { step: 10_000, later: 4_800 },
    });
    expect(first.outlook?.etaSeconds).toBe(2);
    const second = { ...first.sight, goneBefore: 12_000 };
    const { outlook } = look(
      worked(second, 1_000),
      standing({ deleted: 14_400, eligible: { step: 4_800, later: 0 } }),
    );
    expect(outlook?.etaSeconds).toBe(1);
  });

  it('never says that less than nothing is left, whatever is gone', () => {
    const whole = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(whole, whole, whole, fc.integer({ min: 1, max: 100_000 }), (deleted, step, later, ms) => {
        const { outlook } = afterSlice(FIRST_SIGHT, ms, { deleted, eligible: { step, later } });
        return outlook === undefined || outlook.projectedSeconds >= 10;
      }),
    );
  });
});

describe('what is told', () => {
  const looks = (projected: readonly number[]): (string | undefined)[] => {
    let sight: Sight = { ...FIRST_SIGHT, rowsPerSecond: 1, sample: { atMs: 0, deleted: 0 } };
    return projected.map((seconds) => {
      // At one row a second, and all time passed in holds: what is left is what is projected beyond now.
      const eligible = { step: seconds - 10, later: 0 };
      sight = look(sight, standing({ deleted: 0, eligible, idle: true })).sight;
      const news = newsOf(sight);
      sight = { ...sight, told: news === undefined ? sight.told : news === 'beyond' };
      return news;
    });
  };

  it('takes two looks in a row beyond the budget, and is told once', () => {
    expect(looks([301, 301, 400, 500])).toEqual([undefined, 'beyond', undefined, undefined]);
    expect(looks([301, 299, 301, 299])).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('is taken back after two looks in a row within the budget, and may be told again', () => {
    expect(looks([301, 301, 299, 301, 299, 299, 301, 301])).toEqual([
      undefined,
      'beyond',
      undefined,
      undefined,
      undefined,
      'within',
      undefined,
      'beyond',
    ]);
  });

  it('SLA-112: is nothing where the budget is used up exactly', () => {
    expect(looks([300, 300, 300])).toEqual([undefined, undefined, undefined]);
  });
});

describe('the length of a slice', () => {
  const settings = { budgetSeconds: 300, sliceSeconds: 20 };

  it('is 5 s for the first two, so that there are two looks early on, and then as the settings say', () => {
    expect([1, 2, 3].map((slice) => sliceSecondsOf(slice, settings))).toEqual([5, 5, undefined]);
  });

  it('is a tenth of a small budget, but never under a second', () => {
    expect(sliceSecondsOf(1, { ...settings, budgetSeconds: 30 })).toBe(3);
    expect(sliceSecondsOf(1, { ...settings, budgetSeconds: 2 })).toBe(1);
  });

  it('is never longer than the settings say', () => {
    expect(sliceSecondsOf(1, { ...settings, sliceSeconds: 4 })).toBeUndefined();
    expect(sliceSecondsOf(1, { ...settings, sliceSeconds: 0.5 })).toBeUndefined();
  });
});
