// The bars of `npm run bench:cleanup`: what they are computed from, and that each can be missed.
import { describe, expect, it } from 'vitest';
import { barsOf, notMeasured } from '../../bench/cleanup/bars.ts';
import type { MemoryRow } from '../../bench/cleanup/memory.ts';
import { METHODS, PRODUCT } from '../../bench/cleanup/method.ts';
import { ALONE, type OltpRow } from '../../bench/cleanup/oltp/measure-oltp.ts';
import type { Phases } from '../../bench/cleanup/product.ts';
import type { Measurements } from '../../bench/cleanup/results.ts';
import type { SpeedRow } from '../../bench/cleanup/speed.ts';
import type { Bar } from '../../bench/shared/bar.ts';
import { median, percentile } from '../../bench/shared/statistics.ts';

const PEERS = METHODS.filter((method) => method !== PRODUCT && method !== 'plain DELETE');

interface Row {
  readonly layout?: string;
  readonly method: string;
  readonly seconds: number;
  readonly rows?: number;
  readonly phases?: Partial<Phases>;
  readonly batchMs?: readonly number[];
  readonly events?: number;
}

const speedRow = ({ layout = 'a', method, seconds, rows = 1_000_000, ...run }: Row): SpeedRow => ({
  layout,
  round: 1,
  method,
  seconds,
  deleted: rows,
  from: 0,
  to: seconds * 1000,
  cpu: 0.5,
  walBytes: 0,
  statements: [],
  ...(method === PRODUCT && {
    run: {
      deleted: rows,
      phases: { commandLine: 600, begin: 300, work: seconds * 1000, finish: 100, answer: 500, ...run.phases },
      batchMs: run.batchMs ?? [200],
      batchRows: [10_000],
      historyEvents: run.events ?? 30,
      strategy: 'heap-order-ranges',
      throttledMs: 0,
      firstBatchAt: 0,
      lastCommitAt: seconds * 1000,
    },
  }),
});

/** A layout's rows: one second for the plain DELETE, `peers` for the peers. */
const layout = (name: string, product: Omit<Row, 'method'>, peers = 3): readonly SpeedRow[] => [
  speedRow({ layout: name, method: PRODUCT, ...product }),
  speedRow({ layout: name, method: 'plain DELETE', seconds: 1, rows: product.rows ?? 1_000_000 }),
  ...PEERS.map((method) =>
    speedRow({ layout: name, method, seconds: peers, rows: product.rows ?? 1_000_000 }),
  ),
];

const oltpRow = (method: string, p99Ms: number, cpu = 0.5): OltpRow => ({
  round: 1,
  method,
  operations: 1000,
  p50Ms: 1,
  p95Ms: 1,
  p99Ms,
  maxMs: p99Ms,
  seconds: 5,
  cpu,
  throttledMs: 0,
});

const beside = (product: number, cpu = 0.5): readonly OltpRow[] => [
  oltpRow(ALONE, 10),
  oltpRow(PRODUCT, product, cpu),
  oltpRow('plain DELETE', 30),
  ...PEERS.map((method) => oltpRow(method, 40)),
];

const memoryRow = (rows: number, afterMiB: number, round = 1): MemoryRow => ({
  round,
  rows,
  before: 0,
  after: afterMiB * 2 ** 20,
  peak: 0,
  historyEvents: 30,
  seconds: 1,
});

const measured = (part: Partial<Measurements>): Measurements => ({
  speed: [],
  oltp: [],
  memory: [],
  ...part,
});

/** The one bar whose name begins with these words. */
const bar = (part: Partial<Measurements>, words: string): Bar => {
  const found = barsOf(measured(part)).filter(({ name }) => name.startsWith(words));
  expect(found).toHaveLength(1);
  return found[0]!;
};

describe('the bars of speed', () => {
  it('take the median of the rounds, then of the layouts', () => {
    const speed = [
      ...[1.1, 9, 1.3].map((seconds) => speedRow({ layout: 'a', method: PRODUCT, seconds })),
      ...layout('a', { seconds: 1.2 }).slice(1),
      ...layout('b', { seconds: 1.25 }),
      ...layout('c', { seconds: 5 }),
    ];
    expect(bar({ speed }, 'work ÷ one plain DELETE, median')).toEqual({
      name: 'work ÷ one plain DELETE, median layout',
      value: 1.3,
      unit: '×',
      limit: 1.25,
      ok: false,
    });
    expect(
      bar({ speed: speed.filter(({ seconds }) => seconds !== 9) }, 'work ÷ one plain DELETE, median'),
    ).toMatchObject({ ok: true });
  });

  it('judge the worst layout of those alone from which at least 500,000 rows went', () => {
    const small = layout('small', { seconds: 4, rows: 499_999 });
    const worst = 'work ÷ one plain DELETE, worst';
    const speed = [...small, ...layout('large', { seconds: 1.5, rows: 500_000 })];
    expect(bar({ speed }, worst)).toMatchObject({ value: 1.5, ok: true });
    const slower = [...small, ...layout('large', { seconds: 1.51, rows: 500_000 })];
    expect(bar({ speed: slower }, worst)).toMatchObject({ ok: false });
    expect(barsOf(measured({ speed: small })).some(({ name }) => name.startsWith(worst))).toBe(false);
    expect(notMeasured(measured({ speed: small }))).toContain('worst layout: none of at least 500,000 rows');
  });

  it('ask for twice the speed of in_batches in the median layout', () => {
    const words = 'times faster than in_batches';
    expect(bar({ speed: layout('a', { seconds: 1.5 }, 3) }, words)).toMatchObject({ value: 2, ok: true });
    expect(bar({ speed: layout('a', { seconds: 1.51 }, 3) }, words)).toMatchObject({ ok: false });
  });

  it('compare with the best peer of each layout, which one plain DELETE is not', () => {
    const speed = layout('a', { seconds: 2.2 }, 5).map((row) =>
      row.method === 'ctid LIMIT' ? { ...row, seconds: 2 } : row,
    );
    expect(bar({ speed }, 'work ÷ best peer')).toMatchObject({ value: 1.1, ok: true });
    const others = layout('b', { seconds: 5.6 }, 5);
    expect(bar({ speed: [...speed, ...others] }, 'work ÷ best peer')).toMatchObject({ ok: false });
  });
});

