// Rows of sexton.alert_state: what each series remembers from look to look, read and written by the thousand.

import type { Firing } from '../../../domain/alerts/alert.ts';
import { type AlertMemory, type AlertStatus, UNSEEN } from '../../../domain/alerts/alert-state.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

export interface RuleName {
  readonly pack: string;
  readonly rule: string;
}

/**
 * Holds the rules until the transaction ends, in one order everywhere: observers of one rule come one after the
 * other, and cannot lock each other out. Answers the database's clock.
 */
export const lockRules = async (tx: Queryable, rules: readonly RuleName[]): Promise<number> => {
  const { rows } = await tx.query(
    `SELECT extract(epoch FROM sexton.now())::float8 * 1000 AS "nowMs", count(pg_advisory_xact_lock(key)) FROM
       (SELECT DISTINCT hashtextextended('sexton rule ' || name, 0) AS key FROM unnest($1::text[]) name ORDER BY 1) k`,
    [rules.map(({ pack, rule }) => `${pack}/${rule}`)],
  );
  return Math.floor(rows[0].nowMs);
};

/** A series as it stands. */
export interface StoredSeries extends RuleName {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly groupKey: string;
  readonly memory: AlertMemory;
}

const COLUMNS = `fingerprint, pack, rule, labels, group_key AS "groupKey", state, firing, memory, subject,
  ${isoSql('subject_at', 'microseconds')} AS "subjectAt", extract(epoch FROM as_of)::float8 * 1000 AS "lookedMs"`;

interface Row extends Omit<StoredSeries, 'memory'> {
  readonly state: AlertStatus;
  readonly firing: Firing | null;
  readonly memory: Omit<AlertMemory, 'told'> | null;
  readonly subject: string | null;
  readonly subjectAt: string | null;
  readonly lookedMs: number | null;
}

const toSeries = ({ fingerprint, pack, rule, labels, groupKey, ...row }: Row): StoredSeries => ({
  fingerprint,
  pack,
  rule,
  labels,
  groupKey,
  memory: toMemory(row),
});

const toMemory = (
  row: Pick<Row, 'state' | 'firing' | 'memory' | 'subject' | 'subjectAt' | 'lookedMs'>,
): AlertMemory => {
  const told = row.firing ?? undefined;
  if (!row.memory) return beforeMemories(row);
  const { course, ...rest } = row.memory;
  const fires = course.state === 'firing' || course.state === 'resolving';
  // Stored once: what the series fires with is nearly always what is told.
  const whole = fires && !course.told && told ? { ...course, told } : course;
  return { ...rest, course: whole, ...(told && { told }) };
};

/** A row that an older Sexton wrote. */
const beforeMemories = ({
  state,
  firing,
  subject,
  subjectAt,
  lookedMs,
}: Omit<Row, keyof StoredSeries>): AlertMemory => ({
  ...UNSEEN,
  ...(state === 'firing' &&
    firing && { status: 'firing', course: { state: 'firing', told: firing }, told: firing }),
  ...(subject !== null && { subject }),
  ...(subjectAt !== null && { subjectAt }),
  ...(lookedMs !== null && { lookedMs: Math.floor(lookedMs) }),
});

export const readSeries = async (
  tx: Queryable,
  fingerprints: readonly string[],
): Promise<readonly StoredSeries[]> => {
  const { rows } = await tx.query(`SELECT ${COLUMNS} FROM sexton.alert_state WHERE fingerprint = ANY($1)`, [
    fingerprints,
  ]);
  return rows.map(toSeries);
};

/** Every series of the rule that is anything but inactive. */
export const readActiveSeries = async (
  tx: Queryable,
  { pack, rule }: RuleName,
): Promise<readonly StoredSeries[]> => {
  const { rows } = await tx.query(
    `SELECT ${COLUMNS} FROM sexton.alert_state WHERE pack = $1 AND rule = $2 AND state <> 'inactive'`,
    [pack, rule],
  );
  return rows.map(toSeries);
};

const toRow = ({ fingerprint, pack, rule, labels, groupKey, memory: { told, ...memory } }: StoredSeries) => {
  const { course } = memory;
  const { told: courseTold, ...bare } = course;
  return {
    fingerprint,
    pack,
    rule,
    labels,
    group_key: groupKey,
    state: memory.status,
    firing: told,
    memory: courseTold === told ? { ...memory, course: bare } : memory,
    subject: memory.subject,
    subject_at: memory.subjectAt,
    looked_ms: memory.lookedMs,
  };
};

/** Rows a statement: well within the time that one may take. */
const CHUNK = 2_000;

export const writeSeries = async (tx: Queryable, series: readonly StoredSeries[]): Promise<void> => {
  for (let from = 0; from < series.length; from += CHUNK)
    await writeChunk(tx, series.slice(from, from + CHUNK));
};

const writeChunk = async (tx: Queryable, series: readonly StoredSeries[]): Promise<void> => {
  await tx.query(
    `INSERT INTO sexton.alert_state AS a (fingerprint, pack, rule, labels, group_key, state, firing, memory, subject,
       subject_at, as_of, last_seen, times_seen, since, told_since)
     SELECT fingerprint, pack, rule, labels, group_key, state, firing, memory, subject, subject_at,
       to_timestamp(looked_ms / 1000.0), sexton.now(), CASE WHEN firing IS NULL THEN 0 ELSE 1 END, sexton.now(),
       CASE WHEN firing IS NOT NULL THEN sexton.now() END
     FROM jsonb_to_recordset($1::jsonb) r(fingerprint text, pack text, rule text, labels jsonb, group_key text, state text,
       firing jsonb, memory jsonb, subject text, subject_at timestamptz, looked_ms float8)
     ON CONFLICT (fingerprint) DO UPDATE SET group_key = excluded.group_key, state = excluded.state,
       firing = excluded.firing, memory = excluded.memory, subject = excluded.subject, subject_at = excluded.subject_at,
       as_of = excluded.as_of, last_seen = excluded.last_seen, times_seen = a.times_seen + excluded.times_seen,
       since = CASE WHEN a.state = excluded.state THEN a.since ELSE excluded.since END,
       told_since = CASE WHEN excluded.firing IS NULL THEN NULL ELSE coalesce(a.told_since, excluded.told_since) END,
       held = CASE WHEN excluded.firing IS NULL THEN NULL ELSE a.held END`,
    [JSON.stringify(series.map(toRow))],
  );
};
