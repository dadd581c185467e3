// What a clock on the wall shows, and which instant that is, where clocks are changed. The only place that knows
// about skipped and repeated hours.
import { DateTime, IANAZone } from 'luxon';

const HOUR_MS = 3_600_000;

/** The instant of a wall-clock time, and whether the clock shows it once, never or twice that day. */
export interface WallInstant {
  readonly ms: number;
  readonly shown: 'once' | 'never' | 'twice';
}

export const isZone = (text: string): boolean => IANAZone.isValidZone(text);

/** Difference of the zone's clock to UTC at an instant. */
const offsetMs = (zone: string, ms: number): number => IANAZone.create(zone).offset(ms) * 60_000;

/** What the clock shows at an instant, as if that were UTC. */
export const wallMs = (zone: string, ms: number): number => ms + offsetMs(zone, ms);

/** `2026-02-10T09:00`, of what the clock shows. */
export const wallText = (wall: number): string => new Date(wall).toISOString().slice(0, 16);

/**
 * The first instant at which the clock shows this time, given as if it were UTC; where it skips it, the instant at which
 * it jumps.
 */
export const instantOf = (zone: string, wall: number): WallInstant => {
  const [before, after] = [offsetMs(zone, wall - 36 * HOUR_MS), offsetMs(zone, wall + 36 * HOUR_MS)];
  const candidates = [...new Set([wall - before, wall - after])]
    .filter((ms) => wallMs(zone, ms) === wall)
    .toSorted((a, b) => a - b);
  const [first] = candidates;
  if (first !== undefined) return { ms: first, shown: candidates.length > 1 ? 'twice' : 'once' };
  // Skipped: the clock shows less than that until it jumps, and more from then on.
  let [low, high] = [wall - 48 * HOUR_MS, wall + 48 * HOUR_MS];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (wallMs(zone, middle) < wall) low = middle;
    else high = middle;
  }
  return { ms: high, shown: 'never' };
};

const LOCAL = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}))?$/;

/** `2026-02-10T09:00` or `2026-02-10 09:00` as if it were UTC; a date alone is its midnight. Undefined where it is none. */
export const parseWall = (text: string): number | undefined => {
  const [, date, time = '00:00'] = LOCAL.exec(text) ?? [];
  if (date === undefined) return undefined;
  const ms = Date.parse(`${date}T${time}:00Z`);
  // why: Date.parse takes February 30th for March 2nd.
  return Number.isNaN(ms) || wallText(ms) !== `${date}T${time}` ? undefined : ms;
};

/** `Wed 2026-02-11 09:00 Europe/Berlin`. */
export const instantWords = (zone: string, ms: number): string =>
  `${DateTime.fromMillis(ms, { zone, locale: 'en' }).toFormat('ccc yyyy-MM-dd HH:mm')} ${zone}`;

/** Why the clock never shows a time: `the clock goes from 02:00 to 03:00 there`. */
export const skippedWords = (zone: string, ms: number): string => {
  const [from, to] = [wallText(wallMs(zone, ms - 1) + 1), wallText(wallMs(zone, ms))];
  return `in ${zone} the clock goes from ${from.replace('T', ' ')} to ${to.replace('T', ' ')}`;
};
