// Durations are read and written in one place, and what is written reads back as what it was.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/domain/duration.ts';

describe('a duration', () => {
  it('of whole seconds reads back as what was written, whatever its length', () => {
    fc.assert(
      fc.property(fc.nat(10 * 366 * 86_400), (seconds) => {
        expect(parseDuration(formatDuration(seconds))).toBe(seconds);
      }),
    );
  });

  it('is read from any text of units in falling order, and is their sum', () => {
    const part = fc.option(fc.nat(10_000), { nil: undefined });
    fc.assert(
      fc.property(part, part, part, part, (d, h, m, s) => {
        const text = [d, h, m, s].map((n, place) => (n === undefined ? '' : `${n}${'dhms'[place]}`)).join('');
        const sum = (d ?? 0) * 86_400 + (h ?? 0) * 3_600 + (m ?? 0) * 60 + (s ?? 0);
        expect(parseDuration(text)).toBe(text === '' ? undefined : sum);
      }),
    );
  });

  it.each([
    ['1h30m', 5_400],
    ['90s', 90],
    ['7d', 604_800],
    ['0s', 0],
    ['1d1h1m1s', 90_061],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', '5', 'm', '5 m', '1.5h', '-5m', '5M', '30m1h', '1h1h', '5m ', '１m', `${'9'.repeat(400)}s`])(
    '%j is refused rather than guessed',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it.each([
    [0, '0s'],
    [0.04, '0s'],
    [3.14159, '3.1s'],
    [59.94, '59.9s'],
    [59.96, '1m'],
    [60, '1m'],
    [3_599.6, '1h'],
    [86_399.9, '1d'],
  ])('%d seconds are shown as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});
