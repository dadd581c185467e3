// Rows of sexton.alert_rule: each rule as it was last observed with, for what opens without a new observation.
import type { RuleSnapshot } from '../../../domain/alerts/alert.ts';
import type { Queryable } from '../pool.ts';
import type { RuleName } from './alert-states.ts';

export const writeRules = async (tx: Queryable, rules: readonly RuleSnapshot[]): Promise<void> => {
  await tx.query(
    `INSERT INTO sexton.alert_rule AS r (pack, rule, snapshot)
     SELECT s ->> 'pack', s ->> 'name', s FROM jsonb_array_elements($1::jsonb) s
     ON CONFLICT (pack, rule) DO UPDATE SET snapshot = excluded.snapshot, changed_at = sexton.now()
       WHERE r.snapshot <> excluded.snapshot`,
    [JSON.stringify(rules)],
  );
};

export const readRule = async (
  tx: Queryable,
  { pack, rule }: RuleName,
): Promise<RuleSnapshot | undefined> => {
  const { rows } = await tx.query('SELECT snapshot FROM sexton.alert_rule WHERE pack = $1 AND rule = $2', [
    pack,
    rule,
  ]);
  return rows[0]?.snapshot;
};

/** Rules of which an alert fires that something keeps from its incident. */
export const readHeldRules = async (db: Queryable): Promise<readonly RuleSnapshot[]> => {
  const { rows } = await db.query(
    `SELECT snapshot FROM sexton.alert_rule r WHERE EXISTS
       (SELECT 1 FROM sexton.alert_state a WHERE a.pack = r.pack AND a.rule = r.rule AND held IS NOT NULL)
     ORDER BY pack, rule`,
  );
  return rows.map(({ snapshot }) => snapshot);
};

/** Group keys of the rule in which something is held. */
export const readHeldGroups = async (tx: Queryable, { pack, rule }: RuleName): Promise<readonly string[]> => {
  const { rows } = await tx.query(
    `SELECT DISTINCT group_key AS key FROM sexton.alert_state WHERE pack = $1 AND rule = $2 AND held IS NOT NULL`,
    [pack, rule],
  );
  return rows.map(({ key }) => key);
};
