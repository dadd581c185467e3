// Everything that a run of the benchmark found out, as it is written to bench/results/.
import type { Bar } from '../shared/bar.ts';
import type { Machine } from '../shared/machine.ts';
import type { Burst } from './bursts/burst.ts';
import type { Group } from './parts/group.ts';
import type { PageLateness } from './parts/lateness.ts';
import type { Many } from './parts/many.ts';
import type { Memory } from './parts/memory.ts';
import type { Monitors } from './parts/monitors.ts';
import type { SecondTiers } from './parts/second-tiers.ts';

/** What each part measured; absent where it was left out or could not be measured. */
export interface Measurements {
  readonly firstPages?: readonly Burst[];
  readonly secondTiers?: SecondTiers;
  readonly lateness?: PageLateness;
  readonly group?: Group;
  readonly many?: Many;
  readonly memory?: Memory;
  readonly monitors?: Monitors;
}

/** A part that ended without a measurement. */
export interface Failed {
  readonly part: string;
  readonly reason: string;
}

export interface Results extends Measurements {
  /** When it began, ISO-8601. */
  readonly at: string;
  readonly minutes: number;
  readonly commit: string;
  readonly machine: Machine;
  readonly settings: {
    readonly count: number;
    readonly rounds: number;
    readonly concurrency: number;
    readonly temporal: string;
    readonly build: 'dist' | 'sources';
  };
  readonly bars: readonly Bar[];
  readonly failed: readonly Failed[];
  /** Minutes that each part took. */
  readonly took: Readonly<Record<string, number>>;
}
