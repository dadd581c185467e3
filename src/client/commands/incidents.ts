// `sexton incidents`: what is open, how bad, since when, who has it, what comes next; with an id, all of that one.
import Table from 'cli-table3';
import type { Command } from 'commander';
import { readHolding } from '../../adapters/postgres/alerts/holds.ts';
import {
  type ListedIncident,
  listIncidents,
  listMessages,
  readIncident,
} from '../../adapters/postgres/alerts/incident-list.ts';
import { readNotes } from '../../adapters/postgres/alerts/incident-notes.ts';
import { listMembers } from '../../adapters/postgres/alerts/members.ts';
import { createPool } from '../../adapters/postgres/pool.ts';
import { type Catalog, UnknownNameError } from '../../catalog/catalog.ts';
import { incidentNumber } from '../../domain/ids.ts';
import { EXIT } from '../context.ts';
import { withPool } from '../with-pool.ts';
import { type IncidentDetail, incidentText } from './incident-text.ts';

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
    members,
    hold,
  } of incidents) {
    const told = dead > 0 ? `${sent}, ${dead} dead` : `${sent}`;
    rows.push([
      id,
      severity,
      hold ? `${state}, held: ${hold.kind}` : state,
      firstFiredAt,
      acknowledgedBy ?? 'nobody',
      nextDueAt ?? 'none',
      told,
      members ? `${members.firing} alerts, the worst: ${summary}` : summary,
    ]);
  }
  return rows.toString();
};

interface ListFlags {
  readonly all?: boolean;
  readonly canaries?: boolean;
  readonly json?: boolean;
}

/** Exit code 1 while an open incident has nobody. */
export const incidents = async (
  { load, out }: IncidentsContext,
  { all = false, canaries = false, json = false }: ListFlags,
): Promise<number> => {
  const home = createPool({ url: (await load()).home.url, max: 1 });
  try {
    const found = await listIncidents(home, all, canaries);
    if (json) out.write(`${JSON.stringify({ incidents: found })}\n`);
    else out.write(found.length === 0 ? 'no incident is open\n' : `${table(found)}\n`);
    const alone = found.some(({ state, acknowledgedBy }) => state === 'open' && acknowledgedBy === null);
    return alone ? EXIT.no : EXIT.yes;
  } finally {
    await home.end();
  }
};

/** Members shown; a group may have thousands. */
const MOST_MEMBERS = 20;

/** Exit code 1 while it is open and has nobody. */
const incidentDetail = async (
  { load, out }: IncidentsContext,
  id: string,
  { json = false }: { readonly json?: boolean },
): Promise<number> =>
  withPool((await load()).home.url, async (home) => {
    const number = incidentNumber(id);
    const incident = number === undefined ? undefined : await readIncident(home, number);
    if (!incident || number === undefined || (id !== incident.id && id !== String(number)))
      throw new UnknownNameError(`no incident ${id}; \`sexton incidents --all\` lists them`, []);
    const detail: IncidentDetail = {
      incident,
      members: await listMembers(home, number, MOST_MEMBERS),
      hold: incident.state === 'open' ? ((await readHolding(home, number)).now ?? null) : null,
      messages: await listMessages(home, number),
      notes: await readNotes(home, number),
    };
    out.write(`${json ? JSON.stringify(detail) : incidentText(detail)}\n`);
    return incident.state === 'open' && incident.acknowledgedBy === null ? EXIT.no : EXIT.yes;
  });

export const registerIncidents = (program: Command, context: IncidentsContext): void => {
  program
    .command('incidents')
    .argument('[incident]', 'number, or <pack>/<rule>/<number>: its alerts, what holds it, who was told')
    .description(
      'list incidents that are open, or resolved and may still open again; exit 1 while one has nobody',
    )
    .option('--all', 'closed ones too, the newest hundred')
    .option('--canaries', 'canaries too, by which Sexton watches itself')
    .option('--json', 'one JSON object')
    .action(async (id: string | undefined, options: ListFlags) => {
      process.exitCode =
        id === undefined ? await incidents(context, options) : await incidentDetail(context, id, options);
    });
};
