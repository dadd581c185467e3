// What a kind of measure is: asked with its parameters, it answers with readings or throws. Whoever asks it sees to time.
import type { Reading } from '../../domain/monitors/measure.ts';
import type { MeasureSnapshot } from '../../domain/monitors/monitor.ts';

/** Figures that only ever grow, as they stood; what is measured is how much they grew since. */
export type Counters = Readonly<Record<string, number>>;

export interface Asked {
  readonly pack: string;
  readonly params: MeasureSnapshot['with'];
  /** Home's clock as the evaluation began, for what is measured where there is no database. */
  readonly asOf: string;
  readonly timeoutMs: number;
  /** Aborts when the time is over; whatever goes on then must end. */
  readonly signal: AbortSignal;
  /** As they stood at the tick before; undefined where there was none. */
  readonly before: Counters | undefined;
  /** The newest tick before this one that it was taken at, ISO-8601; undefined where there was none. */
  readonly lastTaken?: string | undefined;
  /** What several measures of one evaluation ask alike is asked once, by its key. Missing: everybody asks for themselves. */
  readonly once?: Once;
}

export type Once = <T>(key: string, ask: () => Promise<T>) => Promise<T>;

export interface Took {
  /** Clock of the database where it was taken. */
  readonly asOf: string;
  readonly readings: readonly Reading[];
  /** For the next tick. */
  readonly counters?: Counters;
}

export type MeasureKind = (asked: Asked) => Promise<Took>;

/** A failure whose kind is known; everything else is told by what threw it. */
export class MeasureError extends Error {
  override readonly name = 'MeasureError';
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** Parameters were checked when the measure was declared; they come back as they were written down then. */
export const paramsOf = ({ params }: Asked): unknown => params;

/** One series without labels. */
export const single = (value: number | null, facts?: Reading['facts']): readonly Reading[] => [
  { labels: {}, value, ...(facts && { facts }) },
];

/** How much each counter grew; undefined where it is new, or smaller than it was: then it was set back. */
export const growth = (before: Counters | undefined, now: Counters, name: string): number | undefined => {
  const [from, to] = [before?.[name], now[name]];
  return from === undefined || to === undefined || to < from ? undefined : to - from;
};
