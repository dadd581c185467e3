// The grammar of schedules: what all programs that read them agree on, and nothing else.
import { describe, expect, it } from 'vitest';
import {
  cronCalendars,
  cronFault,
  longestGapSeconds,
  scheduleEvery,
  shortestGapSeconds,
  ticksUntil,
} from '../../src/catalog/cron.ts';

const FORBIDDEN = 'must be cron without # L W H ? @ or a time zone';
const FIVE = 'must be five cron fields: minute hour day-of-month month day-of-week';
const BOTH_DAYS = 'must not limit both day of month and day of week';

describe('cron grammar', () => {
  it.each([
    '10 * * * *',
    '*/15 * * * *',
    '0 2 * * 1-5',
    '0 0 1 jan *',
    '0 0 * * thu',
    '0 0 * * wed,thu',
    '0 0 * jul-aug *',
    '1,2,3-5/2 0-6 * * 7',
  ])('%s is a schedule', (text) => {
    expect(cronFault(text)).toBeUndefined();
  });

  it.each([
    ['0 0 * * 5#3', FORBIDDEN],
    ['0 0 L * *', FORBIDDEN],
    ['0 0 15W * *', FORBIDDEN],
    ['H * * * *', FORBIDDEN],
    ['h * * * *', FORBIDDEN],
    ['0 0 ? * 1', FORBIDDEN],
    ['@hourly', FORBIDDEN],
    ['@every 1h', FORBIDDEN],
    ['CRON_TZ=Europe/Berlin 0 0 * * *', FORBIDDEN],
    ['', FIVE],
    ['* * * *', FIVE],
    ['0 0 0 * * *', FIVE],
    ['0 0  * * *', FIVE],
    [' 0 0 * * *', FIVE],
    ['0 0 * * * 2027', FIVE],
    ['0 0 13 * 5', BOTH_DAYS],
    ['0 0 */2 * 1', BOTH_DAYS],
  ])('%s is refused: %s', (text, rule) => {
    expect(cronFault(text)).toBe(rule);
  });

  it.each([
    '60 * * * *',
    '* 24 * * *',
    '0 0 0 * *',
    '0 0 * 13 *',
    '0 0 * * 8',
    '0 0 31 2 *',
    '*/0 * * * *',
    '0 0 * * 5-1',
  ])('%s is out of range', (text) => {
    expect(cronFault(text)).toMatch(/^must be valid cron \(/);
  });

  it('a schedule is read into the values that each field allows, Sunday being 0 only', () => {
    const [all] = cronCalendars('*/15 2 * jan-mar *');
    expect(all?.minute).toEqual([0, 15, 30, 45]);
    expect(all?.hour).toEqual([2]);
    expect(all?.month).toEqual([1, 2, 3]);
    expect(all?.dayOfMonth).toHaveLength(31);
    expect(all?.dayOfWeek).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(cronCalendars('0 0 * * 6,7')[0]?.dayOfWeek).toEqual([0, 6]);
  });
});

describe('the shortest gap of a schedule', () => {
  it.each([
    ['10 * * * *', 3600],
    ['*/15 * * * *', 900],
    ['0,5 * * * *', 300],
    ['0 2 * * *', 86_400],
    ['0 2 * * 1,2', 86_400],
    ['0 0 29 2 *', 1461 * 86_400],
  ])('%s is %i s', (cron, seconds) => {
    expect(shortestGapSeconds(cron)).toBe(seconds);
  });
});

describe('a schedule by minutes', () => {
  it.each([
    [1, '* * * * *'],
    [15, '*/15 * * * *'],
    [30, '*/30 * * * *'],
    [60, '0 * * * *'],
    [240, '0 */4 * * *'],
    [1440, '0 0 * * *'],
    [25, 'every 25m'],
    [90, 'every 1h30m'],
  ])('of %i is %s (SLA-84)', (minutes, schedule) => {
    expect(scheduleEvery(minutes)).toBe(schedule);
    expect(cronFault(schedule)).toBeUndefined();
  });

  it('whose minutes divide no hour runs from midnight on, every day anew (SLA-84)', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => hour);
    const ticks = cronCalendars('every 25m')
      .flatMap(({ hour, minute }) => hour.flatMap((h) => minute.map((m) => h * 60 + m)))
      .toSorted((a, b) => a - b);
    expect(ticks).toEqual(Array.from({ length: 58 }, (_, place) => place * 25));
    for (const { dayOfMonth, month, dayOfWeek } of cronCalendars('every 25m'))
      expect([dayOfMonth.length, month.length, dayOfWeek.length]).toEqual([31, 12, 7]);
    expect(
      cronCalendars('every 90m')
        .flatMap(({ hour }) => hour)
        .toSorted((a, b) => a - b),
    ).toEqual(hours.filter((hour) => hour % 3 !== 2));
  });

  it('says its gaps, the last of a day as well, and its ticks', () => {
    expect([shortestGapSeconds('every 25m'), longestGapSeconds('every 25m')]).toEqual([15 * 60, 25 * 60]);
    const day = Date.parse('2026-02-10T00:00:00Z');
    const minutes = (from: number, to: number) =>
      ticksUntil('every 25m', { fromMs: day + from * 60_000, toMs: day + to * 60_000 }).map(
        (at) => (at - day) / 60_000,
      );
    expect(minutes(-39, 50)).toEqual([-15, 0, 25, 50]);
    expect(minutes(26, 49)).toEqual([25]);
    expect(minutes(-1500, -1440)).toEqual([-1480, -1455, -1440]);
  });

  it.each(['every 90s', 'every 0m', 'every 25h', 'every day', 'every'])('%s is none', (text) => {
    expect(cronFault(text)).toMatch(/^must be (every so many whole minutes|five cron fields|cron)/);
  });
});
