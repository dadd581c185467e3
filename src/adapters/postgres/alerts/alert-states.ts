// Rows of sexton.alert_state: what each series was last told to be.
import type { Report } from '../../../domain/alerts/alert.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

/** Makes the row if need be and holds it, so that observers of one series come one after the other. */
export const lockAlertState = async (
  tx: Queryable,
  fingerprint: string,
  { rule, labels }: Report,
): Promise<{ readonly state: 'inactive' | 'firing'; readonly subjectAt: string | null }> => {
  await tx.query(
    `INSERT INTO sexton.alert_state (fingerprint, pack, rule, labels) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [fingerprint, rule.pack, rule.name, JSON.stringify(labels)],
  );
  const { rows } = await tx.query(
    `SELECT state, ${isoSql('subject_at', 'microseconds')} AS "subjectAt"
     FROM sexton.alert_state WHERE fingerprint = $1 FOR UPDATE`,
    [fingerprint],
  );
  return rows[0];
};

export const writeAlertState = async (
  tx: Queryable,
  fingerprint: string,
  { subject, subjectAt, firing }: Report,
): Promise<void> => {
  await tx.query(
    `UPDATE sexton.alert_state SET state = $2, firing = $3, subject = $4,
       subject_at = greatest(subject_at, $5::timestamptz), as_of = sexton.now(), last_seen = sexton.now(),
       times_seen = times_seen + CASE WHEN $2 = 'firing' THEN 1 ELSE 0 END,
       since = CASE WHEN state = $2 THEN since ELSE sexton.now() END
     WHERE fingerprint = $1`,
    [fingerprint, firing ? 'firing' : 'inactive', firing ? JSON.stringify(firing) : null, subject, subjectAt],
  );
};
