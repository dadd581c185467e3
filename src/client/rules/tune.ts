// Sets figures of a rule, or puts back what is declared; a row each, and nothing that would make the rule unsound.
import {
  lockOverrides,
  readOverrides,
  writeOverride,
} from '../../adapters/postgres/alerts/rule-overrides.ts';
import type { Queryable } from '../../adapters/postgres/pool.ts';
import type { CatalogRule } from '../../catalog/catalog.ts';
import type { RuleOverride } from '../../domain/monitors/overrides.ts';
import { findTunable, tunables } from '../../domain/monitors/tunable.ts';
import { inForce } from './rule-list.ts';

export interface Tuning {
  readonly rule: CatalogRule;
  readonly by: string;
  readonly reason: string;
}

/** One figure that was changed. */
export interface Tuned {
  readonly field: string;
  readonly from: string;
  readonly to: string;
  readonly until: string | null;
}

export type TuneResult = { readonly refused: string } | { readonly changed: readonly Tuned[] };

const ownOf = async (tx: Queryable, { rule }: Tuning): Promise<readonly RuleOverride[]> => {
  const { pack } = rule.monitor;
  await lockOverrides(tx, { pack, rule: rule.name });
  const all = await readOverrides(tx, pack);
  return all.filter((each) => each.rule === rule.name);
};

const whichOf = (
  found: readonly { readonly field: string }[],
  all: readonly { readonly field: string }[],
): string =>
  `${found.length > 1 ? 'may be one of' : 'there are'} ${(found.length > 1 ? found : all).map(({ field }) => field).join(', ')}`;

/** Inside a transaction. */
export const setFigure = async (
  tx: Queryable,
  tuning: Tuning,
  {
    field: named,
    value,
    forSeconds,
  }: { readonly field: string; readonly value: string; readonly forSeconds?: number },
): Promise<TuneResult> => {
  const { rule, by, reason } = tuning;
  const { pack } = rule.monitor;
  const own = await ownOf(tx, tuning);
  const before = inForce(rule, own);
  const found = findTunable(before.rule, named);
  const [figure] = found;
  if (!figure || found.length > 1)
    return { refused: `${rule.name} has no one figure ${named}; ${whichOf(found, tunables(before.rule))}` };
  const { field } = figure;
  const others = own.filter((each) => each.field !== field);
  const wanted = { pack, rule: rule.name, field, value, by, reason, since: '' };
  const after = inForce(rule, [...others, wanted]);
  const news = after.refused.filter(
    ({ override }) => override === wanted || !before.refused.some((each) => each.override === override),
  );
  const [first] = news;
  if (first) return { refused: `${rule.name} would not be sound: ${first.reason}` };
  const to = tunables(after.rule).find((each) => each.field === field)?.value ?? value;
  const { until } = await writeOverride(tx, {
    pack,
    rule: rule.name,
    field,
    oldValue: figure.value,
    value: to,
    by,
    reason,
    ...(forSeconds !== undefined && { forSeconds }),
  });
  return { changed: [{ field, from: figure.value, to, until }] };
};

/** Inside a transaction; without a field all that is set of the rule. */
export const resetFigures = async (
  tx: Queryable,
  tuning: Tuning,
  named: string | undefined,
): Promise<TuneResult> => {
  const { rule, by, reason } = tuning;
  const { pack } = rule.monitor;
  const own = await ownOf(tx, tuning);
  const isMeant = ({ field }: RuleOverride): boolean =>
    named === undefined || field === named || field.endsWith(`.${named}`);
  const meant = own.filter(isMeant);
  if (meant.length === 0)
    return { refused: `nothing ${named === undefined ? '' : `of ${named} `}is set of ${rule.name}` };
  const before = inForce(rule, own);
  const after = inForce(
    rule,
    own.filter((each) => !isMeant(each)),
  );
  const broken = after.refused.find(
    ({ override }) => !before.refused.some((each) => each.override === override),
  );
  if (broken)
    return {
      refused: `${rule.name} would not be sound: ${broken.reason}; reset ${broken.override.field} too`,
    };
  const declared = tunables(rule.rule);
  const changed = meant.map(
    ({ field, value }): Tuned => ({
      field,
      from: value,
      to: declared.find((each) => each.field === field)?.value ?? 'none',
      until: null,
    }),
  );
  for (const { field, from } of changed)
    await writeOverride(tx, { pack, rule: rule.name, field, oldValue: from, by, reason });
  return { changed };
};
