// The bars that the product is held to, computed from measurements. Pure: what is missing makes no bar.
import { atLeast, atMost, type Bar } from '../shared/bar.ts';
import { median } from '../shared/statistics.ts';
import type { Counted } from './arrivals.ts';
import type { Burst } from './bursts/burst.ts';
import { memorySlope } from './memory-slope.ts';
import type { Group } from './parts/group.ts';
import type { PageLateness } from './parts/lateness.ts';
import type { Many } from './parts/many.ts';
import type { Memory } from './parts/memory.ts';
import type { Monitors } from './parts/monitors.ts';
import type { SecondTiers } from './parts/second-tiers.ts';
import type { Measurements } from './results.ts';
import { REPAIRED_WITHIN_SECONDS } from './terms.ts';

const exactly = (name: string, value: number, unit: string, limit: number): Bar => ({
  name,
  value,
  unit,
  limit,
  ok: value === limit,
});

const sum = (counted: readonly Counted[], of: 'lost' | 'doubled'): number =>
  counted.reduce((total, each) => total + each[of], 0);

const lostAndDoubled = (where: string, counted: readonly Counted[]): readonly Bar[] => [
  atMost(`${where}: lost`, sum(counted, 'lost'), 'pages', 0),
  atMost(`${where}: doubled`, sum(counted, 'doubled'), 'pages', 0),
];

/** Medians of the rates, by what was started. */
export const rateOf = (bursts: readonly Burst[], what: Burst['what']): number =>
  median(bursts.filter((burst) => burst.what === what).map(({ rate }) => rate));

const firstPageBars = (bursts: readonly Burst[]): readonly Bar[] => [
  atLeast(
    'first pages: rate ÷ floor (at least)',
    rateOf(bursts, 'sexton') / rateOf(bursts, 'floor'),
    '×',
    0.7,
  ),
  ...lostAndDoubled(
    'first pages',
    bursts.flatMap(({ counted }) => counted ?? []),
  ),
];

const secondTierBars = ({ first, second, after }: SecondTiers): readonly Bar[] => [
  ...lostAndDoubled('half the workers killed', [first, second]),
  atMost('half the workers killed: latest page after it', after.max, 's', REPAIRED_WITHIN_SECONDS),
];

const latenessBars = ({ lateness, counted }: PageLateness): readonly Bar[] => [
  atMost('page lateness, p99', lateness.p99, 's', 2),
  ...lostAndDoubled('page lateness', [counted]),
];

const groupBars = ({ incidents, pages, fingerprints }: Group): readonly Bar[] => {
  const of = `of ${fingerprints.toLocaleString('en-US')} grouped alerts`;
  return [exactly(`incidents ${of}`, incidents, '', 1), exactly(`pages ${of}`, pages, '', 1)];
};

const manyBars = ({ counted, notHandedOver, ticks }: Many): readonly Bar[] => [
  atMost('one rule, separate incidents: not handed over', notHandedOver, 'incidents', 0),
  ...lostAndDoubled('one rule, separate incidents', [counted]),
  atMost('one rule, separate incidents: monitor’s ticks missed', ticks.missed, 'ticks', 0),
];

const memoryBars = (memory: Memory): readonly Bar[] => {
  const slope = memorySlope(memory);
  return slope
    ? [atMost('worker memory past its workflow cache, per 1,000 open', slope.beyondMiB, 'MiB', 5)]
    : [];
};

const monitorBars = ({ even, atOnce, missed }: Monitors): readonly Bar[] => [
  atMost('monitors, evenly over the minute: tick, p99', even.duration.p99 * 1000, 'ms', 1_000),
  atMost('monitors, all due at once: last tick’s end', atOnce.lateness.max, 's', 60),
  atMost('monitors: ticks missed or failed', missed + even.failed + atOnce.failed, 'ticks', 0),
];

const of = <T>(measured: T | undefined, bars: (measured: T) => readonly Bar[]): readonly Bar[] =>
  measured === undefined ? [] : bars(measured);

export const barsOf = (measured: Measurements): readonly Bar[] => [
  ...of(measured.firstPages, firstPageBars),
  ...of(measured.secondTiers, secondTierBars),
  ...of(measured.lateness, latenessBars),
  ...of(measured.group, groupBars),
  ...of(measured.many, manyBars),
  ...of(measured.memory, memoryBars),
  ...of(measured.monitors, monitorBars),
];
