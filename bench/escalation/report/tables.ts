// Results as tables, once, for the terminal and for the page in bench/results/.
import { barsTable, count, fixed, mebibytes, type Table } from '../../shared/report/table.ts';
import { median } from '../../shared/statistics.ts';
import type { Lateness } from '../arrivals.ts';
import { rateOf } from '../bars.ts';
import type { Burst } from '../bursts/burst.ts';
import { memorySlope } from '../memory-slope.ts';
import type { Many } from '../parts/many.ts';
import type { Memory } from '../parts/memory.ts';
import type { Monitors } from '../parts/monitors.ts';
import type { SecondTiers } from '../parts/second-tiers.ts';
import type { Results } from '../results.ts';

const seconds = ({ p50, p95, p99, max }: Lateness, digits = 2): readonly string[] =>
  [p50, p95, p99, max].map((value) => fixed(value, digits));

const LATE = ['p50 s', 'p95 s', 'p99 s', 'max s'] as const;

const burstRow = (burst: Burst): readonly string[] => [
  `${burst.round}`,
  burst.what,
  count(burst.count),
  fixed(burst.rate, 1),
  fixed(burst.seconds, 1),
  ...seconds(burst.lateness, 1),
  burst.each ? fixed(burst.each.p99, 1) : '–',
  burst.counted ? `${burst.counted.lost}` : '–',
  burst.counted ? `${burst.counted.doubled}` : '–',
  burst.counted ? `${burst.counted.repeats}` : '–',
  burst.evaluation === undefined ? '–' : fixed(burst.evaluation, 1),
  `${fixed(burst.cpu * 100, 0)} %`,
];

const firstPagesTable = (bursts: readonly Burst[]): Table => ({
  title: 'First pages: all opened at once, beside as many bare workflows',
  head: [
    'round',
    'what',
    'count',
    'per s',
    'seconds',
    ...LATE,
    'own p99',
    'lost',
    'doubled',
    'repeats',
    'door s',
    'cores busy',
  ],
  rows: [
    ...bursts.map(burstRow),
    ['', 'sexton ÷ floor', '', `${fixed(rateOf(bursts, 'sexton') / rateOf(bursts, 'floor'))}×`],
  ].map((row) => [...row, ...Array<string>(15 - row.length).fill('')]),
});

/** Milliseconds of processor time for one escalation, or one bare workflow. */
const costTable = (bursts: readonly Burst[]): Table => {
  const of = (what: Burst['what'], name: string): number =>
    median(
      bursts
        .filter((burst) => burst.what === what)
        .map((burst) => ((burst.cpuSeconds[name] ?? 0) * 1000) / burst.count),
    );
  const names = [...new Set(bursts.flatMap((burst) => Object.keys(burst.cpuSeconds)))];
  return {
    title: 'Processor time of one, ms',
    head: ['process', 'sexton', 'floor'],
    rows: names.map((name) => [name, fixed(of('sexton', name)), fixed(of('floor', name))]),
  };
};

const statementsTable = (bursts: readonly Burst[]): Table => ({
  title: 'The product’s costliest statements, last round',
  head: ['calls', 'seconds', 'statement'],
  rows: (bursts.findLast(({ what }) => what === 'sexton')?.statements ?? []).map(
    ({ calls, seconds: spent, text }) => [count(calls), fixed(spent, 2), text.slice(0, 110)],
  ),
});

/** Of the last round: the usual page, and the slowest. */
const courseTable = (bursts: readonly Burst[]): Table => {
  const last = bursts.findLast(({ what }) => what === 'sexton');
  const courses = [last?.middle, last?.slowest].flatMap((course) => course ?? []);
  return {
    title: 'Courses of the page in the middle and of the slowest, last round: seconds from its start',
    head: ['own start to page s', 'events'],
    rows: courses.map(({ seconds: own, events }) => [
      fixed(own),
      events.map(([at, what]) => `${fixed(at)} ${what}`).join(', '),
    ]),
  };
};

/** Too wide for a terminal, and there is a page for them. */
export const LEFT_OUT = ['Courses', 'The product’s costliest statements'];

