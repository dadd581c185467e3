// For how long Sexton keeps its own history; the same variables for every pack that retires some.
import { type EnvOf, historyEnv } from '../../src/index.ts';

export const env = { ...historyEnv };

/** The pack's environment, checked. */
export type SextonEnv = EnvOf<typeof env>;
