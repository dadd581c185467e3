// Rows of sexton.rule_override: what people have set of rules at run time, and every change of it.
import type { RuleOverride } from '../../../domain/monitors/overrides.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

interface RuleName {
  readonly pack: string;
  readonly rule: string;
}

const OVERRIDE = `pack, rule, field, value, set_by AS by, reason, ${isoSql('since', 'seconds')} AS since,
  ${isoSql('until', 'seconds')} AS until`;

type Row = Omit<RuleOverride, 'until'> & { readonly until: string | null };

const toOverride = ({ until, ...row }: Row): RuleOverride => ({ ...row, ...(until !== null && { until }) });

/** Those in force, the oldest first; of one pack, or of all. */
export const readOverrides = async (home: Queryable, pack?: string): Promise<readonly RuleOverride[]> => {
  const { rows } = await home.query(
    `SELECT ${OVERRIDE} FROM (
       SELECT DISTINCT ON (pack, rule, field) * FROM sexton.rule_override
       WHERE $1::text IS NULL OR pack = $1 ORDER BY pack, rule, field, id DESC) newest
     WHERE value IS NOT NULL AND (until IS NULL OR until > sexton.now()) ORDER BY id`,
    [pack ?? null],
  );
  return rows.map(toOverride);
};

/** One who changes a rule at a time, so that what is checked is what stands; held until the transaction ends. */
export const lockOverrides = async (tx: Queryable, { pack, rule }: RuleName): Promise<void> => {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('sexton.rule_override/' || $1, 0))`, [
    `${pack}/${rule}`,
  ]);
};

export interface OverrideChange extends RuleName {
  readonly field: string;
  readonly oldValue: string;
  /** Missing: what is declared holds again. */
  readonly value?: string;
  readonly by: string;
  readonly reason: string;
  /** Missing: until it is reset. */
  readonly forSeconds?: number;
}

/** Returns the end, where it has one. */
export const writeOverride = async (
  tx: Queryable,
  { pack, rule, field, oldValue, value, by, reason, forSeconds }: OverrideChange,
): Promise<{ readonly until: string | null }> => {
  const { rows } = await tx.query(
    `INSERT INTO sexton.rule_override (pack, rule, field, old_value, value, set_by, reason, until)
     VALUES ($1, $2, $3, $4, $5, $6, $7, sexton.now() + make_interval(secs => $8))
     RETURNING ${isoSql('until', 'seconds')} AS until`,
    [pack, rule, field, oldValue, value ?? null, by, reason, forSeconds ?? null],
  );
  return rows[0];
};

/** One change as it was made. */
export interface ListedChange {
  readonly field: string;
  readonly from: string;
  /** Null: back to what is declared. */
  readonly to: string | null;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
  readonly until: string | null;
}

const MOST_CHANGES = 100;

/** Every change of a rule, the newest first. */
export const readChanges = async (
  home: Queryable,
  { pack, rule }: RuleName,
): Promise<readonly ListedChange[]> => {
  const { rows } = await home.query(
    `SELECT field, old_value AS "from", value AS "to", set_by AS by, reason, ${isoSql('since', 'seconds')} AS at,
       ${isoSql('until', 'seconds')} AS until
     FROM sexton.rule_override WHERE pack = $1 AND rule = $2 ORDER BY id DESC LIMIT ${MOST_CHANGES}`,
    [pack, rule],
  );
  return rows;
};
