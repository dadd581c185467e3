// The page beside the figures in bench/results/.
import { section } from '../../shared/report/section.ts';
import type { Results } from '../results.ts';
import { tablesOf } from './tables.ts';

const about = ({ at, minutes, commit, machine, settings, notMeasured }: Results): string => {
  const postgres = Object.entries(machine.postgresSettings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  return [
    `# Cleanup benchmark, ${at.slice(0, 16).replace('T', ' ')} UTC, commit ${commit}`,
    '',
    `${settings.rows.toLocaleString('en-US')} rows a table, ${settings.rounds} ${settings.rounds === 1 ? 'round' : 'rounds'}, ` +
      `${settings.batchRows.toLocaleString('en-US')} rows a batch for every method, ` +
      `load of ${settings.oltpRate} operations a second, product from ${settings.build}; ${minutes} minutes.`,
    '',
    `${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}, ` +
      `PostgreSQL ${machine.postgres} (${postgres}).`,
    ...(notMeasured.length === 0 ? [] : ['', `Not measured: ${notMeasured.join('; ')}.`]),
  ].join('\n');
};

/** Bars first: they are what is asked for. `plot` is the name of a picture beside the page. */
export const renderMarkdown = (results: Results, plot?: string): string => {
  const tables = tablesOf(results);
  const bars = tables.filter(({ title }) => title === 'Bars');
  const rest = tables.filter(({ title }) => title !== 'Bars');
  const picture = plot ? [`![Seconds by layout and method](${plot})`] : [];
  return `${[about(results), ...bars.map(section), ...picture, ...rest.map(section)].join('\n\n')}\n`;
};
