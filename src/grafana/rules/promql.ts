// A rule's condition as PromQL over the metrics that show its measures. What PromQL cannot say in the same sense is told so,
// and is never said in another.
import type { CatalogMetric } from '../../catalog/catalog.ts';
import { formatDuration } from '../../domain/duration.ts';
import { type Comparison, type Condition, type Limit, limitOf } from '../../domain/monitors/condition.ts';

/** An expression that has a value while the condition holds, or why there is none. */
export type Said = { readonly expr: string } | { readonly why: string };

/** What stands for a measure, and the labels that its series have. */
interface Told {
  readonly expr: string;
  readonly labels: readonly string[];
  /** A metric by itself, so that ranges can be asked of it. */
  readonly plain: boolean;
}

const SIGNS: Readonly<Record<Limit, string>> = {
  above: '>',
  atLeast: '>=',
  below: '<',
  atMost: '<=',
  equals: '==',
};

/** Metrics of one monitor's measures, by measure. */
export const tellersOf = (
  metrics: readonly CatalogMetric[],
  { pack, name }: { readonly pack: string; readonly name: string },
): ReadonlyMap<string, Told> => {
  const own = metrics.filter(
    ({ pack: of, metric: { from } }) => of === pack && 'monitor' in from && from.monitor === name,
  );
  const plain = own.flatMap(({ metric }): readonly (readonly [string, Told])[] => {
    if (metric.type === 'histogram' || !('monitor' in metric.from)) return [];
    const labels = ['pack', ...metric.labels, ...Object.keys(metric.fixed)];
    return [[metric.from.measure, { expr: `${metric.name}{pack="${pack}"}`, labels, plain: true }]];
  });
  // Said by hand, so it goes first.
  const told = own.flatMap(({ metric }) =>
    Object.entries(metric.tells ?? {}).map(
      ([measure, expr]) => [measure, { expr, labels: [], plain: false }] as const,
    ),
  );
  return new Map([...plain, ...told]);
};

const range = ({ expr, plain }: Told, seconds: number): string | undefined =>
  plain ? `${expr}[${formatDuration(seconds)}]` : undefined;

const WHY_RANGE = 'PromQL asks no range of an expression';

const comparisonSaid = (comparison: Comparison, told: Told): Said => {
  const limit = limitOf(comparison);
  if (limit) return { expr: `${told.expr} ${SIGNS[limit.limit]} ${limit.value}` };
  if ('unchangedForSeconds' in comparison) {
    const over = range(told, comparison.unchangedForSeconds);
    return over === undefined ? { why: WHY_RANGE } : { expr: `changes(${over}) == 0` };
  }
  if ('absentForSeconds' in comparison) {
    const over = range(told, comparison.absentForSeconds);
    return over === undefined ? { why: WHY_RANGE } : { expr: `absent_over_time(${over})` };
  }
  if ('ratio' in comparison) {
    return {
      why: 'Prometheus takes as many samples as it scrapes, and not one a tick, so that what is usual would differ',
    };
  }
  return { why: 'PromQL does not know of ticks, so that rising so many times in a row would differ' };
};

interface Part {
  readonly expr: string;
  readonly labels: readonly string[];
}

const isWhy = (said: Part | { readonly why: string }): said is { readonly why: string } => 'why' in said;

/** One expression of several; series meet by the labels that all of them have. */
const together = (parts: readonly Part[], word: 'and' | 'or' | 'unless'): Part => {
  const [first = { expr: '', labels: [] }] = parts;
  if (parts.length === 1) return first;
  const labels = first.labels.filter((label) => parts.every((part) => part.labels.includes(label)));
  const same = parts.every((part) => part.labels.length === labels.length);
  const on = same && labels.length > 0 ? '' : ` on (${labels.join(', ')})`;
  return { labels: first.labels, expr: parts.map(({ expr }) => `(${expr})`).join(` ${word}${on} `) };
};

const said = (condition: Condition, tellers: ReadonlyMap<string, Told>): Part | { readonly why: string } => {
  if (!('any' in condition) && !('all' in condition)) {
    const told = tellers.get(condition.measure);
    if (!told) return { why: `no metric shows ${condition.measure}` };
    const part = comparisonSaid(condition, told);
    return 'why' in part ? part : { expr: part.expr, labels: told.labels };
  }
  const [list, word] = 'any' in condition ? [condition.any, 'or' as const] : [condition.all, 'and' as const];
  const parts = list.map((each) => said(each, tellers));
  const faults = parts.filter(isWhy);
  if (faults.length > 0) return { why: faults.map(({ why }) => why).join('; ') };
  return together(
    parts.filter((part): part is Part => !isWhy(part)),
    word,
  );
};

/** Of the first condition, while none of the others holds. */
export const conditionSaid = (
  condition: Condition,
  unless: readonly Condition[],
  tellers: ReadonlyMap<string, Told>,
): Said => {
  const found = said(condition, tellers);
  if (isWhy(found)) return found;
  const higher = unless.map((each) => said(each, tellers)).filter((each): each is Part => !isWhy(each));
  return { expr: together([found, ...higher], 'unless').expr };
};
