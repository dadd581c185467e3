// Rows of sexton.incident_member, and the alerts that fire in a group, whether they have joined its incident or not.
import type { Firing } from '../../../domain/alerts/alert.ts';
import type { Hold } from '../../../domain/alerts/hold.ts';
import type { Severity } from '../../../domain/alerts/severity.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';
import type { RuleName } from './alert-states.ts';

/** An alert of which people are to know. */
export interface ToldSeries extends RuleName {
  readonly fingerprint: string;
  readonly groupKey: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly told: Firing;
  readonly toldSeconds: number;
  readonly held: Hold | null;
}

const TOLD = `fingerprint, pack, rule, group_key AS "groupKey", labels, firing AS told, held,
  extract(epoch FROM sexton.now() - told_since)::float8 AS "toldSeconds"`;

export const readTold = async (
  tx: Queryable,
  groupKeys: readonly string[],
): Promise<readonly ToldSeries[]> => {
  const { rows } = await tx.query(
    `SELECT ${TOLD} FROM sexton.alert_state WHERE group_key = ANY($1) AND firing IS NOT NULL`,
    [groupKeys],
  );
  return rows;
};

/** Of these incidents, those that have joined and still fire. */
export const readToldMembers = async (
  db: Queryable,
  incidents: readonly number[],
): Promise<readonly (ToldSeries & { readonly incident: number })[]> => {
  const { rows } = await db.query(
    `SELECT incident::int, a.* FROM sexton.incident_member m JOIN
       (SELECT ${TOLD} FROM sexton.alert_state WHERE firing IS NOT NULL) a USING (fingerprint)
     WHERE incident = ANY($1) AND until IS NULL`,
    [incidents],
  );
  return rows;
};

/** Fingerprints that have joined each incident and not left. */
export const readMembers = async (
  tx: Queryable,
  incidents: readonly number[],
): Promise<ReadonlyMap<number, ReadonlySet<string>>> => {
  const { rows } = await tx.query(
    `SELECT incident::int, array_agg(fingerprint) AS members FROM sexton.incident_member
     WHERE incident = ANY($1) AND until IS NULL GROUP BY incident`,
    [incidents],
  );
  return new Map(rows.map(({ incident, members }) => [incident, new Set<string>(members)]));
};

export interface Joining {
  readonly incident: number;
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly severity: Severity;
}

/** Who comes back is the same member, from now on. */
export const join = async (tx: Queryable, joining: readonly Joining[]): Promise<void> => {
  await tx.query(
    `WITH r AS (SELECT * FROM jsonb_to_recordset($1::jsonb) r(incident bigint, fingerprint text, labels jsonb, severity text))
     INSERT INTO sexton.incident_member (incident, fingerprint, labels, severity) SELECT * FROM r
     ON CONFLICT (incident, fingerprint) DO UPDATE SET severity = excluded.severity, since = sexton.now(), until = NULL`,
    [JSON.stringify(joining)],
  );
};

export const leave = async (
  tx: Queryable,
  leaving: readonly { readonly incident: number; readonly fingerprint: string }[],
): Promise<void> => {
  await tx.query(
    `UPDATE sexton.incident_member m SET until = sexton.now()
     FROM jsonb_to_recordset($1::jsonb) r(incident bigint, fingerprint text)
     WHERE m.incident = r.incident AND m.fingerprint = r.fingerprint AND until IS NULL`,
    [JSON.stringify(leaving)],
  );
};

/** Members that are as bad as their alerts are by now. */
export const refreshSeverities = async (tx: Queryable, incidents: readonly number[]): Promise<void> => {
  await tx.query(
    `UPDATE sexton.incident_member m SET severity = a.firing ->> 'severity' FROM sexton.alert_state a
     WHERE m.incident = ANY($1) AND m.until IS NULL AND a.fingerprint = m.fingerprint
       AND a.firing ->> 'severity' <> m.severity`,
    [incidents],
  );
};

/** Writes down what keeps each alert from its incident, or that nothing does. */
export const writeHeld = async (
  tx: Queryable,
  held: readonly { readonly fingerprint: string; readonly hold?: Hold }[],
): Promise<void> => {
  await tx.query(
    `UPDATE sexton.alert_state a SET held = r.hold
     FROM jsonb_to_recordset($1::jsonb) r(fingerprint text, hold jsonb) WHERE a.fingerprint = r.fingerprint`,
    [JSON.stringify(held)],
  );
};

/** A member as people read it. */
export interface ListedMember {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly severity: Severity;
  readonly since: string;
  readonly until: string | null;
}

/** Those that still fire first, the worst first. */
export const listMembers = async (
  home: Queryable,
  incident: number,
  most: number,
): Promise<readonly ListedMember[]> => {
  const { rows } = await home.query(
    `SELECT fingerprint, labels, severity, ${isoSql('since', 'seconds')} AS since, ${isoSql('until', 'seconds')} AS until
     FROM sexton.incident_member m WHERE incident = $1
     ORDER BY m.until IS NOT NULL, array_position('{critical,high,warning,info}'::text[], severity), fingerprint LIMIT $2`,
    [incident, most],
  );
  return rows;
};
