// Rows of sexton.incident as the door writes them: opened, told anew, resolved, closed, handed over.
import type { Firing, HandOver, Report, RuleSnapshot } from '../../../domain/alerts/alert.ts';
import type { Severity } from '../../../domain/alerts/severity.ts';
import { escalationWorkflowId, incidentId } from '../../../domain/ids.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

/** The part of a row that decides what an observation does to it. */
export interface OpenIncident {
  readonly number: number;
  readonly state: 'open' | 'resolved';
  readonly severity: Severity;
  readonly handedSeq: number;
  readonly resolvedBy: string | null;
  readonly resolvedSecondsAgo: number | null;
}

/** The group's incident that is not closed, held until the transaction ends. */
export const lockIncident = async (tx: Queryable, groupKey: string): Promise<OpenIncident | undefined> => {
  const { rows } = await tx.query(
    `SELECT number::int, state, severity, handed_seq AS "handedSeq", resolved_by AS "resolvedBy",
       extract(epoch FROM sexton.now() - resolved_at)::float8 AS "resolvedSecondsAgo"
     FROM sexton.incident WHERE group_key = $1 AND state <> 'closed' FOR UPDATE`,
    [groupKey],
  );
  return rows[0];
};

/** Whether a person resolved the group's last incident within the last `seconds`, and it is closed by now. */
export const closedByHandWithin = async (
  tx: Queryable,
  groupKey: string,
  seconds: number,
): Promise<boolean> => {
  const { rows } = await tx.query(
    `SELECT resolved_by IS NOT NULL AND resolved_at > sexton.now() - make_interval(secs => $2) AS recently
     FROM sexton.incident WHERE group_key = $1 ORDER BY number DESC LIMIT 1`,
    [groupKey, seconds],
  );
  return rows[0]?.recently ?? false;
};

export const openIncident = async (
  tx: Queryable,
  groupKey: string,
  report: Report & { firing: Firing },
): Promise<void> => {
  const { rule, labels, firing, ringing } = report;
  const { rows } = await tx.query(
    `INSERT INTO sexton.incident (pack, rule, group_key, labels, severity, firing, rule_snapshot)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING number::int`,
    [
      rule.pack,
      rule.name,
      groupKey,
      JSON.stringify(labels),
      firing.severity,
      JSON.stringify(firing),
      JSON.stringify(rule),
    ],
  );
  const { number } = rows[0];
  await setWorkflow(tx, number, ringing ?? escalationWorkflowId(rule.pack, rule.name, number));
};

/** A ladder that rings already takes the incident over, as long as no other has been told of it. */
export const setWorkflow = async (tx: Queryable, number: number, workflowId: string): Promise<void> => {
  await tx.query('UPDATE sexton.incident SET workflow_id = $2 WHERE number = $1', [number, workflowId]);
};

/** New words for what is wrong; `changed` raises seq, so that the escalation is told. */
export const updateFiring = async (
  tx: Queryable,
  number: number,
  firing: Firing,
  changed: boolean,
): Promise<void> => {
  await tx.query(
    `UPDATE sexton.incident SET firing = $2, severity = $3, state = 'open', resolved_at = NULL, resolved_by = NULL,
       seq = seq + $4, changed_at = CASE WHEN $4 = 1 THEN sexton.now() ELSE changed_at END
     WHERE number = $1`,
    [number, JSON.stringify(firing), firing.severity, changed ? 1 : 0],
  );
};

export const resolveIncident = async (tx: Queryable, number: number): Promise<void> => {
  await tx.query(
    `UPDATE sexton.incident SET state = 'resolved', resolved_at = sexton.now(), seq = seq + 1, changed_at = sexton.now()
     WHERE number = $1 AND state = 'open'`,
    [number],
  );
};

/** The last act of an escalation; false where the incident has changed since, so that there is more to do. */
export const closeIncident = async (db: Queryable, number: number, seq: number): Promise<boolean> => {
  const { rowCount } = await db.query(
    `UPDATE sexton.incident SET state = 'closed', closed_at = sexton.now(), next_due_at = NULL
     WHERE number = $1 AND seq = $2 AND state = 'resolved'`,
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

const HAND_OVER = `number::int, pack, rule, seq, state, severity, firing, rule_snapshot AS "ruleSnapshot", workflow_id AS "workflowId",
  ${isoSql('first_fired_at', 'milliseconds')} AS "firstFiredAt"`;

interface Row {
  readonly number: number;
  readonly pack: string;
  readonly rule: string;
  readonly seq: number;
  readonly state: 'open' | 'resolved';
  readonly severity: Severity;
  readonly firing: Firing;
  readonly ruleSnapshot: RuleSnapshot;
  readonly workflowId: string;
  readonly firstFiredAt: string;
}

const toHandOver = (row: Row): HandOver => ({
  number: row.number,
  seq: row.seq,
  workflowId: row.workflowId,
  incident: {
    id: incidentId(row.pack, row.rule, row.number),
    number: row.number,
    seq: row.seq,
    state: row.state,
    firing: row.firing,
    firstFiredAt: row.firstFiredAt,
    policy: row.ruleSnapshot.routes[row.severity],
    reopenWithinSeconds: row.ruleSnapshot.reopenWithinSeconds,
  },
});

/** Every incident of the rule whose escalation has not heard of its newest state: a retry finds the same ones. */
export const readHandOversOfRule = async (
  db: Queryable,
  { pack, name }: Pick<RuleSnapshot, 'pack' | 'name'>,
): Promise<readonly HandOver[]> => {
  const { rows } = await db.query(
    `SELECT ${HAND_OVER} FROM sexton.incident
     WHERE pack = $1 AND rule = $2 AND state <> 'closed' AND seq > handed_seq ORDER BY number`,
    [pack, name],
  );
  return rows.map(toHandOver);
};

/** Incidents that have waited `seconds` for somebody to hand them over. */
export const readWaitingHandOvers = async (db: Queryable, seconds: number): Promise<readonly HandOver[]> => {
  const { rows } = await db.query(
    `SELECT ${HAND_OVER} FROM sexton.incident WHERE state <> 'closed' AND seq > handed_seq
       AND changed_at <= sexton.now() - make_interval(secs => $1) ORDER BY number`,
    [seconds],
  );
  return rows.map(toHandOver);
};

/** Incidents whose next step is overdue by `seconds`, or whose workflow is among `stopped`: their escalation may be gone. */
export const readStalledIncidents = async (
  db: Queryable,
  seconds: number,
  stopped: readonly string[],
): Promise<readonly HandOver[]> => {
  const { rows } = await db.query(
    `SELECT ${HAND_OVER} FROM sexton.incident WHERE state <> 'closed' AND handed_seq > 0
       AND (next_due_at <= sexton.now() - make_interval(secs => $1) OR workflow_id = ANY($2)) ORDER BY number`,
    [seconds, stopped],
  );
  return rows.map(toHandOver);
};
