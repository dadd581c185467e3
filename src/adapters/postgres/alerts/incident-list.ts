// Incidents as people list them, and one of them with all that is known of it.
import type { IncidentState } from '../../../domain/alerts/alert.ts';
import type { Hold } from '../../../domain/alerts/hold.ts';
import { incidentId } from '../../../domain/ids.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';
import { isCanary } from './self-sql.ts';

export interface ListedIncident {
  readonly id: string;
  readonly number: number;
  readonly state: 'open' | 'resolved' | 'closed';
  readonly severity: string;
  readonly summary: string;
  readonly firstFiredAt: string;
  readonly acknowledgedBy: string | null;
  readonly nextDueAt: string | null;
  readonly workflowId: string;
  /** Messages sent, and those that no channel took. */
  readonly sent: number;
  readonly dead: number;
  /** Of a group: how many alerts fire in it, and how many ever did. */
  readonly members: Pick<NonNullable<IncidentState['members']>, 'firing' | 'ever'> | null;
  /** What held its last wake back. */
  readonly hold: Hold | null;
}

const COLUMNS = `number::int, pack, rule, state, severity, firing ->> 'summary' AS summary,
  ${isoSql('first_fired_at', 'seconds')} AS "firstFiredAt", acknowledged_by AS "acknowledgedBy",
  ${isoSql('next_due_at', 'seconds')} AS "nextDueAt", workflow_id AS "workflowId",
  members - 'worst' AS members, hold, (SELECT count(*)::int FROM sexton.outbox o WHERE o.incident = number AND o.state = 'sent') AS sent,
  (SELECT count(*)::int FROM sexton.outbox o WHERE o.incident = number AND o.state = 'dead') AS dead`;

type Row = Omit<ListedIncident, 'id'> & { readonly pack: string; readonly rule: string };

const toListed = ({ pack, rule, ...row }: Row): ListedIncident => ({
  id: incidentId(pack, rule, row.number),
  ...row,
});

/** Those that are not closed, or the newest hundred of all; newest first. Canaries are nobody's business unless asked for. */
export const listIncidents = async (
  home: Queryable,
  all: boolean,
  canaries = false,
): Promise<readonly ListedIncident[]> => {
  const { rows } = await home.query(
    `SELECT ${COLUMNS} FROM sexton.incident i WHERE ($1 OR state <> 'closed') AND ($2 OR NOT ${isCanary('i')}) ORDER BY number DESC LIMIT 100`,
    [all, canaries],
  );
  return rows.map(toListed);
};

/** By its number; the number works alone because it counts through the whole home database. */
export const readIncident = async (home: Queryable, number: number): Promise<ListedIncident | undefined> => {
  const { rows } = await home.query(`SELECT ${COLUMNS} FROM sexton.incident WHERE number = $1`, [number]);
  return rows[0] && toListed(rows[0]);
};

/** The run that an incident is about by now; a later one than at its opening where that failed too. */
export const readRunOfIncident = async (home: Queryable, number: number): Promise<string | undefined> => {
  const { rows } = await home.query(
    `SELECT firing -> 'payload' ->> 'run_id' AS "runId" FROM sexton.incident WHERE number = $1`,
    [number],
  );
  return rows[0]?.runId ?? undefined;
};

/** A message of an incident, and what came of it. */
export interface ListedMessage {
  readonly wake: number;
  readonly tier: string;
  readonly channel: string;
  readonly address: string;
  readonly state: string;
  readonly at: string;
  readonly error: string | null;
}

/** Oldest first; of very many the newest hundred. */
export const listMessages = async (home: Queryable, number: number): Promise<readonly ListedMessage[]> => {
  const { rows } = await home.query(
    `SELECT wake, tier, channel, address, state, ${isoSql('at', 'seconds')} AS at, error
     FROM (SELECT * FROM sexton.outbox WHERE incident = $1 ORDER BY wake DESC, channel, address LIMIT 100) o
     ORDER BY wake, channel, address`,
    [number],
  );
  return rows;
};
