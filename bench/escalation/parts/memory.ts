// Resident memory of a worker while more and more escalations are open: past what its workflow cache holds, an open
// escalation must cost it nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../../src/local/free-ports.ts';
import { residentBytes } from '../../shared/resident-bytes.ts';
import { drillRule, firingReport } from '../alerts.ts';
import { awaitPages } from '../arrivals.ts';
import type { Ground } from '../ground.ts';
import { evaluate, handOverAll } from '../open.ts';
import { FAR_SECONDS, FIRST_TIER } from '../terms.ts';
import { readWorkflowCache, type WorkflowCache } from '../worker-metrics.ts';
import { onGround, type PartInput } from './part.ts';

export interface MemoryStep extends WorkflowCache {
  readonly open: number;
  /** The least of a few looks, once it has come to rest. */
  readonly bytes: number;
}

export interface Memory {
  readonly steps: readonly MemoryStep[];
  /** Old generation that the worker was given. */
  readonly heapMiB: number;
}

const STEPS = 10;
/** Long enough for V8 to collect what it collects of a process that does nothing. */
const SETTLE_MS = 10_000;
const LOOKS = 8;
const LOOK_MS = 500;

/** The SDK's cache holds 600 workflows a GiB of heap beyond 200 MiB. */
const heapFor = (cached: number): number => Math.ceil(200 + (cached * 1024) / 600);

/**
 * A heap that is not most of the machine: its cache is full early, and what is not collected yet stays small beside what is
 * measured. A small flood gets one that a quarter of it fills.
 */
const heapOf = (count: number): number => Math.max(320, Math.min(1024, heapFor(count / 4)));

const lookAt = async (pid: number): Promise<number> => {
  const looks: number[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    await sleep(LOOK_MS);
    looks.push(residentBytes(pid));
  }
  return Math.min(...looks);
};

const openMore = async (ground: Ground, from: number, to: number, concurrency: number): Promise<void> => {
  const rule = drillRule({ name: 'open', secondAfterSeconds: FAR_SECONDS });
  const tick = new Date().toISOString();
  const reports = Array.from({ length: to - from }, (_, n) =>
    firingReport(rule, { queue: `q${from + n}` }, tick),
  );
  await ground.fake.forget();
  await evaluate(ground, reports);
  const opened = await handOverAll(ground, concurrency);
  const incidents = opened.map(({ id }) => id);
  const taken = await awaitPages({ fake: ground.fake, tier: FIRST_TIER, incidents, silenceSeconds: 60 });
  if (taken.pages.length === 0) throw new Error('no page came: the worker does nothing');
};

export const measureMemory = (input: PartInput): Promise<Memory> =>
  onGround(input, {}, async (ground) => {
    const { options, say } = input;
    const { memoryCount, concurrency } = options;
    const [port] = await freePorts(1);
    const address = `127.0.0.1:${port}`;
    const heapMiB = heapOf(memoryCount);
    const [worker] = await ground.startWorkers(1, {
      env: { SEXTON_METRICS_ADDRESS: address },
      execArgv: [`--max-old-space-size=${heapMiB}`],
    });
    if (!worker) throw new Error('there is no worker');
    const steps: MemoryStep[] = [];
    for (let step = 0, open = 0; step <= STEPS; step += 1) {
      const to = Math.round((memoryCount * step) / STEPS);
      if (to > open) await openMore(ground, open, to, concurrency);
      open = to;
      await sleep(SETTLE_MS);
      const bytes = await lookAt(worker.pid);
      const cache = await readWorkflowCache(address);
      steps.push({ open, bytes, ...cache });
      say(`  ${open} open: ${(bytes / 2 ** 20).toFixed(0)} MiB, ${cache.held} in the cache`);
    }
    return { steps, heapMiB };
  });
