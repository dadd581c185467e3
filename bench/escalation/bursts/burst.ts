// What a burst is measured on and by, of the product and of the floor alike.
import { cpuSeconds } from '../../shared/cpu-times.ts';
import type { Statement } from '../../shared/statements.ts';
import type { WorkerProcess } from '../../shared/worker-process.ts';
import { type Counted, type Lateness, latenessOf } from '../arrivals.ts';
import type { Course } from '../course.ts';
import type { Floor } from '../floor/floor.ts';
import type { Ground } from '../ground.ts';

export interface Burst {
  readonly round: number;
  readonly what: 'sexton' | 'floor';
  readonly count: number;
  /** First start to last page, or to the end of the last activity. */
  readonly seconds: number;
  /** A second. */
  readonly rate: number;
  /** Seconds from the first start of all. */
  readonly lateness: Lateness;
  /** Seconds from the own start. */
  readonly each?: Lateness;
  /** Only of the product: seconds of the door, before the burst. */
  readonly evaluation?: number;
  readonly counted?: Counted;
  /** Busy share of all cores meanwhile, 0 to 1. */
  readonly cpu: number;
  /** Seconds of processor time by process. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  /** Only of the product: what its database spent the burst on. */
  readonly statements?: readonly Statement[];
  /** Only of the product: what a usual page went through, and the slowest. */
  readonly middle?: Course;
  readonly slowest?: Course;
}

/** A page that has not come this long after the last one is lost. */
export const SILENCE_SECONDS = 60;

export interface Site {
  readonly ground: Ground;
  readonly worker: WorkerProcess;
  readonly floor: Floor;
  readonly concurrency: number;
  readonly say: (line: string) => void;
}

export interface Turn {
  readonly round: number;
  readonly count: number;
}

/** Processor time of each process from now until it is asked. */
export const watchProcesses = ({ ground, worker, floor }: Site) => {
  const pids = {
    'product’s worker': worker.pid,
    'floor’s worker': floor.pid,
    'fake provider': ground.fake.pid,
    'this process': process.pid,
    ...ground.servers,
  };
  const read = () => Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid)] as const);
  const before = new Map(read());
  return (): Readonly<Record<string, number>> =>
    Object.fromEntries(read().map(([name, seconds]) => [name, seconds - (before.get(name) ?? 0)]));
};

/** What the instants say at which pages came, or activities ended. */
export const timing = ({ from, to, ended }: { from: number; to: number; ended: readonly number[] }) => ({
  seconds: (to - from) / 1000,
  rate: (ended.length * 1000) / (to - from),
  lateness: latenessOf(ended.map((at) => (at - from) / 1000)),
});
