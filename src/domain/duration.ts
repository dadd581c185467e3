// The only place that reads and writes durations: `90s`, `15m`, `1h30m`, `7d`. Whole, positive numbers with
// a unit each, largest unit first; anything else is refused rather than guessed.

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

const PATTERN = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** Seconds in a text such as `1h30m`, or undefined when it is none, or more than can be counted exactly. */
export const parseDuration = (text: string): number | undefined => {
  const match = PATTERN.exec(text);
  if (!match || text === '') return undefined;
  const sum = UNITS.reduce((seconds, [, size], place) => seconds + Number(match[place + 1] ?? 0) * size, 0);
  return Number.isSafeInteger(sum) ? sum : undefined;
};

/** `5400` → `1h30m`; fractions of a second are kept to one decimal below a minute. */
export const formatDuration = (seconds: number): string => {
  const tenths = Math.round(seconds * 10) / 10;
  if (tenths < 60) return `${tenths}s`;
  let rest = Math.round(seconds);
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
};