describe('the bars of a run', () => {
  it('add up what passes before and after the work, without the command line’s own end', () => {
    const phases = { commandLine: 800, begin: 400, finish: 300, answer: 9_000 };
    const words = 'command line to audit row';
    expect(bar({ speed: layout('a', { seconds: 1, phases }) }, words)).toMatchObject({
      value: 1.5,
      ok: true,
    });
    const slower = layout('a', { seconds: 1, phases: { ...phases, finish: 301 } });
    expect(bar({ speed: slower }, words)).toMatchObject({ ok: false });
  });

  it('take the 99th percentile of the batches of the worst layout', () => {
    const batches = (...slow: readonly number[]) => [
      ...slow,
      ...Array.from({ length: 100 - slow.length }, () => 200),
    ];
    const one = layout('a', { seconds: 1, batchMs: batches(900) });
    expect(bar({ speed: one }, 'batch transaction p99')).toMatchObject({ value: 200, ok: true });
    const two = layout('b', { seconds: 1, batchMs: batches(501, 600).toReversed() });
    expect(bar({ speed: [...one, ...two] }, 'batch transaction p99')).toMatchObject({
      value: 501,
      ok: false,
    });
  });

  it('count history events by rows, in runs of a million rows and more', () => {
    const memory = [memoryRow(10_000, 100)];
    const speed = [
      ...layout('a', { seconds: 1, rows: 10_000, events: 34 }),
      ...layout('b', { seconds: 1, rows: 2_000_000, events: 80 }),
    ];
    expect(bar({ speed, memory }, 'history events')).toMatchObject({ value: 40, ok: true });
    const more = layout('b', { seconds: 1, rows: 2_000_000, events: 81 });
    expect(bar({ speed: more }, 'history events')).toMatchObject({ ok: false });
  });

  it('take how much a worker’s memory grew between its small and its large run, in the median round', () => {
    const round = (number: number, small: number, large: number) => [
      memoryRow(10, small, number),
      memoryRow(5_000, large, number),
    ];
    const memory = [...round(1, 100, 150), ...round(2, 300, 360), ...round(3, 200, 210)];
    const words = 'worker memory, growth from 10 to 5,000 rows';
    expect(bar({ memory }, words)).toMatchObject({ value: 50, limit: 50, ok: true });
    expect(bar({ memory: memory.slice(2, 4) }, words)).toMatchObject({ value: 60, ok: false });
  });
});

describe('the bars of the concurrent load', () => {
  const words = 'load’s p99 beside the product';

  it('allow half as much again as the load has alone, while the cores have room', () => {
    expect(bar({ oltp: beside(15) }, words)).toMatchObject({ limit: 15, ok: true });
    expect(bar({ oltp: beside(16) }, words)).toMatchObject({ limit: 15, ok: false });
  });

  it('allow what one plain DELETE does to it, where the cores are busy', () => {
    expect(bar({ oltp: beside(30, 0.95) }, words)).toMatchObject({ limit: 30, ok: true });
    expect(bar({ oltp: beside(31, 0.95) }, words)).toMatchObject({ ok: false });
  });

  it('want it below that beside each peer', () => {
    const bars = (product: number) =>
      barsOf(measured({ oltp: beside(product) })).filter(({ name }) => name.includes('below that beside'));
    expect(bars(39).map(({ ok }) => ok)).toEqual(PEERS.map(() => true));
    expect(bars(40).map(({ ok }) => ok)).toEqual(PEERS.map(() => false));
  });
});

it('a part that was not measured makes no bar and is named', () => {
  expect(barsOf(measured({}))).toEqual([]);
  expect(notMeasured(measured({}))).toEqual([
    'speed and phases: left out',
    'history events: no run of at least 1,000,000 rows',
    'worker memory: left out',
    'concurrent load: left out',
  ]);
});

describe('the figures', () => {
  it('have the middle value as median, the mean of the middle two where their number is even', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([7])]).toEqual([2, 2.5, 7]);
  });

  it('have percentiles by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile([5], 0.99)]).toEqual([50, 99, 5]);
  });
});
