// What stands in for a provider: the variables that lead to it, and its end.
import type { Env } from '../config/env.ts';

export interface StandIn {
  /** What everything else finds it by. */
  readonly env: Env;
  readonly close: () => Promise<void>;
}

/** Where the real one is stated. */
export const NONE: StandIn = { env: {}, close: async () => {} };

/** Several that begin and end together. */
export const together = async (starting: readonly Promise<StandIn>[]): Promise<StandIn> => {
  const all = await Promise.all(starting);
  return {
    env: Object.assign({}, ...all.map(({ env }) => env)) as Env,
    close: async () => {
      await Promise.all(all.map(({ close }) => close()));
    },
  };
};
