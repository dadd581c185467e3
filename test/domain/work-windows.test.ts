// Hours in which a job may work, on the clock of a zone: over midnight, over changes of clocks, on some days only.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secondsUntilOpen, type WorkWindow, windowWords } from '../../src/domain/work-windows.ts';

const at = (iso: string): number => Date.parse(iso);
const minutes = (text: string): number => {
  const [hours = 0, rest = 0] = text.split(':').map(Number);
  return hours * 60 + rest;
};
const windowOf = (from: string, to: string, zone = 'UTC', days?: readonly number[]): WorkWindow => ({
  fromMinutes: minutes(from),
  toMinutes: minutes(to),
  zone,
  ...(days && { days }),
});
const isOpen = (window: WorkWindow, iso: string): boolean => secondsUntilOpen([window], at(iso), 0) === 0;

describe('a window within a day', () => {
  it.each([
    ['2026-02-10T08:59:59.999Z', false],
    ['2026-02-10T09:00:00Z', true],
    ['2026-02-10T16:59:59.999Z', true],
    ['2026-02-10T17:00:00Z', false],
  ])('of 09:00–17:00 is, at %s, open: %s', (instant, open) => {
    expect(isOpen(windowOf('09:00', '17:00'), instant)).toBe(open);
  });
});

describe('a window over midnight', () => {
  const night = windowOf('22:00', '06:00');
  it.each([
    ['2026-02-10T21:59:59Z', false],
    ['2026-02-10T22:00:00Z', true],
    ['2026-02-11T00:00:00Z', true],
    ['2026-02-11T05:59:59Z', true],
    ['2026-02-11T06:00:00Z', false],
  ])('of 22:00–06:00 is, at %s, open: %s', (instant, open) => {
    expect(isOpen(night, instant)).toBe(open);
  });

  it('belongs to the day on which it begins: Friday’s lasts into Saturday, and Thursday’s is none', () => {
    // 2026-02-13 is a Friday.
    const friday = windowOf('22:00', '06:00', 'UTC', [5]);
    expect(
      ['2026-02-13T05:00Z', '2026-02-13T23:00Z', '2026-02-14T05:00Z', '2026-02-14T23:00Z'].map((each) =>
        isOpen(friday, each),
      ),
    ).toEqual([false, true, true, false]);
  });

  it('of Saturday lasts into Sunday, the first day of the week', () => {
    expect(isOpen(windowOf('22:00', '06:00', 'UTC', [6]), '2026-02-15T05:00Z')).toBe(true);
  });
});

describe('a window in a zone', () => {
  it('goes by the clock there, and so by its changes in spring and autumn', () => {
    const night = windowOf('22:00', '06:00', 'Europe/Berlin');
    expect(isOpen(night, '2026-02-10T21:00:00Z')).toBe(true);
    expect(isOpen(night, '2026-02-10T20:59:00Z')).toBe(false);
    expect(isOpen(night, '2026-07-10T20:00:00Z')).toBe(true);
    expect(isOpen(night, '2026-07-10T04:00:00Z')).toBe(false);
  });

  it('that begins in the hour that spring skips begins when the clock has jumped', () => {
    // 2026-03-29 in Berlin: 01:59:59 is followed by 03:00:00, at 01:00 UTC.
    const early = windowOf('02:30', '04:00', 'Europe/Berlin');
    expect(isOpen(early, '2026-03-29T00:59:59Z')).toBe(false);
    expect(isOpen(early, '2026-03-29T01:00:00Z')).toBe(true);
    expect(secondsUntilOpen([early], at('2026-03-29T00:55:30Z'), 900)).toBe(270);
  });

  it('is open both times that autumn shows the same hour', () => {
    // 2026-10-25 in Berlin: 02:59:59 is followed by 02:00:00, at 01:00 UTC.
    const hour = windowOf('02:00', '02:30', 'Europe/Berlin');
    const instants = ['00:10', '00:40', '01:10', '01:40'].map((time) => `2026-10-25T${time}:00Z`);
    expect(instants.map((instant) => isOpen(hour, instant))).toEqual([true, false, true, false]);
  });

  it('with an offset of a quarter of an hour opens on its own minute', () => {
    // Kathmandu is 5 h 45 min ahead.
    const window = windowOf('09:00', '10:00', 'Asia/Kathmandu');
    expect(secondsUntilOpen([window], at('2026-02-10T03:10:30Z'), 900)).toBe(270);
  });
});

describe('the time until a window opens', () => {
  const windows = [windowOf('09:00', '10:00'), windowOf('09:05', '10:00', 'Europe/London')];

  it('is that of the first to open, to the second; undefined where none does in time; 0 within one', () => {
    expect(secondsUntilOpen(windows, at('2026-02-10T08:50:20Z'), 900)).toBe(580);
    expect(secondsUntilOpen(windows, at('2026-02-10T08:40:00Z'), 900)).toBeUndefined();
    expect(secondsUntilOpen(windows, at('2026-02-10T09:00:00Z'), 900)).toBe(0);
    expect(secondsUntilOpen(windows, at('2026-02-10T10:00:00Z'), 900)).toBeUndefined();
  });

  it('once it has passed finds the window open, and a second before it does not', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
    const minute = fc.integer({ min: 0, max: 1439 });
    fc.assert(
      fc.property(
        minute,
        minute,
        fc.constantFrom(...zones),
        fc.option(fc.uniqueArray(fc.nat(6), { minLength: 1 }), { nil: undefined }),
        fc.integer({ min: at('2026-01-01'), max: at('2027-01-01') }),
        (fromMinutes, toMinutes, zone, days, ms) => {
          fc.pre(fromMinutes !== toMinutes);
          const window = [{ fromMinutes, toMinutes, zone, ...(days && { days }) }];
          const seconds = secondsUntilOpen(window, ms, 900);
          if (seconds === undefined || seconds === 0) return;
          expect(secondsUntilOpen(window, ms + seconds * 1000, 0)).toBe(0);
          expect(secondsUntilOpen(window, ms + seconds * 1000 - 1000, 0)).not.toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a window in words', () => {
  it('names hours, zone and days', () => {
    expect(windowWords(windowOf('22:00', '06:05', 'Europe/Berlin', [1, 5]))).toBe(
      '22:00–06:05 Europe/Berlin (mon, fri)',
    );
    expect(windowWords(windowOf('00:00', '06:00'))).toBe('00:00–06:00 UTC');
  });
});
