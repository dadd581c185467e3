// Memory of one worker process after a small run and, later, after a large one; a new worker each round.
import { setTimeout as sleep } from 'node:timers/promises';
import { residentBytes } from '../shared/resident-bytes.ts';
import type { WorkerProcess } from '../shared/worker-process.ts';
import type { Ground } from './ground.ts';
import type { Layout } from './layouts.ts';
import { type Measured, measure, PRODUCT, requireExact } from './method.ts';

export interface MemoryRow {
  readonly round: number;
  /** Rows that the run deleted. */
  readonly rows: number;
  /** Resident memory of the worker: before the run, and once it has settled after it. Bytes. */
  readonly before: number;
  readonly after: number;
  /** The most that was seen during the run, looking ten times a second. */
  readonly peak: number;
  readonly historyEvents: number;
  readonly seconds: number;
}

export interface MemoryInput {
  readonly ground: Ground;
  readonly rounds: number;
  readonly smallRows: number;
  readonly largeRows: number;
  readonly say: (line: string) => void;
}

/** Live rows beside the eligible ones: a quarter, since a run that would empty its table asks for approval. */
const LIVE_SHARE = 0.2;

/** After a run the worker has this long to come to rest. */
const SETTLE_MS = 2_000;

const layoutOf = (eligible: number): { readonly layout: Layout; readonly rows: number } => ({
  layout: { name: `memory ${eligible}`, share: 1 - LIVE_SHARE, heap: 'correlated' },
  rows: Math.round(eligible / (1 - LIVE_SHARE)),
});

export const measureMemory = async (input: MemoryInput): Promise<readonly MemoryRow[]> => {
  const { ground, rounds, smallRows, largeRows, say } = input;
  const measured: MemoryRow[] = [];
  for (const eligible of [smallRows, largeRows]) {
    const { layout, rows } = layoutOf(eligible);
    say(`memory: making ${rows.toLocaleString('en-US')} rows`);
    await ground.prepare(layout, rows);
  }
  for (let round = 1; round <= rounds; round += 1) {
    const worker = await ground.startWorker();
    for (const eligible of [smallRows, largeRows]) {
      const row = await once(ground, worker, layoutOf(eligible));
      measured.push({ round, ...row });
      say(
        `round ${round}  memory after ${eligible.toLocaleString('en-US')} rows: ${(row.after / 2 ** 20).toFixed(1)} MiB`,
      );
    }
    await worker.stop();
  }
  for (const eligible of [smallRows, largeRows]) await ground.drop(layoutOf(eligible).layout);
  return measured;
};

const once = async (
  ground: Ground,
  { pid }: WorkerProcess,
  { layout, rows }: ReturnType<typeof layoutOf>,
) => {
  await ground.restore(layout);
  const before = residentBytes(pid);
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, residentBytes(pid));
  }, 100);
  const run = await measure({ ground, layout, method: PRODUCT, batchRows: 0 }).finally(() =>
    clearInterval(watch),
  );
  await requireExact(ground, run, { layout, rows });
  await sleep(SETTLE_MS);
  return { ...of(run), before, after: residentBytes(pid), peak };
};

const of = ({ deleted, seconds, run }: Measured) => ({
  rows: deleted,
  seconds,
  historyEvents: run?.historyEvents ?? 0,
});
