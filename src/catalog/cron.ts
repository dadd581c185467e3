// The grammar of schedules: five fields in UTC, and only what Temporal, cron-parser and people read alike; or `every 25m`,
// which counts from each midnight, as five fields cannot say where it divides no hour.
// `#` starts a comment in Temporal, L and W are refused there, and both day fields together mean "and" in
// one program and "or" in the next, so none of them gets in.
import { CronExpressionParser } from 'cron-parser';
import type { Calendar } from '../domain/calendar.ts';
import { formatDuration, parseDuration } from '../domain/duration.ts';

const FIELD = /^[\d*,/a-z-]+$/i;
const FORBIDDEN = /[#?@LWH]|CRON_TZ|TZ=/;
/** Names of months and days hold an H, L or W now and then (`thu`, `jul`, `wed`), so they go first. */
const NAMES = /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)\b/gi;

const numbers = (values: readonly (number | string)[]): readonly number[] =>
  [...new Set(values.map(Number))].toSorted((a, b) => a - b);

const parse = (text: string): Calendar => {
  const { fields } = CronExpressionParser.parse(text, { tz: 'UTC' });
  return {
    minute: numbers(fields.minute.values),
    hour: numbers(fields.hour.values),
    dayOfMonth: numbers(fields.dayOfMonth.values),
    month: numbers(fields.month.values),
    dayOfWeek: numbers(fields.dayOfWeek.values.map((day) => Number(day) % 7)),
  };
};

const EVERY = /^every (\S+)$/;
const DAY_MINUTES = 1_440;

/** Minutes between two ticks of `every 25m`; NaN where that is none, undefined of five fields. */
export const everyMinutes = (text: string): number | undefined => {
  const [, duration] = EVERY.exec(text) ?? [];
  if (duration === undefined) return undefined;
  const minutes = (parseDuration(duration) ?? Number.NaN) / 60;
  return Number.isInteger(minutes) && minutes >= 1 && minutes <= DAY_MINUTES ? minutes : Number.NaN;
};

/** Minutes of a day at which `every` so many ticks. */
const minutesOfDay = (every: number): readonly number[] =>
  Array.from({ length: Math.ceil(DAY_MINUTES / every) }, (_, place) => place * every);

/** The schedule that ticks every so many minutes from midnight on: five fields where those can say it. */
export const scheduleEvery = (minutes: number): string => {
  if (minutes === 1) return '* * * * *';
  if (minutes < 60 && 60 % minutes === 0) return `*/${minutes} * * * *`;
  if (minutes === 60) return '0 * * * *';
  if (minutes === DAY_MINUTES) return '0 0 * * *';
  if (minutes % 60 === 0 && 24 % (minutes / 60) === 0) return `0 */${minutes / 60} * * *`;
  return `every ${formatDuration(minutes * 60)}`;
};

/** The rule that `text` breaks, or undefined where it is a schedule. */
export const cronFault = (text: string): string | undefined => {
  const every = everyMinutes(text);
  if (every !== undefined)
    return Number.isNaN(every)
      ? 'must be every so many whole minutes, 1m to 24h, such as every 25m'
      : undefined;
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

/** Ticks of the day, hours with the same minutes together. */
const everyCalendars = (every: number): readonly Calendar[] => {
  const anyDay = parse('0 0 * * *');
  const hours = new Map<string, { readonly minute: readonly number[]; readonly hour: number[] }>();
  for (let hour = 0; hour < 24; hour += 1) {
    const minute = minutesOfDay(every)
      .filter((at) => Math.floor(at / 60) === hour)
      .map((at) => at % 60);
    const known = hours.get(minute.join()) ?? { minute, hour: [] };
    known.hour.push(hour);
    if (minute.length > 0) hours.set(minute.join(), known);
  }
  return [...hours.values()].map((each) => ({ ...anyDay, ...each }));
};

/** Field by field what a valid schedule means; several where one cannot say it. */
export const cronCalendars = (text: string): readonly Calendar[] => {
  const fault = cronFault(text);
  if (fault !== undefined) throw new RangeError(`schedule ${JSON.stringify(text)} ${fault}`);
  const every = everyMinutes(text);
  return every === undefined ? [parse(text)] : everyCalendars(every);
};

/** Any instant will do, as long as it is always the same one. */
const FROM = new Date('2026-01-01T00:00:00Z');
/** Enough ticks to meet the shortest gap of any schedule that people write. */
const TICKS = 64;

const gapsSeconds = (text: string): readonly number[] => {
  const every = everyMinutes(text);
  if (every !== undefined) {
    const ticks = [...minutesOfDay(every), DAY_MINUTES];
    return ticks.slice(1).map((at, place) => (at - (ticks[place] ?? at)) * 60);
  }
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

const DAY_MS = DAY_MINUTES * 60_000;

const everyUntil = (
  every: number,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly number[] => {
  const day = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;
  // The newest day has a tick at its very beginning, so the newest tick is always among these.
  const first = Math.max(day(Math.min(fromMs, toMs)), day(toMs) - MOST_TICKS * 60_000);
  const days = Array.from({ length: (day(toMs) - first) / DAY_MS + 1 }, (_, place) => first + place * DAY_MS);
  const ticks = days.flatMap((at) => minutesOfDay(every).map((minute) => at + minute * 60_000));
  const come = ticks.filter((at) => at <= toMs);
  return come.filter((at, place) => at >= fromMs || place === come.length - 1);
};

/** Ticks from `fromMs` on until `toMs`, ascending, and always the newest one before `toMs`. */
export const ticksUntil = (
  text: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly number[] => {
  const every = everyMinutes(text);
  if (every !== undefined) return everyUntil(every, { fromMs, toMs });
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