const secondTiersTable = (drill: SecondTiers): Table => ({
  title: `${count(drill.count)} second tiers; ${drill.killed} of ${drill.workers} worker processes killed after ${fixed(drill.killedAfter, 0)} s`,
  head: ['pages', ...LATE, 'lost', 'doubled', 'repeats'],
  rows: [
    ['first', '', '', '', '', `${drill.first.lost}`, `${drill.first.doubled}`, ''],
    ['second, due before the kill', ...seconds(drill.before), '', '', ''],
    ['second, come after it', ...seconds(drill.after), '', '', ''],
    [
      'second, all',
      '',
      '',
      '',
      '',
      `${drill.second.lost}`,
      `${drill.second.doubled}`,
      `${drill.second.repeats}`,
    ],
    ['seconds until none was late', fixed(drill.disturbedSeconds, 0), '', '', '', '', '', ''],
  ],
});

const memoryTable = (memory: Memory): Table => {
  const slope = memorySlope(memory);
  const told = slope
    ? `${fixed(slope.withinMiB)} MiB per 1,000 while its cache of ${count(slope.cache)} fills, ${fixed(slope.beyondMiB)} once it is full`
    : 'its cache was not filled early enough to say more';
  return {
    title: `The worker’s resident memory, heap of ${count(memory.heapMiB)} MiB: ${told}`,
    head: ['open escalations', 'MiB', 'in the cache', 'put out'],
    rows: memory.steps.map(({ open, bytes, held, evicted }) => [
      count(open),
      mebibytes(bytes),
      count(held),
      count(evicted),
    ]),
  };
};

const manyTable = ({ count: all, counted, handedOverSeconds, pagedSeconds, ticks }: Many): Table => ({
  title: `One rule, ${count(all)} separate incidents, found by one tick of its monitor`,
  head: ['what', 'measured'],
  rows: [
    ['all handed over after', `${fixed(handedOverSeconds, 0)} s`],
    ['all pages there after', `${fixed(pagedSeconds, 0)} s`],
    ['lost, doubled, repeats', `${counted.lost}, ${counted.doubled}, ${counted.repeats}`],
    ['monitor’s ticks seen, missed, failed', `${ticks.seen}, ${ticks.missed}, ${ticks.failed}`],
    ['longest tick', `${fixed(ticks.duration.max, 1)} s`],
  ],
});

const monitorsTable = ({ monitors, rulesEach, minutes, even, atOnce, missed }: Monitors): Table => {
  const phase = (name: string, { seen, failed, lateness, duration, cores }: Monitors['even']) => [
    name,
    count(seen),
    `${failed}`,
    ...[lateness.p50, lateness.p99, lateness.max, duration.p99].map((value) => fixed(value, 2)),
    ...['worker', 'temporal', 'postgres'].map((server) => fixed(cores[server] ?? Number.NaN)),
  ];
  return {
    title: `${count(monitors)} monitors of ${rulesEach} rules a minute on one worker, ${minutes} minutes (${missed} ticks missed)`,
    head: [
      'due',
      'ticks',
      'failed',
      'late p50 s',
      'late p99 s',
      'late max s',
      'duration p99 s',
      'worker cores',
      'Temporal cores',
      'Postgres cores',
    ],
    rows: [phase('evenly over the minute', even), phase('all at once', atOnce)],
  };
};

const table = <T>(measured: T | undefined, of: (measured: T) => readonly Table[]): readonly Table[] =>
  measured === undefined ? [] : of(measured);

export const tablesOf = (results: Results): readonly Table[] => [
  ...table(results.firstPages, (bursts) => [
    firstPagesTable(bursts),
    costTable(bursts),
    statementsTable(bursts),
    courseTable(bursts),
  ]),
  ...table(results.secondTiers, (drill) => [secondTiersTable(drill)]),
  ...table(results.lateness, ({ count: all, overSeconds, lateness, counted }) => [
    {
      title: `${count(all)} pages due over ${overSeconds} s`,
      head: [...LATE, 'lost', 'doubled'],
      rows: [[...seconds(lateness), `${counted.lost}`, `${counted.doubled}`]],
    },
  ]),
  ...table(results.group, ({ fingerprints, incidents, pages, evaluation, again }) => [
    {
      title: 'One grouped rule',
      head: ['alerts', 'incidents', 'pages', 'door s', 'door again s'],
      rows: [[count(fingerprints), `${incidents}`, `${pages}`, fixed(evaluation), fixed(again)]],
    },
  ]),
  ...table(results.many, (many) => [manyTable(many)]),
  ...table(results.memory, (memory) => [memoryTable(memory)]),
  ...table(results.monitors, (monitors) => [monitorsTable(monitors)]),
  barsTable(results.bars),
];
