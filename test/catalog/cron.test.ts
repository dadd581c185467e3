// The grammar of schedules: what all programs that read them agree on, and nothing else.
import { describe, expect, it } from 'vitest';
import { cronCalendar, cronFault, shortestGapSeconds } from '../../src/catalog/cron.ts';

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
    const all = cronCalendar('*/15 2 * jan-mar *');
    expect(all.minute).toEqual([0, 15, 30, 45]);
    expect(all.hour).toEqual([2]);
    expect(all.month).toEqual([1, 2, 3]);
    expect(all.dayOfMonth).toHaveLength(31);
    expect(all.dayOfWeek).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(cronCalendar('0 0 * * 6,7').dayOfWeek).toEqual([0, 6]);
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
