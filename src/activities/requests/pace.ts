// When the next request may begin: as many a second as the step allows, and none while the other side wants to be left alone.
import { performance } from 'node:perf_hooks';

export interface Pace {
  /** True once it is the caller's turn, false where the time was up before. */
  readonly turn: () => Promise<boolean>;
  /** Nobody's turn comes before so many milliseconds. */
  readonly leaveAlone: (ms: number) => void;
}

interface PaceInput {
  readonly perSecond: number | undefined;
  readonly rest: (ms: number) => Promise<void>;
  /** Nothing is begun any more. */
  readonly over: () => boolean;
}

export const createPace = ({ perSecond, rest, over }: PaceInput): Pace => {
  const gapMs = perSecond === undefined ? 0 : 1000 / perSecond;
  let next = 0;
  let quietUntil = 0;
  return {
    turn: async () => {
      const at = Math.max(performance.now(), next);
      next = at + gapMs;
      // Asked again after the wait: meanwhile another request may have been told to wait.
      while (!over()) {
        const wait = Math.max(at, quietUntil) - performance.now();
        if (wait <= 0) return true;
        await rest(wait);
      }
      return false;
    },
    leaveAlone: (ms) => {
      quietUntil = Math.max(quietUntil, performance.now() + ms);
    },
  };
};
