// The same load alone and beside each method: what its users feel while rows leave.
import { setTimeout as sleep } from 'node:timers/promises';
import { watchCpu } from '../../shared/cpu.ts';
import { percentile } from '../../shared/statistics.ts';
import type { Ground } from '../ground.ts';
import { type Layout, liveIds } from '../layouts.ts';
import { METHODS, measure, requireExact } from '../method.ts';
import { turned } from '../speed.ts';
import { MEASURED } from '../terms.ts';
import { startLoadProcess } from './load-process.ts';
import type { Operation } from './protocol.ts';

/** In place of a method: nothing is deleted. */
export const ALONE = 'alone';

export interface OltpRow {
  readonly round: number;
  readonly method: string;
  /** Operations that were to begin while rows left. */
  readonly operations: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** First batch's begin to last commit, or as long as a slow peer was let run. */
  readonly seconds: number;
  /** Busy share of all cores. */
  readonly cpu: number;
  /** How long the product was held by its throttle. */
  readonly throttledMs: number;
}

export interface OltpInput {
  readonly ground: Ground;
  readonly layout: Layout;
  readonly rows: number;
  readonly rounds: number;
  readonly batchRows: number;
  /** Operations a second. */
  readonly rate: number;
  readonly aloneSeconds: number;
  readonly say: (line: string) => void;
}

const CONNECTIONS = 8;
/** A peer that takes longer is ended then: its users have felt it for long enough to be counted. */
const CUT_AFTER_SECONDS = 20;
/** The load runs for this long before anything else begins. */
const LEAD_MS = 2_000;

export const measureOltp = async (input: OltpInput): Promise<readonly OltpRow[]> => {
  const measured: OltpRow[] = [];
  for (let round = 1; round <= input.rounds; round += 1) {
    for (const method of turned([ALONE, ...METHODS], round - 1)) {
      const row = { round, ...(await once(input, method)) };
      measured.push(row);
      input.say(
        `round ${round}  load beside ${method.padEnd(16)} p99 ${row.p99Ms.toFixed(1)} ms over ` +
          `${row.seconds.toFixed(1)} s (${row.operations} operations, cores ${Math.round(row.cpu * 100)} % busy)`,
      );
    }
  }
  return measured;
};

const once = async (input: OltpInput, method: string): Promise<Omit<OltpRow, 'round'>> => {
  const { ground, layout, rows, rate } = input;
  await ground.restore(layout);
  const live = liveIds(layout, rows);
  const order = { url: ground.urlOf(MEASURED), rate, connections: CONNECTIONS, live };
  const load = await startLoadProcess(order, ground.env);
  await sleep(LEAD_MS);
  if (method === ALONE) {
    const [from, cpu] = [Date.now(), watchCpu()];
    await sleep(input.aloneSeconds * 1000);
    const span = { from, to: Date.now() };
    return told({ ...span, method, cpu: cpu(span), operations: await load.stop() });
  }
  const measured = await measure({ ...input, method, cutAfterSeconds: CUT_AFTER_SECONDS });
  const operations = await load.stop();
  const inserted = operations.filter(({ kind }) => kind === 'insert').length;
  if (!measured.cut) await requireExact(ground, measured, { layout, rows, inserted });
  const { from, to, cpu, run } = measured;
  return told({ method, from, to, cpu, operations, throttledMs: run?.throttledMs ?? 0 });
};

const told = (given: {
  readonly method: string;
  readonly from: number;
  readonly to: number;
  readonly cpu: number;
  readonly operations: readonly Operation[];
  readonly throttledMs?: number;
}): Omit<OltpRow, 'round'> => {
  const { method, from, to, cpu, operations, throttledMs = 0 } = given;
  const latencies = operations.filter(({ at }) => at >= from && at <= to).map(({ ms }) => ms);
  return {
    method,
    operations: latencies.length,
    p50Ms: percentile(latencies, 0.5),
    p95Ms: percentile(latencies, 0.95),
    p99Ms: percentile(latencies, 0.99),
    maxMs: Math.max(...latencies),
    seconds: (to - from) / 1000,
    cpu,
    throttledMs,
  };
};
