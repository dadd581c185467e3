// Processor time that single processes have used, so that a figure can be told with what it cost. Linux only: NaN elsewhere.
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second of every Linux that Node runs on. */
const TICKS = 100;

interface Stat {
  readonly parent: number;
  readonly seconds: number;
  /** Of children that have ended and were waited for. */
  readonly endedSeconds: number;
}

const statOf = (pid: number): Stat | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may hold blanks; what follows does not.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const at = (place: number): number => Number(fields[place]);
    return {
      parent: at(1),
      seconds: (at(11) + at(12)) / TICKS,
      endedSeconds: (at(13) + at(14)) / TICKS,
    };
  } catch {
    return undefined;
  }
};

/** Seconds that a process and its direct children have used so far; NaN where it is gone. */
export const cpuSeconds = (pid: number): number => {
  const own = statOf(pid);
  if (!own) return Number.NaN;
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
    .filter(({ parent }) => parent === pid);
  return children.reduce((sum, { seconds }) => sum + seconds, own.seconds + own.endedSeconds);
};
