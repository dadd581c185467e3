// The bars that the product is held to, computed from measurements. Pure: what is missing makes no bar.
import { atLeast, atMost, type Bar } from '../shared/bar.ts';
import { groupBy, median, percentile } from '../shared/statistics.ts';
import type { MemoryRow } from './memory.ts';
import { PRODUCT } from './method.ts';
import { ALONE, type OltpRow } from './oltp/measure-oltp.ts';
import { inBatches } from './peers/in-batches.ts';
import { BATCHED } from './peers/index.ts';
import { plainDelete } from './peers/plain-delete.ts';
import type { Measurements } from './results.ts';
import type { SpeedRow } from './speed.ts';

/** From this many rows on, a layout counts for the worst one. */
const MANY_ROWS = 500_000;
/** History events are judged where so many rows went: below, a run's few fixed ones would be all that counts. */
const MILLION = 1_000_000;
/** From this busy share on the cores are what limits a load, and one plain DELETE is its measure. */
const CORES_ARE_BUSY = 0.9;
const MIB = 2 ** 20;

/** A layout's medians over its rounds. */
export interface LayoutFigures {
  readonly layout: string;
  /** Rows that went. */
  readonly rows: number;
  /** Seconds by method. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly product: readonly SpeedRow[];
}

export const byLayout = (speed: readonly SpeedRow[]): readonly LayoutFigures[] =>
  groupBy(speed, ({ layout }) => layout).map(([layout, rows]) => ({
    layout,
    rows: Math.max(...rows.map(({ deleted }) => deleted)),
    seconds: Object.fromEntries(
      groupBy(rows, ({ method }) => method).map(([method, measured]) => [
        method,
        median(measured.map(({ seconds }) => seconds)),
      ]),
    ),
    product: rows.filter(({ method }) => method === PRODUCT),
  }));

/** How often `part` fits into `whole`, by two methods' seconds. */
const ratio = ({ seconds }: LayoutFigures, whole: string, part: string): number =>
  (seconds[whole] ?? Number.NaN) / (seconds[part] ?? Number.NaN);

const speedBars = (layouts: readonly LayoutFigures[]): readonly Bar[] => {
  const overPlain = (layout: LayoutFigures): number => ratio(layout, PRODUCT, plainDelete.name);
  const overBest = ({ seconds }: LayoutFigures): number =>
    (seconds[PRODUCT] ?? Number.NaN) / Math.min(...BATCHED.map(({ name }) => seconds[name] ?? Number.NaN));
  const faster = median(layouts.map((layout) => ratio(layout, inBatches.name, PRODUCT)));
  const many = layouts.filter(({ rows }) => rows >= MANY_ROWS);
  return [
    atMost('work ÷ one plain DELETE, median layout', median(layouts.map(overPlain)), '×', 1.25),
    ...(many.length === 0
      ? []
      : [
          atMost(
            'work ÷ one plain DELETE, worst layout of ≥ 500,000 rows',
            Math.max(...many.map(overPlain)),
            '×',
            1.5,
          ),
        ]),
    atLeast(`times faster than ${inBatches.name}, median layout (at least)`, faster, '×', 2),
    atMost('work ÷ best peer, worst layout', Math.max(...layouts.map(overBest)), '×', 1.1),
  ];
};

/** Median over the rounds of a layout, then the worst of the layouts. */
const worst = (layouts: readonly LayoutFigures[], of: (row: SpeedRow) => number): number =>
  Math.max(...layouts.map(({ product }) => median(product.map(of))));

const runBars = (layouts: readonly LayoutFigures[]): readonly Bar[] => {
  const besideWork = ({ run }: SpeedRow): number => {
    if (!run) return Number.NaN;
    const { commandLine, begin, finish } = run.phases;
    return (commandLine + begin + finish) / 1000;
  };
  const batchP99 = ({ product }: LayoutFigures): number =>
    percentile(
      product.flatMap(({ run }) => run?.batchMs ?? []),
      0.99,
    );
  return [
    atMost('command line to audit row, beyond the work, worst layout', worst(layouts, besideWork), 's', 1.5),
    atMost('batch transaction p99, worst layout', Math.max(...layouts.map(batchP99)), 'ms', 500),
  ];
};

const eventBars = ({ speed, memory }: Measurements): readonly Bar[] => {
  const runs = [
    ...speed.flatMap(({ run }) => (run ? [{ rows: run.deleted, events: run.historyEvents }] : [])),
    ...memory.map(({ rows, historyEvents }) => ({ rows, events: historyEvents })),
  ].filter(({ rows }) => rows >= MILLION);
  if (runs.length === 0) return [];
  const value = Math.max(...runs.map(({ rows, events }) => (events * MILLION) / rows));
  return [atMost('history events for 1,000,000 rows, worst run', value, 'events', 40)];
};

const memoryBars = (memory: readonly MemoryRow[]): readonly Bar[] => {
  if (memory.length === 0) return [];
  const [small, large] = [
    Math.min(...memory.map(({ rows }) => rows)),
    Math.max(...memory.map(({ rows }) => rows)),
  ];
  const growth = memory
    .filter(({ rows }) => rows === large)
    .map(
      (row) =>
        row.after -
        (memory.find(({ rows, round }) => rows === small && round === row.round)?.after ?? Number.NaN),
    );
  const name = `worker memory, growth from ${small.toLocaleString('en-US')} to ${large.toLocaleString('en-US')} rows`;
  return [atMost(name, median(growth) / MIB, 'MiB', 50)];
};

const oltpBars = (oltp: readonly OltpRow[]): readonly Bar[] => {
  if (oltp.length === 0) return [];
  const of = (method: string, figure: (row: OltpRow) => number): number =>
    median(oltp.filter((row) => row.method === method).map(figure));
  const p99 = (method: string): number => of(method, (row) => row.p99Ms);
  const busy = of(PRODUCT, ({ cpu }) => cpu) >= CORES_ARE_BUSY;
  const alone = 1.5 * p99(ALONE);
  const limit = busy ? Math.max(alone, p99(plainDelete.name)) : alone;
  const what = busy && limit > alone ? 'beside one plain DELETE, the cores being busy' : '1.5 × alone';
  return [
    atMost(`load’s p99 beside the product (limit: ${what})`, p99(PRODUCT), 'ms', limit),
    ...BATCHED.map(({ name }) => {
      const [value, peer] = [p99(PRODUCT), p99(name)];
      return {
        name: `load’s p99 below that beside ${name}`,
        value,
        unit: 'ms',
        limit: peer,
        ok: value < peer,
      };
    }),
  ];
};

export const barsOf = (measurements: Measurements): readonly Bar[] => {
  const layouts = byLayout(measurements.speed);
  return [
    ...(layouts.length === 0 ? [] : [...speedBars(layouts), ...runBars(layouts)]),
    ...eventBars(measurements),
    ...memoryBars(measurements.memory),
    ...oltpBars(measurements.oltp),
  ];
};

/** What this run says nothing about, and why. */
export const notMeasured = ({ speed, oltp, memory }: Measurements): readonly string[] => {
  const most = Math.max(0, ...speed.map(({ deleted }) => deleted), ...memory.map(({ rows }) => rows));
  return [
    ...(speed.length === 0 ? ['speed and phases: left out'] : []),
    ...(speed.length > 0 && most < MANY_ROWS ? ['worst layout: none of at least 500,000 rows'] : []),
    ...(most < MILLION ? ['history events: no run of at least 1,000,000 rows'] : []),
    ...(memory.length === 0 ? ['worker memory: left out'] : []),
    ...(oltp.length === 0 ? ['concurrent load: left out'] : []),
  ];
};
