// `sexton incidents`: what is open, how bad, since when, who has it, what comes next.
import Table from 'cli-table3';
import type { Command } from 'commander';
import { type ListedIncident, listIncidents } from '../../adapters/postgres/alerts/incident-list.ts';
import { createPool } from '../../adapters/postgres/pool.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { EXIT } from '../context.ts';

export interface IncidentsContext {
  readonly load: () => Promise<Catalog>;
  readonly out: NodeJS.WritableStream;
}

const table = (incidents: readonly ListedIncident[]): string => {
  const rows = new Table({
    head: ['incident', 'severity', 'state', 'since', 'has it', 'next step', 'told', 'what'],
    style: { head: [], border: [] },
    wordWrap: true,
  });
  for (const {
    id,
    severity,
    state,
    firstFiredAt,
    acknowledgedBy,
    nextDueAt,
    sent,
    dead,
    summary,
  } of incidents) {
    const told = dead > 0 ? `${sent}, ${dead} dead` : `${sent}`;
    rows.push([
      id,
      severity,
      state,
      firstFiredAt,
      acknowledgedBy ?? 'nobody',
      nextDueAt ?? 'none',
      told,
      summary,
    ]);
  }
  return rows.toString();
};

/** Exit code 1 while an open incident has nobody. */
export const incidents = async (
  { load, out }: IncidentsContext,
  { all = false, json = false }: { readonly all?: boolean; readonly json?: boolean },
): Promise<number> => {
  const home = createPool({ url: (await load()).home.url, max: 1 });
  try {
    const found = await listIncidents(home, all);
    if (json) out.write(`${JSON.stringify({ incidents: found })}\n`);
    else out.write(found.length === 0 ? 'no incident is open\n' : `${table(found)}\n`);
    const alone = found.some(({ state, acknowledgedBy }) => state === 'open' && acknowledgedBy === null);
    return alone ? EXIT.no : EXIT.yes;
  } finally {
    await home.end();
  }
};

export const registerIncidents = (program: Command, context: IncidentsContext): void => {
  program
    .command('incidents')
    .description('list open incidents; exit 1 while one of them has nobody')
    .option('--all', 'closed ones too, the newest hundred')
    .option('--json', 'one JSON object')
    .action(async (options: { readonly all?: boolean; readonly json?: boolean }) => {
      process.exitCode = await incidents(context, options);
    });
};
