// What follows from a condition by its form alone: enough to find bands that never count and conditions that never hold.
import { type Comparison, type Condition, type Limit, limitOf } from './condition.ts';

interface Interval {
  readonly low: number;
  readonly high: number;
  /** Whether the ends belong to it. */
  readonly lowIn: boolean;
  readonly highIn: boolean;
}

const INTERVALS: Readonly<Record<Limit, (value: number) => Interval>> = {
  above: (low) => ({ low, lowIn: false, high: Number.POSITIVE_INFINITY, highIn: false }),
  atLeast: (low) => ({ low, lowIn: true, high: Number.POSITIVE_INFINITY, highIn: false }),
  below: (high) => ({ low: Number.NEGATIVE_INFINITY, lowIn: false, high, highIn: false }),
  atMost: (high) => ({ low: Number.NEGATIVE_INFINITY, lowIn: false, high, highIn: true }),
  equals: (value) => ({ low: value, lowIn: true, high: value, highIn: true }),
};

const intervalOf = (comparison: Comparison): Interval | undefined => {
  const found = limitOf(comparison);
  return found && INTERVALS[found.limit](found.value);
};

const within = (inner: Interval, outer: Interval): boolean =>
  (inner.low > outer.low || (inner.low === outer.low && (outer.lowIn || !inner.lowIn))) &&
  (inner.high < outer.high || (inner.high === outer.high && (outer.highIn || !inner.highIn)));

const meet = (a: Interval, b: Interval): Interval => {
  const [low, lowIn] =
    a.low === b.low ? [a.low, a.lowIn && b.lowIn] : a.low > b.low ? [a.low, a.lowIn] : [b.low, b.lowIn];
  const [high, highIn] =
    a.high === b.high
      ? [a.high, a.highIn && b.highIn]
      : a.high < b.high
        ? [a.high, a.highIn]
        : [b.high, b.highIn];
  return { low, lowIn, high, highIn };
};

const isEmpty = ({ low, high, lowIn, highIn }: Interval): boolean =>
  low > high || (low === high && !(lowIn && highIn));

const sameRatio = (a: Comparison, b: Comparison): boolean => {
  if (!('ratio' in a && 'ratio' in b)) return false;
  const { above: aAbove, below: aBelow, ...aRest } = a.ratio;
  const { above: bAbove, below: bBelow, ...bRest } = b.ratio;
  if (aRest.to !== bRest.to || aRest.overSeconds !== bRest.overSeconds) return false;
  if (aRest.minimumSamples < bRest.minimumSamples) return false;
  const above = aAbove === undefined || (bAbove !== undefined && aAbove >= bAbove);
  const below = aBelow === undefined || (bBelow !== undefined && aBelow <= bBelow);
  return above && below;
};

const comparisonImplies = (a: Comparison, b: Comparison): boolean => {
  if (a.measure !== b.measure) return false;
  const [inner, outer] = [intervalOf(a), intervalOf(b)];
  if (inner && outer) return within(inner, outer);
  if ('increasing' in a && 'increasing' in b) return a.increasing >= b.increasing;
  if ('unchangedForSeconds' in a && 'unchangedForSeconds' in b)
    return a.unchangedForSeconds >= b.unchangedForSeconds;
  if ('absentForSeconds' in a && 'absentForSeconds' in b) return a.absentForSeconds >= b.absentForSeconds;
  return sameRatio(a, b);
};

/** True where `b` holds whenever `a` does; false also where that cannot be told by their form. */
export const implies = (a: Condition, b: Condition): boolean => {
  if ('any' in a) return a.any.every((part) => implies(part, b));
  if ('all' in b) return b.all.every((part) => implies(a, part));
  if ('all' in a) return a.all.some((part) => implies(part, b));
  if ('any' in b) return b.any.some((part) => implies(a, part));
  return comparisonImplies(a, b);
};

const conjuncts = (condition: Condition): readonly Comparison[] => {
  if ('all' in condition) return condition.all.flatMap(conjuncts);
  return 'any' in condition ? [] : [condition];
};

/** True where limits of one measure contradict each other, such as above 10 and below 5. */
export const contradicts = (...conditions: readonly Condition[]): boolean => {
  const met = new Map<string, Interval>();
  for (const comparison of conditions.flatMap(conjuncts)) {
    const interval = intervalOf(comparison);
    if (!interval) continue;
    const known = met.get(comparison.measure);
    const both = known ? meet(known, interval) : interval;
    if (isEmpty(both)) return true;
    met.set(comparison.measure, both);
  }
  return false;
};
