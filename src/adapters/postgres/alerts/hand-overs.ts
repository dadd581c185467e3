// Incidents whose escalation has not heard of their newest state, as they are handed over.
import {
  type Firing,
  type HandOver,
  type IncidentState,
  MOST_HAND_OVERS,
  type RuleSnapshot,
} from '../../../domain/alerts/alert.ts';
import type { Hold } from '../../../domain/alerts/hold.ts';
import type { LadderState } from '../../../domain/alerts/ladder.ts';
import type { Severity } from '../../../domain/alerts/severity.ts';
import { incidentId } from '../../../domain/ids.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';
import type { RuleName } from './alert-states.ts';

const COLUMNS = `number::int, pack, rule, seq, state, severity, firing, rule_snapshot AS "ruleSnapshot",
  workflow_id AS "workflowId", labels, members, hold, ladder,
  coalesce((ladder ->> 'revision')::bigint, 0)::float8 AS revision,
  ${isoSql('first_fired_at', 'milliseconds')} AS "firstFiredAt"`;

interface Row extends RuleName {
  readonly number: number;
  readonly seq: number;
  readonly state: 'open' | 'resolved';
  readonly severity: Severity;
  readonly firing: Firing;
  readonly ruleSnapshot: RuleSnapshot;
  readonly workflowId: string;
  readonly firstFiredAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly members: NonNullable<IncidentState['members']> | null;
  readonly hold: Hold | null;
  readonly ladder: LadderState | null;
  readonly revision: number;
}

const toHandOver = (row: Row): HandOver => ({
  number: row.number,
  seq: row.seq,
  workflowId: row.workflowId,
  stored: { ladder: row.ladder, revision: row.revision },
  incident: {
    id: incidentId(row.pack, row.rule, row.number),
    number: row.number,
    seq: row.seq,
    state: row.state,
    firing: row.firing,
    firstFiredAt: row.firstFiredAt,
    policy: row.ruleSnapshot.routes[row.severity],
    reopenWithinSeconds: row.ruleSnapshot.reopenWithinSeconds,
    labels: row.labels,
    ...(row.members && { members: row.members }),
    ...(row.ruleSnapshot.onNewMember && { onNewMember: row.ruleSnapshot.onNewMember }),
    ...(row.hold && { held: row.hold }),
  },
});

/** The oldest incidents of the rules whose escalation has not heard of their newest state: a retry finds the same ones. */
export const readHandOversOfRules = async (
  db: Queryable,
  rules: readonly RuleName[],
): Promise<readonly HandOver[]> => {
  const { rows } = await db.query(
    `SELECT ${COLUMNS} FROM sexton.incident WHERE (pack, rule) IN (SELECT * FROM unnest($1::text[], $2::text[]))
       AND state <> 'closed' AND seq > handed_seq ORDER BY number LIMIT ${MOST_HAND_OVERS}`,
    [rules.map(({ pack }) => pack), rules.map(({ rule }) => rule)],
  );
  return rows.map(toHandOver);
};

export interface WaitingInput {
  readonly waitedSeconds: number;
  /** Only those above this number, so that one that cannot be told keeps nobody else waiting. */
  readonly above: number;
  readonly most: number;
  /** These wait no longer, however new they are. */
  readonly atOnce?: readonly RuleName[];
}

/** Incidents that have waited for somebody to hand them over, oldest first. */
export const readWaitingHandOvers = async (
  db: Queryable,
  { waitedSeconds, above, most, atOnce = [] }: WaitingInput,
): Promise<readonly HandOver[]> => {
  const { rows } = await db.query(
    `SELECT ${COLUMNS} FROM sexton.incident WHERE state <> 'closed' AND seq > handed_seq AND number > $2
       AND (changed_at <= sexton.now() - make_interval(secs => $1)
         OR (pack, rule) IN (SELECT * FROM unnest($4::text[], $5::text[])))
     ORDER BY number LIMIT $3`,
    [waitedSeconds, above, most, atOnce.map(({ pack }) => pack), atOnce.map(({ rule }) => rule)],
  );
  return rows.map(toHandOver);
};

export interface StalledInput extends Omit<WaitingInput, 'atOnce'> {
  /** Workflow ids that are known to have stopped. */
  readonly stopped: readonly string[];
}

/** Incidents whose next step is overdue, or whose workflow has stopped: their escalation may be gone. */
export const readStalledIncidents = async (
  db: Queryable,
  { waitedSeconds, above, most, stopped }: StalledInput,
): Promise<readonly HandOver[]> => {
  const { rows } = await db.query(
    `SELECT ${COLUMNS} FROM sexton.incident WHERE state <> 'closed' AND handed_seq > 0 AND number > $2
       AND (next_due_at <= sexton.now() - make_interval(secs => $1) OR workflow_id = ANY($4))
     ORDER BY number LIMIT $3`,
    [waitedSeconds, above, most, stopped],
  );
  return rows.map(toHandOver);
};
