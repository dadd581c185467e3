// Rules as they hold now: what is declared, what people have set on top of it, and how their series stand.
import { readOverrides } from '../../adapters/postgres/alerts/rule-overrides.ts';
import { type RuleStates, readRuleStates } from '../../adapters/postgres/alerts/rule-states.ts';
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { type Catalog, type CatalogRule, catalogRules } from '../../catalog/catalog.ts';
import type { MonitorRule } from '../../domain/monitors/monitor.ts';
import { applyOverrides, type Overridden, type RuleOverride } from '../../domain/monitors/overrides.ts';

/** A rule in force. */
export interface ListedRule {
  readonly id: string;
  readonly monitor: string;
  readonly rule: MonitorRule;
  readonly states: RuleStates['states'];
  readonly set: Overridden['applied'];
  /** Set once, and left out because the rule would not be sound with it. */
  readonly left: Overridden['refused'];
}

/** One rule with what is set of it. */
export const inForce = (
  { monitor, name, rule }: CatalogRule,
  overrides: readonly RuleOverride[],
): Overridden & { readonly rule: MonitorRule } => {
  const own = overrides.filter((each) => each.pack === monitor.pack && each.rule === name);
  const applied = applyOverrides({ ...monitor.snapshot, rules: [rule] }, own);
  return { ...applied, rule: applied.monitor.rules[0] ?? rule };
};

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '42P01' || error.code === '3F000');

/** Rules that people have set, of every pack; none where the home database has not been prepared yet. */
export const overridesOr = async (home: Queryable): Promise<readonly RuleOverride[]> => {
  try {
    return await readOverrides(home);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

export const listRules = async (home: Queryable, catalog: Catalog): Promise<readonly ListedRule[]> => {
  const [overrides, states] = [await readOverrides(home), await readRuleStates(home)];
  return catalogRules(catalog).map((declared) => {
    const { rule, applied, refused } = inForce(declared, overrides);
    const own = states.find((each) => each.pack === declared.monitor.pack && each.rule === declared.name);
    return {
      id: declared.id,
      monitor: declared.monitor.name,
      rule,
      states: own?.states ?? {},
      set: applied,
      left: refused,
    };
  });
};
