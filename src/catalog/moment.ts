// A time that a person writes, such as `tomorrow 09:00 Europe/Berlin`, and the instant that it is.
import { DateTime } from 'luxon';
import { parseDuration } from '../domain/duration.ts';
import { WEEKDAYS } from '../domain/work-windows.ts';
import { instantOf, instantWords, isZone, parseWall, skippedWords, wallMs, wallText } from './wall-clock.ts';

export interface Moment {
  readonly ms: number;
  /** The instant on the clock of the zone, and what became of a time that the clock shows twice or never. */
  readonly words: string;
}

export interface MomentInput {
  /** An instant (ISO-8601), a duration (`2h`), or a wall-clock time: `tomorrow 09:00`, `mon 09:00`, `2026-02-11 09:00`. */
  readonly text: string;
  /** Of a wall-clock time that does not name its own. */
  readonly zone?: string | undefined;
  readonly atMs: number;
}

const MOMENT_RULE =
  "must be an instant (2026-02-11T09:00:00Z), a duration (2h), or a time in a zone ('tomorrow 09:00 Europe/Berlin')";

const DAY_MS = 86_400_000;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;
const CLOCK =
  /^(?:(today|tomorrow|sun|mon|tue|wed|thu|fri|sat|\d{4}-\d{2}-\d{2})[T ]+)?([01]\d|2[0-3]):([0-5]\d)$/;

/** The instant, or in words why there is none. */
export const momentOf = ({ text, zone, atMs }: MomentInput): Moment | { readonly fault: string } => {
  const trimmed = text.trim();
  const seconds = parseDuration(trimmed);
  if (seconds !== undefined) return exactly(atMs + seconds * 1000, zone);
  if (INSTANT.test(trimmed)) {
    const ms = Date.parse(trimmed);
    return Number.isNaN(ms) ? { fault: MOMENT_RULE } : exactly(ms, zone);
  }
  const words = trimmed.split(/\s+/);
  const last = words.at(-1) ?? '';
  const named = /[A-Za-z]/.test(last) && isZone(last) && !isDayName(last) ? last : undefined;
  const where = named ?? zone;
  const clock = CLOCK.exec(
    (named === undefined ? words : words.slice(0, -1))
      .join(' ')
      .toLowerCase()
      .replace(/t(?=\d{2}:)/, ' '),
  );
  if (!clock) return { fault: MOMENT_RULE };
  if (where === undefined) return { fault: `must name a zone, such as '${trimmed} Europe/Berlin'` };
  if (!isZone(where)) return { fault: `must name a known zone, not ${where}` };
  const [, day, hours, minutes] = clock;
  return onTheWall({ zone: where, day, minutes: Number(hours) * 60 + Number(minutes), atMs });
};

const isDayName = (text: string): boolean => (WEEKDAYS as readonly string[]).includes(text.toLowerCase());

const exactly = (ms: number, zone = 'UTC'): Moment => ({
  ms,
  words: instantWords(isZone(zone) ? zone : 'UTC', ms),
});

interface Wanted {
  readonly zone: string;
  readonly day: string | undefined;
  readonly minutes: number;
  readonly atMs: number;
}

/** Without a day the next such time, with a weekday the next one that is still to come. */
const onTheWall = ({ zone, day, minutes, atMs }: Wanted): Moment | { readonly fault: string } => {
  const today = Math.floor(wallMs(zone, atMs) / DAY_MS) * DAY_MS;
  const on = (midnight: number): Moment => {
    const wall = midnight + minutes * 60_000;
    const { ms, shown } = instantOf(zone, wall);
    const said = instantWords(zone, ms);
    if (shown === 'never') return { ms, words: `${said} (${skippedWords(zone, ms)})` };
    return { ms, words: shown === 'twice' ? `${said} (the first of two)` : said };
  };
  if (day === 'today') return on(today);
  if (day === 'tomorrow') return on(today + DAY_MS);
  if (day !== undefined && !isDayName(day)) {
    const date = parseWall(day);
    return date === undefined ? { fault: `must be a day that there is, not ${day}` } : on(date);
  }
  const away = Array.from({ length: 9 }, (_, n) => today + n * DAY_MS);
  const fits = (midnight: number): boolean =>
    day === undefined || WEEKDAYS[DateTime.fromMillis(midnight, { zone: 'UTC' }).weekday % 7] === day;
  const found = away
    .filter(fits)
    .map(on)
    .find(({ ms }) => ms > atMs);
  return found ?? { fault: `never comes: ${wallText(today)}` };
};
