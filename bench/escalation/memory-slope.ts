// How a worker's memory grows with open escalations, while its workflow cache fills and once it is full.
import type { Memory, MemoryStep } from './parts/memory.ts';

export interface MemorySlope {
  /** The most workflows that the cache held. */
  readonly cache: number;
  /** MiB per 1,000 open escalations until the cache was full. */
  readonly withinMiB: number;
  /** The same once it was. */
  readonly beyondMiB: number;
}

/** Least squares, MiB per 1,000. */
const slopeOf = (steps: readonly MemoryStep[]): number => {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const x = steps.map(({ open }) => open / 1000);
  const y = steps.map(({ bytes }) => bytes / 2 ** 20);
  const [mx, my] = [mean(x), mean(y)];
  const above = x.reduce((sum, value, place) => sum + (value - mx) * ((y[place] ?? 0) - my), 0);
  return above / x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
};

/** A slope through fewer points would be noise. */
const LEAST_STEPS = 4;

/** Undefined where the cache was never filled well before the end: nothing can be said then. */
export const memorySlope = ({ steps }: Pick<Memory, 'steps'>): MemorySlope | undefined => {
  const cache = Math.max(...steps.map(({ held }) => held));
  const beyond = steps.filter(({ open, evicted }) => open > cache && evicted > 0);
  if (beyond.length < LEAST_STEPS) return undefined;
  const within = steps.filter(({ evicted }) => evicted === 0);
  return { cache, withinMiB: slopeOf(within), beyondMiB: slopeOf(beyond) };
};
