// Rules as people have set them at run time, on top of what is declared. What would make a rule unsound is left out and
// told: a rule is judged as declared rather than not at all.

import type { MonitorRule, MonitorSnapshot } from './monitor.ts';
import { bandFaults, routeFaultsOfBands } from './rule-faults.ts';
import { tunables } from './tunable.ts';

/** One figure that somebody has set. */
export interface RuleOverride {
  readonly pack: string;
  readonly rule: string;
  /** As in Tunable. */
  readonly field: string;
  readonly value: string;
  readonly by: string;
  readonly reason: string;
  /** ISO-8601. */
  readonly since: string;
  /** ISO-8601; missing: until it is reset. */
  readonly until?: string;
}

export interface Overridden {
  readonly monitor: MonitorSnapshot;
  /** In force, with the declared value. */
  readonly applied: readonly (RuleOverride & { readonly declared: string })[];
  /** Not in force, and why: what is declared has changed since, or another override has ended. */
  readonly refused: readonly { readonly override: RuleOverride; readonly reason: string }[];
}

const unsound = (rule: MonitorRule): string | undefined => {
  const [fault] = [...bandFaults(rule.bands), ...routeFaultsOfBands(rule.bands, rule.rule.routes)];
  return fault && `${fault.path.join('.')} ${fault.message}`;
};

const put = (rule: MonitorRule, { field, value }: RuleOverride): MonitorRule | string => {
  const found = tunables(rule).find((each) => each.field === field);
  if (!found) return `${rule.rule.name} has no ${field} that could be set`;
  const set = found.set(value);
  return typeof set === 'string' ? `${field} ${set}` : set;
};

/** All of them; a text where that would not be sound. */
const putAll = (rule: MonitorRule, overrides: readonly RuleOverride[]): MonitorRule | string => {
  let changed = rule;
  for (const override of overrides) {
    const next = put(changed, override);
    if (typeof next === 'string') return next;
    changed = next;
  }
  return (overrides.length > 0 ? unsound(changed) : undefined) ?? changed;
};

interface Tuned {
  readonly rule: MonitorRule;
  readonly kept: readonly RuleOverride[];
  readonly refused: Overridden['refused'];
}

const tune = (rule: MonitorRule, overrides: readonly RuleOverride[]): Tuned => {
  const whole = putAll(rule, overrides);
  if (typeof whole !== 'string') return { rule: whole, kept: overrides, refused: [] };
  // Together they are not sound. One after the other, again and again: one may be sound only once another is in force.
  let kept: readonly RuleOverride[] = [];
  let left = overrides;
  for (;;) {
    const next = left.find((each) => typeof putAll(rule, [...kept, each]) !== 'string');
    if (!next) break;
    kept = [...kept, next];
    left = left.filter((each) => each !== next);
  }
  const changed = putAll(rule, kept);
  const refused = left.map((override) => {
    const reason = putAll(rule, [...kept, override]);
    return { override, reason: typeof reason === 'string' ? reason : 'contradicts another' };
  });
  return { rule: typeof changed === 'string' ? rule : changed, kept, refused };
};

/** Takes those of the monitor's own rules; others are passed over. Older ones first; of one field the last counts. */
export const applyOverrides = (monitor: MonitorSnapshot, overrides: readonly RuleOverride[]): Overridden => {
  const tuned = monitor.rules.map((declared) => {
    const own = overrides.filter(
      ({ pack, rule }) => pack === declared.rule.pack && rule === declared.rule.name,
    );
    const last = own.filter(
      ({ field }, place) => own.findLastIndex((each) => each.field === field) === place,
    );
    const values = new Map(tunables(declared).map(({ field, value }) => [field, value]));
    const { rule, kept, refused } = tune(declared, last);
    const applied = kept.map((each) => ({ ...each, declared: values.get(each.field) ?? '' }));
    return { rule, applied, refused };
  });
  return {
    monitor: { ...monitor, rules: tuned.map(({ rule }) => rule) },
    applied: tuned.flatMap((each) => each.applied),
    refused: tuned.flatMap((each) => each.refused),
  };
};
