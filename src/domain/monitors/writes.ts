// What a tick leaves in a database of its pack: measures by name, in a statement of the pack's. Which of them are due at a
// tick, and what is handed in, is decided here.
import { namedIn, replaceNamed } from '../reports/named-parameters.ts';
import type { Taken } from './measure.ts';

/** As it travels. */
export interface TickWrite {
  readonly name: string;
  readonly database: string;
  /** `:tick` and `:<measure>` stand for the tick and the measure's one value. */
  readonly sql: string;
  /** Only at ticks that are whole multiples of it, counted from the epoch. Missing: at every tick. */
  readonly everySeconds?: number;
}

export const TICK = 'tick';

export const isDue = ({ everySeconds }: TickWrite, tick: string): boolean =>
  everySeconds === undefined || (Date.parse(tick) / 1000) % everySeconds === 0;

/** Null where there is no such value, where it could not be taken, or where there are several. */
const valueOf = (taken: readonly Taken[], measure: string): number | null => {
  const found = taken.find((each) => each.measure === measure);
  const readings = found && 'readings' in found ? found.readings : [];
  return readings.length === 1 ? (readings[0]?.value ?? null) : null;
};

/** The statement with `$1`, `$2` in place of names, and their values. */
export const filledIn = (
  { sql }: TickWrite,
  { tick, taken }: { readonly tick: string; readonly taken: readonly Taken[] },
): { readonly text: string; readonly values: readonly (string | number | null)[] } => {
  const names = namedIn(sql);
  const type = (name: string): string => (name === TICK ? 'timestamptz' : 'float8');
  const text = replaceNamed(sql, (name) => `$${names.indexOf(name) + 1}::${type(name)}`);
  return { text, values: names.map((name) => (name === TICK ? tick : valueOf(taken, name))) };
};
