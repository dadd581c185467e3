// Rows of sexton.silence. A silence is ended, never deleted: who kept what quiet stays to be read.

import type pg from 'pg';
import {
  type Fits,
  type Matcher,
  quietens,
  type Silenceable,
  valueOf,
} from '../../../domain/alerts/silence.ts';
import { isoSql } from '../iso.ts';
import { inTransaction, type Queryable } from '../pool.ts';

export interface Silence {
  readonly id: number;
  readonly matchers: readonly Matcher[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly author: string;
  readonly comment: string;
  readonly endedAt: string | null;
  readonly endedBy: string | null;
  readonly state: 'coming' | 'active' | 'over';
}

const COLUMNS = `id::int, matchers, ${isoSql('starts_at', 'seconds')} AS "startsAt", ${isoSql('ends_at', 'seconds')} AS "endsAt",
  author, comment, ${isoSql('ended_at', 'seconds')} AS "endedAt", ended_by AS "endedBy",
  CASE WHEN ended_at IS NOT NULL OR ends_at <= sexton.now() THEN 'over' WHEN starts_at > sexton.now() THEN 'coming'
    ELSE 'active' END AS state`;

/** In force now. */
export const ACTIVE = `ended_at IS NULL AND starts_at <= sexton.now() AND ends_at > sexton.now()`;

/** The longest that an expression may take to be understood. */
const TRY_MS = 1_000;

/** What the database finds wrong with the expressions; one that fits the empty text fits whatever lacks the label. */
export const tryMatchers = async (
  home: pg.Pool,
  matchers: readonly Matcher[],
): Promise<readonly string[]> => {
  const faults: string[] = [];
  for (const { label, op, value } of matchers.filter((each) => each.op.includes('~'))) {
    const text = `${label}${op}${value}`;
    try {
      const { rows } = await inTransaction(home, async (tx) => {
        await tx.query(`SET LOCAL statement_timeout = ${TRY_MS}`);
        return tx.query(
          `SELECT '' ~ ('^(?:' || $1 || ')$') AS empty, repeat('a', 1000) ~ ('^(?:' || $1 || ')$') AS long`,
          [value],
        );
      });
      if (op === '=~' && rows[0]?.empty)
        faults.push(`${text}: fits the empty text, so every alert without ${label} would be quiet, too`);
    } catch (error) {
      faults.push(`${text}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return faults;
};

export interface NewSilence {
  readonly matchers: readonly Matcher[];
  /** ISO-8601; default now. */
  readonly from?: string;
  /** ISO-8601, or seconds from its start. */
  readonly until: string | number;
  readonly author: string;
  readonly comment: string;
}

export const addSilence = async (home: Queryable, silence: NewSilence): Promise<Silence> => {
  const { matchers, from, until, author, comment } = silence;
  const { rows } = await home.query(
    `INSERT INTO sexton.silence (matchers, starts_at, ends_at, author, comment)
     SELECT $1, starts, coalesce($3::timestamptz, starts + make_interval(secs => $4)), $5, $6
     FROM (SELECT coalesce($2::timestamptz, sexton.now()) AS starts) s RETURNING ${COLUMNS}`,
    [
      JSON.stringify(matchers),
      from ?? null,
      typeof until === 'string' ? until : null,
      typeof until === 'number' ? until : null,
      author,
      comment,
    ],
  );
  return rows[0];
};

/** Active and coming ones, or the newest hundred of all. */
export const listSilences = async (home: Queryable, all: boolean): Promise<readonly Silence[]> => {
  const { rows } = await home.query(
    `SELECT ${COLUMNS} FROM sexton.silence WHERE $1 OR (ended_at IS NULL AND ends_at > sexton.now())
     ORDER BY id DESC LIMIT 100`,
    [all],
  );
  return rows;
};

/** Undefined where there is none of that id; one that is over stays as it is. */
export const endSilence = async (home: Queryable, id: number, by: string): Promise<Silence | undefined> => {
  const { rows } = await home.query(
    `UPDATE sexton.silence SET ended_at = CASE WHEN ends_at > sexton.now() THEN coalesce(ended_at, sexton.now()) ELSE ended_at END,
       ended_by = CASE WHEN ends_at > sexton.now() THEN coalesce(ended_by, $2) ELSE ended_by END
     WHERE id = $1 RETURNING ${COLUMNS}`,
    [id, by],
  );
  return rows[0];
};

/** Those of the alerts that a silence which is in force keeps quiet, with the one that ends last. */
export const readSilenced = async <Alert extends Silenceable>(
  db: Queryable,
  alerts: readonly Alert[],
): Promise<ReadonlyMap<Alert, Silence>> => {
  const { rows } = await db.query(
    `SELECT ${COLUMNS} FROM sexton.silence WHERE ${ACTIVE} ORDER BY ends_at, id`,
  );
  const silences: readonly Silence[] = rows;
  const found = new Map<Alert, Silence>();
  if (silences.length === 0 || alerts.length === 0) return found;
  const fits = await readFits(db, silences, alerts);
  for (const silence of silences)
    for (const alert of alerts) if (quietens(silence.matchers, alert, fits)) found.set(alert, silence);
  return found;
};

/** Expressions are Postgres' own, which knows no expression that takes for ever; each is asked of each value once. */
const readFits = async (
  db: Queryable,
  silences: readonly Pick<Silence, 'matchers'>[],
  alerts: readonly Silenceable[],
): Promise<Fits> => {
  const asked = silences
    .flatMap(({ matchers }) => matchers)
    .filter(({ op }) => op === '=~' || op === '!~')
    .map(({ label, value }) => ({
      expression: value,
      values: [...new Set(alerts.map((alert) => valueOf(alert, label)))],
    }));
  if (asked.length === 0) return () => undefined;
  const { rows } = await db.query(
    `SELECT DISTINCT expression, value, sexton.fits(value, expression) AS fits
     FROM jsonb_to_recordset($1::jsonb) r(expression text, "values" jsonb), jsonb_array_elements_text("values") value`,
    [JSON.stringify(asked)],
  );
  const known = new Map<string, boolean | undefined>(
    rows.map((row) => [JSON.stringify([row.expression, row.value]), row.fits ?? undefined]),
  );
  return (expression, value) => known.get(JSON.stringify([expression, value]));
};

/** How many alerts that fire now it keeps quiet. */
export const countSilenced = async (home: Queryable, { matchers }: Silence): Promise<number> => {
  const { rows } = await home.query(
    'SELECT pack, rule, labels FROM sexton.alert_state WHERE firing IS NOT NULL ORDER BY fingerprint',
  );
  const alerts: readonly Silenceable[] = rows;
  const fits = await readFits(home, [{ matchers }], alerts);
  return alerts.filter((alert) => quietens(matchers, alert, fits)).length;
};
