// A series that fires and resolves over and over is held as one alert until it has been quiet for a while.
import type { FlapPolicy } from './alert.ts';

export interface FlapMemory {
  /** Whether it would fire without being held. */
  readonly on: boolean;
  /** Instants at which that changed, epoch ms: those within the policy's time, and the last one. */
  readonly changes: readonly number[];
  readonly holding?: true;
}

interface FlapInput {
  readonly policy: FlapPolicy;
  readonly on: boolean;
  readonly atMs: number;
}

export const stepFlap = (before: FlapMemory, { policy, on, atMs }: FlapInput): FlapMemory => {
  const { changes: most, withinSeconds, stableSeconds } = policy;
  const all = on === before.on ? before.changes : [...before.changes, atMs];
  const last = all.at(-1);
  const recent = all.filter((each) => atMs - each <= withinSeconds * 1000);
  const quiet = last === undefined || atMs - last >= stableSeconds * 1000;
  const holding = !quiet && (recent.length > most || before.holding === true);
  // One more than the limit tells that it was passed; the last one tells when it was quiet.
  const kept = (recent.length > 0 || last === undefined ? recent : [last]).slice(-(most + 1));
  return { on, changes: kept, ...(holding && { holding }) };
};
