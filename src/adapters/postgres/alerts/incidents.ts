// Rows of sexton.incident as the door writes them, by the thousand: opened, told anew, resolved; and as their
// escalation ends them: closed, handed over.
import type { Firing, Member, RuleSnapshot } from '../../../domain/alerts/alert.ts';
import type { Severity } from '../../../domain/alerts/severity.ts';
import { escalationWorkflowId } from '../../../domain/ids.ts';
import type { Queryable } from '../pool.ts';

/** The part of a row that decides what an observation does to it. */
export interface StandingIncident {
  readonly number: number;
  readonly groupKey: string;
  readonly state: 'open' | 'resolved' | 'closed';
  readonly severity: Severity;
  readonly handedSeq: number;
  readonly resolvedBy: string | null;
  readonly resolvedSecondsAgo: number | null;
}

const STANDING = `number::int, group_key AS "groupKey", state, severity, handed_seq AS "handedSeq",
  resolved_by AS "resolvedBy", extract(epoch FROM sexton.now() - resolved_at)::float8 AS "resolvedSecondsAgo"`;

/** Each group's incident that is not closed, held until the transaction ends. */
export const lockIncidents = async (
  tx: Queryable,
  groupKeys: readonly string[],
): Promise<readonly StandingIncident[]> => {
  const { rows } = await tx.query(
    `SELECT ${STANDING} FROM sexton.incident WHERE group_key = ANY($1) AND state <> 'closed' ORDER BY number FOR UPDATE`,
    [groupKeys],
  );
  return rows;
};

/** The last incident of each group. */
export const readLastIncidents = async (
  tx: Queryable,
  groupKeys: readonly string[],
): Promise<readonly StandingIncident[]> => {
  const { rows } = await tx.query(
    `SELECT i.* FROM unnest($1::text[]) key, LATERAL
       (SELECT ${STANDING} FROM sexton.incident WHERE group_key = key ORDER BY number DESC LIMIT 1) i`,
    [groupKeys],
  );
  return rows;
};

export interface Opening {
  readonly rule: RuleSnapshot;
  readonly groupKey: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly firing: Firing;
  readonly members?: Members;
  /** A ladder that rings already and takes the incident over. */
  readonly workflowId?: string;
}

/** Of a group: how many fire, and the worst. */
interface Members {
  readonly firing: number;
  readonly worst: readonly Member[];
}

/** Numbers by group key. */
export const openIncidents = async (
  tx: Queryable,
  openings: readonly Opening[],
): Promise<ReadonlyMap<string, number>> => {
  const rules = new Map(openings.map(({ rule }) => [`${rule.pack}/${rule.name}`, rule]));
  const { rows } = await tx.query(
    `INSERT INTO sexton.incident (pack, rule, group_key, labels, severity, firing, rule_snapshot, members)
     SELECT s.snapshot ->> 'pack', s.snapshot ->> 'name', "groupKey", labels, firing ->> 'severity', firing, s.snapshot, members
     FROM jsonb_to_recordset($1::jsonb) r("rule" text, "groupKey" text, labels jsonb, firing jsonb, members jsonb, place integer)
     JOIN jsonb_to_recordset($2::jsonb) s(name text, snapshot jsonb) ON s.name = r.rule
     ORDER BY place RETURNING number::int, pack, rule, group_key AS "groupKey"`,
    [
      JSON.stringify(
        openings.map(({ rule, groupKey, labels, firing, members }, place) => ({
          rule: `${rule.pack}/${rule.name}`,
          groupKey,
          labels,
          firing,
          members: members && { ...members, ever: members.firing },
          place,
        })),
      ),
      JSON.stringify([...rules].map(([name, snapshot]) => ({ name, snapshot }))),
    ],
  );
  const ringing = new Map(openings.map(({ groupKey, workflowId }) => [groupKey, workflowId]));
  await setWorkflows(
    tx,
    rows.map(({ number, pack, rule, groupKey }) => ({
      number,
      workflowId: ringing.get(groupKey) ?? escalationWorkflowId(pack, rule, number),
    })),
  );
  return new Map(rows.map(({ number, groupKey }) => [groupKey, number]));
};

/** A ladder that rings already takes its incident over, as long as no other has been told of it. */
export const setWorkflows = async (
  tx: Queryable,
  taken: readonly { readonly number: number; readonly workflowId: string }[],
): Promise<void> => {
  await tx.query(
    `UPDATE sexton.incident i SET workflow_id = r."workflowId"
     FROM jsonb_to_recordset($1::jsonb) r(number bigint, "workflowId" text) WHERE i.number = r.number`,
    [JSON.stringify(taken)],
  );
};

export interface Telling {
  readonly number: number;
  readonly firing: Firing;
  readonly members?: Members;
  /** Raises seq, so that the escalation is told. */
  readonly changed: boolean;
}

/** New words for what is wrong; what was resolved is open again. Members have been written before. */
export const tellIncidents = async (tx: Queryable, tellings: readonly Telling[]): Promise<void> => {
  await tx.query(
    `UPDATE sexton.incident i SET firing = r.firing, severity = r.firing ->> 'severity', state = 'open', resolved_at = NULL,
       resolved_by = NULL, seq = seq + r.changed::int,
       changed_at = CASE WHEN r.changed THEN sexton.now() ELSE changed_at END,
       members = CASE WHEN r.members IS NOT NULL THEN r.members || jsonb_build_object('ever',
         (SELECT count(*) FROM sexton.incident_member m WHERE m.incident = i.number)) END
     FROM jsonb_to_recordset($1::jsonb) r(number bigint, firing jsonb, members jsonb, changed boolean)
     WHERE i.number = r.number AND (r.changed OR i.firing <> r.firing)`,
    [JSON.stringify(tellings)],
  );
};

export const resolveIncidents = async (tx: Queryable, numbers: readonly number[]): Promise<void> => {
  await tx.query(
    `UPDATE sexton.incident SET state = 'resolved', resolved_at = sexton.now(), seq = seq + 1, changed_at = sexton.now(),
       hold = NULL, members = CASE WHEN members IS NOT NULL THEN members || '{"firing": 0, "worst": []}' END
     WHERE number = ANY($1) AND state = 'open'`,
    [numbers],
  );
};

/** The last act of an escalation; false where the incident has changed since, so that there is more to do. */
export const closeIncident = async (db: Queryable, number: number, seq: number): Promise<boolean> => {
  const { rowCount } = await db.query(
    `WITH closed AS (UPDATE sexton.incident SET state = 'closed', closed_at = sexton.now(), next_due_at = NULL
       WHERE number = $1 AND seq = $2 AND state = 'resolved' RETURNING number),
     gone AS (UPDATE sexton.incident_member SET until = sexton.now() FROM closed WHERE incident = number AND until IS NULL)
     SELECT number FROM closed`,
    [number, seq],
  );
  return rowCount === 1;
};

/** Marks what the escalation has been told of; never back. */
export const markHandedOver = async (db: Queryable, number: number, seq: number): Promise<void> => {
  await db.query('UPDATE sexton.incident SET handed_seq = greatest(handed_seq, $2) WHERE number = $1', [
    number,
    seq,
  ]);
};
