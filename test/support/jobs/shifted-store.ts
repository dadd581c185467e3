// A blob engine whose store has a clock that the test sets: objects of days ago, uploads of just now, a clock that is wrong.
import { type BlobEngine, createBlobEngine } from './plans.ts';

export interface ShiftedEngine {
  readonly engine: BlobEngine;
  /** Does the work with the store's clock set off by so many seconds. */
  readonly at: <T>(seconds: number, work: () => T | Promise<T>) => Promise<T>;
  /** Puts objects there as if they had been uploaded so many seconds ago. */
  readonly upload: (paths: readonly string[], secondsAgo: number, body?: string) => void;
}

export const createShiftedEngine = async (): Promise<ShiftedEngine> => {
  let offsetMs = 0;
  const engine = await createBlobEngine({ now: () => Date.now() + offsetMs, timeoutMs: 10_000 });
  return {
    engine,
    at: async (seconds, work) => {
      offsetMs = seconds * 1000;
      try {
        return await work();
      } finally {
        offsetMs = 0;
      }
    },
    upload: (paths, secondsAgo, body) => {
      offsetMs = -secondsAgo * 1000;
      engine.fake.put(paths, body);
      offsetMs = 0;
    },
  };
};

export const DAY = 86_400;
