// Everything that a run of the benchmark found out, as it is written to bench/results/.
import type { Bar } from '../shared/bar.ts';
import type { Machine } from '../shared/machine.ts';
import type { MemoryRow } from './memory.ts';
import type { OltpRow } from './oltp/measure-oltp.ts';
import type { SpeedRow } from './speed.ts';

export interface Measurements {
  readonly speed: readonly SpeedRow[];
  readonly oltp: readonly OltpRow[];
  readonly memory: readonly MemoryRow[];
}

export interface Results extends Measurements {
  /** When it began, ISO-8601. */
  readonly at: string;
  readonly minutes: number;
  readonly commit: string;
  readonly machine: Machine;
  readonly settings: {
    readonly rows: number;
    readonly rounds: number;
    readonly batchRows: number;
    readonly oltpRate: number;
    readonly build: 'dist' | 'sources';
  };
  readonly bars: readonly Bar[];
  /** Bars that this run had no measurement for, by name, with the reason. */
  readonly notMeasured: readonly string[];
}
