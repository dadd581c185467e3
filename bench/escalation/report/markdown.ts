// The page beside the figures in bench/results/.
import { section } from '../../shared/report/section.ts';
import type { Results } from '../results.ts';
import { tablesOf } from './tables.ts';

const LIMITS =
  'All of it shares this machine: Temporal’s dev server (one process, SQLite, one shard’s worth of writes at a time), ' +
  'Postgres, the workers, the fake provider and the benchmark itself. A cluster has these apart, Temporal’s history in ' +
  'shards, and workers on more machines: rates rise with each, and what is left for the product to answer for is the ' +
  'ratio to the floor, the counts, and the time until another worker takes over.';

const about = ({ at, minutes, commit, machine, settings, failed, took }: Results): string => {
  const postgres = Object.entries(machine.postgresSettings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  const parts = Object.entries(took).map(([part, spent]) => `${part} ${spent}`);
  return [
    `# Escalation benchmark, ${at.slice(0, 16).replace('T', ' ')} UTC, commit ${commit}`,
    '',
    `${settings.count.toLocaleString('en-US')} escalations a flood, ${settings.rounds} ${settings.rounds === 1 ? 'round' : 'rounds'}, ` +
      `${settings.concurrency} starts at a time, Temporal ${settings.temporal}, product from ${settings.build}; ` +
      `${minutes} minutes (${parts.join(', ')}).`,
    '',
    `${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}, ` +
      `PostgreSQL ${machine.postgres} (${postgres}).`,
    '',
    LIMITS,
    ...failed.flatMap(({ part, reason }) => ['', `Not measured: ${part}: ${reason}`]),
  ].join('\n');
};

/** Bars first: they are what is asked for. `plot` is the name of a picture beside the page. */
export const renderMarkdown = (results: Results, plot?: string): string => {
  const tables = tablesOf(results);
  const bars = tables.filter(({ title }) => title === 'Bars');
  const rest = tables.filter(({ title }) => title !== 'Bars');
  const picture = plot ? [`![Lateness of second pages over time](${plot})`] : [];
  return `${[about(results), ...bars.map(section), ...picture, ...rest.map(section)].join('\n\n')}\n`;
};
