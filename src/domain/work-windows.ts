// The hours in which a job may work, on the wall clock of a zone. Asked of an instant, never of "now": who asks has the
// database's clock.

/** From one time of day to another, both as minutes after midnight; `to` before `from` is on the following day. */
export interface WorkWindow {
  readonly fromMinutes: number;
  readonly toMinutes: number;
  /** IANA name, as in Europe/Berlin. */
  readonly zone: string;
  /** Days on which it begins, 0 is Sunday; every day where there are none. */
  readonly days?: readonly number[];
}

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const MINUTE_MS = 60_000;

interface LocalTime {
  readonly day: number;
  readonly minutes: number;
}

const clockOf = (zone: string): ((atMs: number) => LocalTime) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (atMs) => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
    const weekday = parts.get('weekday')?.toLowerCase();
    return {
      day: WEEKDAYS.findIndex((each) => each === weekday),
      minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
    };
  };
};

/** By what the clock on the wall shows: hours that a change of clocks skips never come, hours that it repeats count twice. */
const isOpenAt = ({ fromMinutes, toMinutes, days }: WorkWindow, { day, minutes }: LocalTime): boolean => {
  const begins = (on: number): boolean => days === undefined || days.includes(on);
  if (fromMinutes < toMinutes) return begins(day) && minutes >= fromMinutes && minutes < toMinutes;
  return (begins(day) && minutes >= fromMinutes) || (begins((day + 6) % 7) && minutes < toMinutes);
};

/** Seconds until one of the windows is open: 0 where one is, undefined where none is within `withinSeconds`. */
export const secondsUntilOpen = (
  windows: readonly WorkWindow[],
  atMs: number,
  withinSeconds: number,
): number | undefined => secondsUntil(windows, { atMs, withinSeconds, open: true });

/** Seconds until all of the windows are closed: 0 where they are, undefined where they are not within `withinSeconds`. */
export const secondsUntilClosed = (
  windows: readonly WorkWindow[],
  atMs: number,
  withinSeconds: number,
): number | undefined => secondsUntil(windows, { atMs, withinSeconds, open: false });

const secondsUntil = (
  windows: readonly WorkWindow[],
  {
    atMs,
    withinSeconds,
    open,
  }: { readonly atMs: number; readonly withinSeconds: number; readonly open: boolean },
): number | undefined => {
  const clocks = windows.map((window) => ({ window, clock: clockOf(window.zone) }));
  const isSo = (ms: number): boolean =>
    clocks.some(({ window, clock }) => isOpenAt(window, clock(ms))) === open;
  if (isSo(atMs)) return 0;
  // Every zone's minutes begin with UTC's, so walking them meets each change, whatever the clocks do meanwhile.
  const first = (Math.floor(atMs / MINUTE_MS) + 1) * MINUTE_MS;
  for (let ms = first; ms <= atMs + withinSeconds * 1000; ms += MINUTE_MS) {
    if (isSo(ms)) return (ms - atMs) / 1000;
  }
  return undefined;
};

const timeOfDay = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => `${part}`.padStart(2, '0')).join(':');

/** `22:00–06:00 Europe/Berlin (mon, fri)`. */
export const windowWords = ({ fromMinutes, toMinutes, zone, days }: WorkWindow): string => {
  const named = days?.map((day) => WEEKDAYS[day]).join(', ');
  return `${timeOfDay(fromMinutes)}–${timeOfDay(toMinutes)} ${zone}${named === undefined ? '' : ` (${named})`}`;
};
