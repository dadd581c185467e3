// Whether a condition holds for one series at one tick: yes, no, or not to be known because a value is missing.
import type { Comparison, Condition, Ratio } from './condition.ts';
import { mean, median } from './statistics.ts';

/** A value of an earlier tick. */
export interface Past {
  readonly atMs: number;
  readonly value: number | null;
}

/** What there is to be known of one series of a rule. */
export interface Look {
  readonly tickMs: number;
  /** Null where there is none, for whatever reason. */
  readonly value: (measure: string) => number | null;
  /** Of the ticks before this one, oldest first. */
  readonly past: (measure: string) => readonly Past[];
  /** When the measure was first looked at, as far as that is remembered, whatever the series. */
  readonly lookedSinceMs: (measure: string) => number | undefined;
}

export interface Verdict {
  readonly holds: boolean | 'unknown';
  /** The comparisons that made it hold, in the order of the declaration. */
  readonly met: readonly Comparison[];
  /** Measures for want of which it is not to be known. */
  readonly missing: readonly string[];
}

const numbersOf = (past: readonly Past[]): readonly number[] =>
  past.flatMap(({ value }) => (value === null ? [] : [value]));

/** What the value usually is; undefined without enough samples. */
export const baselineOf = (
  { to, overSeconds, minimumSamples }: Ratio,
  { tickMs, past }: { readonly tickMs: number; readonly past: readonly Past[] },
): number | undefined => {
  const values = numbersOf(past.filter(({ atMs }) => atMs >= tickMs - overSeconds * 1000));
  if (values.length < Math.max(minimumSamples, 1)) return undefined;
  return to === 'mean' ? mean(values) : median(values);
};

const rises = (value: number, past: readonly Past[], times: number): boolean => {
  const last = past.slice(-times);
  // why: a null is no value to be above; and fewer than asked for are no proof.
  if (last.length < times || last.some((each) => each.value === null)) return false;
  const values = [...numbersOf(last), value];
  return values.every((each, place) => place === 0 || each > (values[place - 1] ?? each));
};

const isUnchanged = (value: number, past: readonly Past[], sinceMs: number): boolean => {
  const known = past.filter((each) => each.value !== null);
  const other = known.findLastIndex((each) => each.value !== value);
  const [first] = known.slice(other + 1);
  return first !== undefined && first.atMs <= sinceMs;
};

const isAbsent = (look: Look, measure: string, sinceMs: number): boolean => {
  if (look.value(measure) !== null) return false;
  const last = look.past(measure).findLast(({ value }) => value !== null);
  const since = last?.atMs ?? look.lookedSinceMs(measure);
  return since !== undefined && since <= sinceMs;
};

const ratioHolds = (ratio: Ratio, value: number, given: Parameters<typeof baselineOf>[1]): boolean => {
  const baseline = baselineOf(ratio, given);
  if (baseline === undefined || baseline === 0) return false;
  const share = value / baseline;
  const { above = Number.POSITIVE_INFINITY, below = Number.NEGATIVE_INFINITY } = ratio;
  return share > above || share < below;
};

const compares = (comparison: Comparison, value: number, look: Look): boolean => {
  const { tickMs } = look;
  const past = look.past(comparison.measure);
  if ('above' in comparison) return value > comparison.above;
  if ('atLeast' in comparison) return value >= comparison.atLeast;
  if ('below' in comparison) return value < comparison.below;
  if ('atMost' in comparison) return value <= comparison.atMost;
  if ('equals' in comparison) return value === comparison.equals;
  if ('increasing' in comparison) return rises(value, past, comparison.increasing);
  if ('ratio' in comparison) return ratioHolds(comparison.ratio, value, { tickMs, past });
  if ('unchangedForSeconds' in comparison)
    return isUnchanged(value, past, tickMs - comparison.unchangedForSeconds * 1000);
  return false;
};

const compare = (comparison: Comparison, look: Look): Verdict => {
  const { measure } = comparison;
  const told = (holds: boolean): Verdict => ({ holds, met: holds ? [comparison] : [], missing: [] });
  if ('absentForSeconds' in comparison)
    return told(isAbsent(look, measure, look.tickMs - comparison.absentForSeconds * 1000));
  const value = look.value(measure);
  if (value === null) return { holds: 'unknown', met: [], missing: [measure] };
  return told(compares(comparison, value, look));
};

/** `any` holds by one that does, whatever is missing of the rest; `all` fails by one that does not. */
export const evaluate = (condition: Condition, look: Look): Verdict => {
  if (!('any' in condition) && !('all' in condition)) return compare(condition, look);
  const decisive = 'any' in condition;
  const parts = (decisive ? condition.any : condition.all).map((part) => evaluate(part, look));
  const met = parts.flatMap((part) => (part.holds === true ? part.met : []));
  const decided = parts.some(({ holds }) => holds === decisive);
  if (decided) return { holds: decisive, met: decisive ? met : [], missing: [] };
  const missing = parts.flatMap((part) => part.missing);
  if (missing.length > 0) return { holds: 'unknown', met: [], missing: [...new Set(missing)] };
  return { holds: !decisive, met: decisive ? [] : met, missing: [] };
};
