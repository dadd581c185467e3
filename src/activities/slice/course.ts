// What the slices of every kind of step have in common: how long they go on, how they rest, which items they leave out, and
// what comes before each batch.
import { performance } from 'node:perf_hooks';
import { Context } from '@temporalio/activity';
import { readTotals } from '../../adapters/postgres/runs/ledger.ts';
import { readPending } from '../../adapters/postgres/runs/manual-resolution-queue.ts';
import type { Throttled } from '../../domain/jobs/throttle.ts';
import { restFor } from './rest.ts';
import type { SliceWork } from './slice-work.ts';

export interface Course {
  /** The slice's time is up, or it was cancelled. */
  readonly over: () => boolean;
  /** Tells Temporal that the slice lives. */
  readonly beat: () => void;
  readonly rest: (ms: number) => Promise<void>;
  /** Names of items that wait for a person. */
  readonly excluded: () => readonly string[];
  /** How many items the run has set aside. */
  readonly already: () => number;
  /** A batch has set these aside. */
  readonly remember: (names: readonly string[]) => void;
  /** Before each batch: what the throttle holds it with, else the lock is kept. */
  readonly begin: () => Promise<Throttled | undefined>;
}

/** `at` is where the slice stands, for whoever looks at its heartbeat. */
export const openCourse = async (
  { job, plan, pool, tenure, throttle, sliceSeconds }: SliceWork,
  at: () => { readonly seq: number; readonly pass: number },
): Promise<Course> => {
  const until = performance.now() + sliceSeconds * 1000;
  const over = (): boolean => performance.now() >= until || Context.current().cancellationSignal.aborted;
  let excluded = await readPending(pool, job.name);
  let { setAside: already } = await readTotals(pool, plan.runId);
  const beat = (): void => Context.current().heartbeat({ batches: at().seq, pass: at().pass });
  const rest = (ms: number): Promise<void> => restFor(ms, beat);
  return {
    over,
    beat,
    rest,
    excluded: () => excluded,
    already: () => already,
    remember: (names) => {
      excluded = [...excluded, ...names];
      already += names.length;
    },
    begin: async () => {
      const throttled = await throttle.held({ rest, over });
      if (throttled) return throttled;
      await tenure.keep();
      beat();
      return undefined;
    },
  };
};
