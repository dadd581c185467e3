// Times as people write them, and the instants that they are.
import { describe, expect, it } from 'vitest';
import { momentOf } from '../../src/catalog/moment.ts';

const NOW = Date.parse('2026-02-10T20:30:00Z');
const ask = (text: string, zone?: string, atMs = NOW): string => {
  const found = momentOf({ text, zone, atMs });
  return 'fault' in found ? found.fault : `${new Date(found.ms).toISOString().slice(0, 16)} ${found.words}`;
};

describe('a time that a person writes', () => {
  it.each([
    ['2h', undefined, '2026-02-10T22:30 Tue 2026-02-10 22:30 UTC'],
    ['2h', 'Europe/Berlin', '2026-02-10T22:30 Tue 2026-02-10 23:30 Europe/Berlin'],
    ['2026-02-11T09:00:00+01:00', undefined, '2026-02-11T08:00 Wed 2026-02-11 08:00 UTC'],
    ['tomorrow 09:00 Europe/Berlin', undefined, '2026-02-11T08:00 Wed 2026-02-11 09:00 Europe/Berlin'],
    ['Tomorrow 09:00', 'America/New_York', '2026-02-11T14:00 Wed 2026-02-11 09:00 America/New_York'],
    ['09:00', 'Europe/Berlin', '2026-02-11T08:00 Wed 2026-02-11 09:00 Europe/Berlin'],
    ['22:00', 'Europe/Berlin', '2026-02-10T21:00 Tue 2026-02-10 22:00 Europe/Berlin'],
    ['mon 09:00', 'Europe/Berlin', '2026-02-16T08:00 Mon 2026-02-16 09:00 Europe/Berlin'],
    ['tue 09:00 Europe/Berlin', undefined, '2026-02-17T08:00 Tue 2026-02-17 09:00 Europe/Berlin'],
    ['tue 22:00 Europe/Berlin', undefined, '2026-02-10T21:00 Tue 2026-02-10 22:00 Europe/Berlin'],
    ['2026-02-14 09:00', 'UTC', '2026-02-14T09:00 Sat 2026-02-14 09:00 UTC'],
    ['2026-02-14T09:00', 'Asia/Tokyo', '2026-02-14T00:00 Sat 2026-02-14 09:00 Asia/Tokyo'],
  ])('%s (%s) is %s', (text, zone, found) => {
    expect(ask(text, zone)).toBe(found);
  });

  it('is of the day that it is where the clock hangs, not where the server stands', () => {
    const late = Date.parse('2026-02-10T23:30:00Z');
    expect(ask('today 09:00 Europe/Berlin', undefined, late)).toMatch(/^2026-02-11T08:00/);
    expect(ask('tomorrow 09:00 America/New_York', undefined, late)).toMatch(/^2026-02-11T14:00/);
  });

  it('that the clock skips is the instant at which it jumps, and says so', () => {
    expect(ask('2026-03-29 02:30 Europe/Berlin')).toBe(
      '2026-03-29T01:00 Sun 2026-03-29 03:00 Europe/Berlin (in Europe/Berlin the clock goes from 2026-03-29 02:00 to 2026-03-29 03:00)',
    );
  });

  it('that the clock shows twice is the first of the two, and says so', () => {
    expect(ask('2026-10-25 02:30 Europe/Berlin')).toBe(
      '2026-10-25T00:30 Sun 2026-10-25 02:30 Europe/Berlin (the first of two)',
    );
  });

  it('is tomorrow’s 09:00 over a change of clocks too, 23 or 25 hours away', () => {
    const spring = Date.parse('2026-03-28T08:00:00Z');
    expect(ask('tomorrow 09:00 Europe/Berlin', undefined, spring)).toMatch(/^2026-03-29T07:00/);
    const autumn = Date.parse('2026-10-24T07:00:00Z');
    expect(ask('tomorrow 09:00 Europe/Berlin', undefined, autumn)).toMatch(/^2026-10-25T08:00/);
  });

  it.each([
    ['soon', undefined, /^must be an instant/],
    ['', undefined, /^must be an instant/],
    ['tomorrow 25:00 UTC', undefined, /^must be an instant/],
    ['tomorrow 09:00', undefined, /^must name a zone, such as 'tomorrow 09:00 Europe\/Berlin'/],
    ['tomorrow 09:00 Europe/Atlantis', undefined, /^must be an instant/],
    ['tomorrow 09:00', 'Europe/Atlantis', /^must name a known zone/],
    ['2026-02-30 09:00 UTC', undefined, /^must be a day that there is/],
  ])('%s (%s) is none', (text, zone, rule) => {
    expect(ask(text, zone)).toMatch(rule);
  });
});
