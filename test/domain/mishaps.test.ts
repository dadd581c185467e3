// What befell a run, counted and in words.
import { describe, expect, it } from 'vitest';
import { mishapWords, NO_MISHAPS, withSlice } from '../../src/domain/jobs/mishaps.ts';

describe('the mishaps of a run', () => {
  it('are those of all its slices: attempts after the first, locks taken anew, failures by their code', () => {
    const slices = [
      {},
      { attempt: 3 },
      { attempt: 2, raised: 1 },
      { failed: '57P01' },
      { attempt: 2, failed: 'CONNECTION' },
      { failed: '57P01' },
    ];
    const mishaps = slices.reduce(withSlice, NO_MISHAPS);
    expect(mishaps).toEqual({ takenOver: 4, raised: 1, failed: { '57P01': 2, CONNECTION: 1 } });
  });

  it('are told in one line, each kind only where there was one', () => {
    expect(mishapWords(NO_MISHAPS)).toBe('');
    expect(mishapWords({ takenOver: 1, raised: 0, failed: {} })).toBe(
      'taken over from a dead or silent worker once',
    );
    expect(mishapWords({ takenOver: 0, raised: 2, failed: { '57P01': 1, CONNECTION: 3 } })).toBe(
      'lock taken anew 2 times; slice failed with 57P01 once; slice failed with CONNECTION 3 times',
    );
  });
});
