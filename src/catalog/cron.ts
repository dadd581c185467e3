// The grammar of schedules: five fields in UTC, and only what Temporal, cron-parser and people read alike.
// `#` starts a comment in Temporal, L and W are refused there, and both day fields together mean "and" in
// one program and "or" in the next, so none of them gets in.
import { CronExpressionParser } from 'cron-parser';

/** Every value that each field allows, ascending; days of the week from 0 (Sunday) to 6. */
export interface CronCalendar {
  readonly minute: readonly number[];
  readonly hour: readonly number[];
  readonly dayOfMonth: readonly number[];
  readonly month: readonly number[];
  readonly dayOfWeek: readonly number[];
}

const FIELD = /^[\d*,/a-z-]+$/i;
const FORBIDDEN = /[#?@LWH]|CRON_TZ|TZ=/;
/** Names of months and days hold an H, L or W now and then (`thu`, `jul`, `wed`), so they go first. */
const NAMES = /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)\b/gi;

const numbers = (values: readonly (number | string)[]): readonly number[] =>
  [...new Set(values.map(Number))].toSorted((a, b) => a - b);

const parse = (text: string): CronCalendar => {
  const { fields } = CronExpressionParser.parse(text, { tz: 'UTC' });
  return {
    minute: numbers(fields.minute.values),
    hour: numbers(fields.hour.values),
    dayOfMonth: numbers(fields.dayOfMonth.values),
    month: numbers(fields.month.values),
    dayOfWeek: numbers(fields.dayOfWeek.values.map((day) => Number(day) % 7)),
  };
};

/** The rule that `text` breaks, or undefined where it is a schedule. */
export const cronFault = (text: string): string | undefined => {
  if (FORBIDDEN.test(text.replace(NAMES, '0').toUpperCase()))
    return 'must be cron without # L W H ? @ or a time zone';
  const fields = text.split(' ');
  if (fields.length !== 5 || !fields.every((field) => FIELD.test(field))) {
    return 'must be five cron fields: minute hour day-of-month month day-of-week';
  }
  if (fields[2] !== '*' && fields[4] !== '*') return 'must not limit both day of month and day of week';
  try {
    parse(text);
    return undefined;
  } catch (error) {
    return `must be valid cron (${error instanceof Error ? error.message : String(error)})`;
  }
};

/** Field by field what a valid schedule means. */
export const cronCalendar = (text: string): CronCalendar => {
  const fault = cronFault(text);
  if (fault !== undefined) throw new RangeError(`schedule ${JSON.stringify(text)} ${fault}`);
  return parse(text);
};

/** Any instant will do, as long as it is always the same one. */
const FROM = new Date('2026-01-01T00:00:00Z');
/** Enough ticks to meet the shortest gap of any schedule that people write. */
const TICKS = 64;

const gapsSeconds = (text: string): readonly number[] => {
  const ticks = CronExpressionParser.parse(text, { currentDate: FROM, tz: 'UTC' });
  const instants = Array.from({ length: TICKS }, () => ticks.next().getTime());
  return instants.slice(1).map((at, place) => (at - (instants[place] ?? at)) / 1000);
};

/** Shortest time between two ticks, in seconds; of an expression that was found sound. */
export const shortestGapSeconds = (text: string): number => Math.min(...gapsSeconds(text));

/** Longest time between two ticks, in seconds, as far as 64 of them show it. */
export const longestGapSeconds = (text: string): number => Math.max(...gapsSeconds(text));

/** More is never asked for: a week of a schedule that runs every minute. */
const MOST_TICKS = 10_080;

/** Ticks from `fromMs` on until `toMs`, ascending, and always the newest one before `toMs`. */
export const ticksUntil = (
  text: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly number[] => {
  // A tick at the very instant has come.
  const ticks = CronExpressionParser.parse(text, { currentDate: new Date(toMs + 1), tz: 'UTC' });
  const found: number[] = [];
  while (found.length < MOST_TICKS) {
    const at = ticks.prev().getTime();
    if (at < fromMs && found.length > 0) break;
    found.push(at);
  }
  return found.toReversed();
};
