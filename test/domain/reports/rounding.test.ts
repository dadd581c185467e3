// Numbers are rounded on output only, half up, as they are written.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundHalfUp } from '../../../src/domain/reports/rounding.ts';

describe('rounding', () => {
  it.each([
    [70.5068, 2, '70.51'],
    [100 * (1 - 3 / 18 / (26 / 46)), 2, '70.51'],
    [98.8023952, 2, '98.80'],
    [1.005, 2, '1.01'],
    [2.5, 0, '3'],
    [0.125, 2, '0.13'],
    [9.995, 2, '10.00'],
    [99.99, 1, '100.0'],
    [0.05, 0, '0'],
    [12, 2, '12.00'],
    [80.0139, 1, '80.0'],
    [1e-7, 2, '0.00'],
    [1.5e-7, 8, '0.00000015'],
    [1e21, 0, '1000000000000000000000'],
  ])('shows %d with %i decimals as %s (DRAFT-54, DRAFT-104)', (value, decimals, text) => {
    expect(roundHalfUp(value, decimals)).toBe(text);
  });

  it('takes the half away from zero, and never shows a minus before nothing', () => {
    expect([roundHalfUp(-2.5, 0), roundHalfUp(-1.005, 2), roundHalfUp(-0.004, 2)]).toEqual([
      '-3',
      '-1.01',
      '0.00',
    ]);
  });

  it('is never further from the number than half of its last place', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.integer({ min: 0, max: 6 }),
        (value, decimals) => {
          const text = roundHalfUp(value, decimals);
          expect(text).toMatch(decimals === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${decimals}}$`));
          expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(
            0.5 * 10 ** -decimals * (1 + 1e-6) + 1e-6,
          );
        },
      ),
    );
  });
});
