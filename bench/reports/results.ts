// What a run of the benchmark found out, its bars, its tables, and the page in bench/results/.
import { atMost, type Bar } from '../shared/bar.ts';
import type { Machine } from '../shared/machine.ts';
import { section } from '../shared/report/section.ts';
import { barsTable, count, fixed, type Table } from '../shared/report/table.ts';
import type { Measured } from './measure.ts';

export interface Results {
  /** When it began, ISO-8601. */
  readonly at: string;
  readonly minutes: number;
  readonly commit: string;
  readonly machine: Machine;
  readonly settings: { readonly runs: number; readonly seeds: readonly Seed[] };
  /** Mean of processes that wanted to run in the last minute, the benchmark's own among them; above the cores others took part. */
  readonly load: number;
  readonly reports: readonly Measured[];
  readonly bars: readonly Bar[];
}

interface Seed {
  readonly pack: string;
  readonly scenario: string;
  readonly rows: number;
}

const nameOf = ({ pack, number, name }: Measured): string =>
  `${pack}: ${number === undefined ? '' : `Q${number} `}${name}`;

export const barsOf = (reports: readonly Measured[]): readonly Bar[] =>
  reports.map((each) => atMost(nameOf(each), each.p95Ms, 'ms', each.budgetMs));

export const tablesOf = ({ bars, reports }: Pick<Results, 'bars' | 'reports'>): readonly Table[] => [
  barsTable(bars),
  {
    title: 'Milliseconds of each report’s statements',
    head: ['report', 'rows', 'first', 'p50', 'p95', 'max', 'budget'],
    rows: reports.map((each) => [
      nameOf(each),
      count(each.rows),
      ...[each.firstMs, each.p50Ms, each.p95Ms, each.maxMs].map((ms) => fixed(ms, 1)),
      count(each.budgetMs),
    ]),
  },
];

const about = ({ at, minutes, commit, machine, settings, load }: Results): string => {
  const postgres = Object.entries(machine.postgresSettings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  const seeds = settings.seeds.map(({ pack, scenario, rows }) => `${pack} ${scenario} (${count(rows)} rows)`);
  return [
    `# Report budgets, ${at.slice(0, 16).replace('T', ' ')} UTC, commit ${commit}`,
    '',
    `${settings.runs} warm runs of each report, one after the other, on the seeds ${seeds.join(' and ')}; ${minutes} minutes. ` +
      'The time is that of the statements as the product asks them, with the way to Postgres and back on this machine.',
    '',
    `${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}, ` +
      `PostgreSQL ${machine.postgres} (${postgres}); load at the end ${fixed(load, 1)}.`,
  ].join('\n');
};

export const renderMarkdown = (results: Results): string =>
  `${[about(results), ...tablesOf(results).map(section)].join('\n\n')}\n`;
