// Results as tables, once, for the terminal and for the page in bench/results/.
import { barsTable, count, fixed, mebibytes, type Table } from '../../shared/report/table.ts';
import { groupBy, mean, median, percentile } from '../../shared/statistics.ts';
import { byLayout, type LayoutFigures } from '../bars.ts';
import { PRODUCT } from '../method.ts';
import { BATCHED } from '../peers/index.ts';
import { plainDelete } from '../peers/plain-delete.ts';
import type { Results } from '../results.ts';

const speedRow = ({ layout, rows, seconds }: LayoutFigures): readonly string[] => {
  const floor = seconds[plainDelete.name] ?? Number.NaN;
  const shown = [PRODUCT, plainDelete.name, ...BATCHED.map(({ name }) => name)].map((method) => {
    const value = seconds[method] ?? Number.NaN;
    return method === plainDelete.name ? fixed(value) : `${fixed(value)} (${fixed(value / floor)}×)`;
  });
  return [layout, count(rows), ...shown];
};

const runRow = ({ layout, product }: LayoutFigures): readonly string[] => {
  const runs = product.flatMap(({ run }) => (run ? [run] : []));
  const phase = (name: keyof (typeof runs)[number]['phases']): string =>
    fixed(median(runs.map(({ phases }) => phases[name])) / 1000);
  const batches = runs.flatMap(({ batchMs }) => batchMs);
  return [
    layout,
    [...new Set(runs.map(({ strategy }) => strategy))].join(', '),
    ...(['commandLine', 'begin', 'work', 'finish', 'answer'] as const).map(phase),
    count(median(runs.map(({ batchMs }) => batchMs.length))),
    count(mean(runs.flatMap(({ batchRows }) => batchRows))),
    fixed(mean(batches), 0),
    fixed(percentile(batches, 0.99), 0),
    count(median(runs.map(({ historyEvents }) => historyEvents))),
    fixed(median(runs.map(({ throttledMs }) => throttledMs)) / 1000),
  ];
};

const costRows = ({ speed }: Results): Table['rows'] =>
  groupBy(speed, ({ layout, method }) => `${layout}|${method}`).map(([key, rows]) => [
    ...key.split('|'),
    mebibytes(median(rows.map(({ walBytes }) => walBytes))),
    `${fixed(median(rows.map(({ cpu }) => cpu)) * 100, 0)} %`,
  ]);

const oltpRows = ({ oltp }: Results): Table['rows'] =>
  groupBy(oltp, ({ method }) => method).map(([method, rows]) => {
    const of = (figure: (row: (typeof rows)[number]) => number): number => median(rows.map(figure));
    return [
      method,
      ...[of((row) => row.p50Ms), of((row) => row.p95Ms), of((row) => row.p99Ms), of((row) => row.maxMs)].map(
        (ms) => fixed(ms, 1),
      ),
      fixed(
        of((row) => row.seconds),
        1,
      ),
      count(of((row) => row.operations)),
      `${fixed(of((row) => row.cpu) * 100, 0)} %`,
      fixed(of((row) => row.throttledMs) / 1000),
    ];
  });

const memoryRows = ({ memory }: Results): Table['rows'] =>
  groupBy(memory, ({ rows }) => count(rows)).map(([rows, measured]) => [
    rows,
    mebibytes(median(measured.map(({ before }) => before))),
    mebibytes(median(measured.map(({ after }) => after))),
    mebibytes(median(measured.map(({ peak }) => peak))),
    count(median(measured.map(({ historyEvents }) => historyEvents))),
    fixed(median(measured.map(({ seconds }) => seconds)), 1),
  ]);

/** Costliest statements of the product's last round, layout by layout. */
const profileRows = (layouts: readonly LayoutFigures[]): Table['rows'] =>
  layouts.flatMap(({ layout, product }) =>
    (product.at(-1)?.statements ?? [])
      .slice(0, 4)
      .map(({ text, calls, seconds }) => [layout, count(calls), fixed(seconds, 3), text.slice(0, 90)]),
  );

/** Too wide for a terminal, and there is a page for them. */
export const LEFT_OUT = ['What it cost', 'The product’s costliest statements, last round'];

export const tablesOf = (results: Results): readonly Table[] => {
  const layouts = byLayout(results.speed);
  const all: readonly Table[] = [
    {
      title: 'Seconds from first begin to last commit, medians (times one plain DELETE)',
      head: ['layout', 'rows gone', PRODUCT, plainDelete.name, ...BATCHED.map(({ name }) => name)],
      rows: layouts.map(speedRow),
    },
    {
      title: 'The product’s runs: seconds by phase, batches, history',
      head: [
        'layout',
        'strategy',
        'CLI',
        'begin',
        'work',
        'finish',
        'answer',
        'batches',
        'rows/batch',
        'mean ms',
        'p99 ms',
        'events',
        'held s',
      ],
      rows: layouts.map(runRow),
    },
    {
      title: 'The concurrent load’s latencies, ms',
      head: ['beside', 'p50', 'p95', 'p99', 'max', 'seconds', 'operations', 'cores busy', 'held s'],
      rows: oltpRows(results),
    },
    {
      title: 'The worker’s resident memory, MiB',
      head: ['rows gone', 'before', 'after', 'peak', 'events', 'seconds'],
      rows: memoryRows(results),
    },
    {
      title: 'What it cost',
      head: ['layout', 'method', 'WAL MiB', 'cores busy'],
      rows: costRows(results),
    },
    {
      title: 'The product’s costliest statements, last round',
      head: ['layout', 'calls', 'seconds', 'statement'],
      rows: profileRows(layouts),
    },
    barsTable(results.bars),
  ];
  return all.filter(({ rows }) => rows.length > 0);
};
