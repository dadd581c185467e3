// How rules and what was set of them are written down.
import Table from 'cli-table3';
import type { ListedChange } from '../../adapters/postgres/alerts/rule-overrides.ts';
import type { Overridden, RuleOverride } from '../../domain/monitors/overrides.ts';
import { bandLines, forWords, routeLines } from '../../domain/monitors/rule-text.ts';
import { tunables } from '../../domain/monitors/tunable.ts';
import type { ListedRule } from './rule-list.ts';

const SEVEREST = ['firing', 'error', 'noData', 'resolving', 'pending'] as const;

/** `firing 2, pending 1`; what is fine is not counted. */
const stateWords = (states: ListedRule['states']): string => {
  const told = SEVEREST.filter((state) => (states[state] ?? 0) > 0);
  if (told.length > 0) return told.map((state) => `${state} ${states[state]}`).join(', ');
  return Object.keys(states).length > 0 ? 'fine' : 'not seen yet';
};

const untilWords = ({ until }: Pick<RuleOverride, 'until'>): string =>
  until === undefined ? '' : ` until ${until}`;

/** `for 30m, declared 15m (ana until 2026-02-17T12:00:00Z: too many)`. */
const overrideWords = (override: Overridden['applied'][number]): string => {
  const { field, value, declared, by, reason } = override;
  return `${field} ${value}, declared ${declared} (${by}${untilWords(override)}: ${reason})`;
};

const leftWords = ({ override, reason }: Overridden['refused'][number]): string =>
  `${override.field} ${override.value} of ${override.by} is left out: ${reason}`;

/** Set figures are marked with `*`. */
export const rulesTable = (rules: readonly ListedRule[]): string => {
  const rows = new Table({
    head: ['rule', 'monitor', 'fires when', 'for', 'goes to', 'now'],
    style: { head: [], border: [] },
    wordWrap: true,
  });
  for (const { id, monitor, rule, states, set } of rules) {
    const mark = set.length > 0 ? ' *' : '';
    rows.push([
      `${id}${mark}`,
      monitor,
      bandLines(rule).join('\n'),
      forWords(rule),
      routeLines(rule).join('\n'),
      stateWords(states),
    ]);
  }
  const set = rules.flatMap((rule) => rule.set.map((each) => `* ${rule.id}: ${overrideWords(each)}`));
  const left = rules.flatMap((rule) => rule.left.map((each) => `! ${rule.id}: ${leftWords(each)}`));
  return [rows.toString(), ...set, ...left].join('\n');
};

const changeWords = ({ at, field, from, to, by, reason, until }: ListedChange): string => {
  const what = to === null ? `${field} ${from} → as declared` : `${field} ${from} → ${to}`;
  return `${at} ${by}: ${what}${until === null ? '' : ` until ${until}`} (${reason})`;
};

/** One rule with every figure that may be set, and every change that was made. */
export const ruleText = (listed: ListedRule, changes: readonly ListedChange[]): string => {
  const figures = tunables(listed.rule).map(({ field, value }) => {
    const set = listed.set.find((each) => each.field === field);
    return `  ${field} ${value}${set ? `, declared ${set.declared}` : ''}`;
  });
  return [
    rulesTable([listed]),
    'may be set:',
    ...figures,
    ...(changes.length > 0 ? ['changes:', ...changes.map((change) => `  ${changeWords(change)}`)] : []),
  ].join('\n');
};

/** The same for programs. */
export const ruleJson = ({ id, monitor, rule, states, set, left }: ListedRule) => ({
  id,
  monitor,
  bands: rule.bands.map(({ severity, alertType, when, recovers = null }) => ({
    severity,
    alertType,
    when,
    recovers,
  })),
  forSeconds: rule.rule.timing?.forSeconds ?? 0,
  routes: Object.fromEntries(
    Object.entries(rule.rule.routes).map(([severity, policy]) => [severity, policy.name]),
  ),
  states,
  overrides: set.map(({ field, value, declared, by, reason, since, until = null }) => ({
    field,
    value,
    declared,
    by,
    reason,
    since,
    until,
  })),
  leftOut: left.map(({ override: { field, value, by }, reason }) => ({ field, value, by, reason })),
  figures: tunables(rule).map(({ field, value }) => ({ field, value })),
});
