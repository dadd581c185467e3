// The bars of `npm run bench:escalation`: what they are computed from, and that each can be missed.
import { describe, expect, it } from 'vitest';
import { countArrivals, latenessOf } from '../../bench/escalation/arrivals.ts';
import { barsOf } from '../../bench/escalation/bars.ts';
import type { Burst } from '../../bench/escalation/bursts/burst.ts';
import { memorySlope } from '../../bench/escalation/memory-slope.ts';
import type { Memory } from '../../bench/escalation/parts/memory.ts';
import type { SecondTiers } from '../../bench/escalation/parts/second-tiers.ts';
import { figuresOf } from '../../bench/escalation/ticks.ts';

const page = (incident: string, tier: string, wake = 1) => ({
  at: 0,
  key: `${incident}/w${wake}/webhook`,
  incident,
  tier,
});

const none = { due: 1, arrived: 1, lost: 0, doubled: 0, repeats: 0 };

const burst = (what: Burst['what'], rate: number, counted = none): Burst => ({
  round: 1,
  what,
  count: 10,
  seconds: 1,
  rate,
  lateness: latenessOf([1]),
  cpu: 1,
  cpuSeconds: {},
  ...(what === 'sexton' && { counted }),
});

const drill = (over: Partial<SecondTiers>): SecondTiers => ({
  count: 1,
  workers: 2,
  killed: 1,
  killedAfter: 1,
  first: none,
  second: none,
  evaluation: 1,
  before: latenessOf([1]),
  after: latenessOf([1]),
  disturbedSeconds: 0,
  timeline: [],
  ...over,
});

const missed = (measured: Parameters<typeof barsOf>[0]): readonly string[] =>
  barsOf(measured)
    .filter(({ ok }) => !ok)
    .map(({ name }) => name);

/** 5 MiB an escalation-thousand until 2,000 are held, then `beyond`. */
const memory = (beyond: number): Memory => ({
  heapMiB: 1024,
  steps: Array.from({ length: 11 }, (_, thousand) => ({
    open: thousand * 1000,
    held: Math.min(thousand * 1000, 2000),
    evicted: Math.max(0, thousand * 1000 - 2000),
    bytes: (100 + Math.min(thousand, 2) * 5 + Math.max(0, thousand - 2) * beyond) * 2 ** 20,
  })),
});

describe('what arrives', () => {
  it('is lost where an incident’s page never came, and doubled where a second one came under another key', () => {
    const pages = [page('a', 'first'), page('a', 'first', 2), page('b', 'second')];
    expect(countArrivals(['a', 'b'], { pages, repeats: 3 }, 'first')).toEqual({
      due: 2,
      arrived: 1,
      lost: 1,
      doubled: 1,
      repeats: 3,
    });
  });
});

describe('the bars', () => {
  it('are met by a product at 0.7 of the floor’s rate and missed just below', () => {
    expect(missed({ firstPages: [burst('sexton', 70), burst('floor', 100)] })).toEqual([]);
    expect(missed({ firstPages: [burst('sexton', 69), burst('floor', 100)] })).toHaveLength(1);
  });

  it('are missed by one lost page, by one doubled page, and by one that is later than 30 s after the kill', () => {
    expect(missed({ secondTiers: drill({}) })).toEqual([]);
    expect(missed({ secondTiers: drill({ second: { ...none, lost: 1 } }) })).toHaveLength(1);
    expect(missed({ secondTiers: drill({ first: { ...none, doubled: 1 } }) })).toHaveLength(1);
    expect(missed({ secondTiers: drill({ after: latenessOf([30.1]) }) })).toHaveLength(1);
  });

  it('are missed where nothing arrived that could be late', () => {
    expect(missed({ secondTiers: drill({ after: latenessOf([]) }) })).toHaveLength(1);
  });

  it('are missed by a group that became two incidents, or none', () => {
    const group = { fingerprints: 6000, incidents: 1, pages: 1, evaluation: 1, again: 1 };
    expect(missed({ group })).toEqual([]);
    expect(missed({ group: { ...group, incidents: 2, pages: 2 } })).toHaveLength(2);
    expect(missed({ group: { ...group, pages: 0 } })).toHaveLength(1);
  });

  it('are missed by memory that grows once the cache is full, and say nothing where it never was', () => {
    expect(missed({ memory: memory(1) })).toEqual([]);
    expect(missed({ memory: memory(6) })).toHaveLength(1);
    expect(memorySlope(memory(6))).toMatchObject({ cache: 2000, withinMiB: 5 });
    expect(barsOf({ memory: { heapMiB: 1024, steps: memory(6).steps.slice(0, 3) } })).toEqual([]);
  });

  it('count a tick that goes on or failed, and measure the others from the instant they were due', () => {
    const tick = { monitor: 'a', dueAt: 0, startedAt: 1_000 };
    const figures = figuresOf([
      { ...tick, endedAt: 3_000, completed: true },
      { ...tick, completed: false },
    ]);
    expect(figures).toMatchObject({ seen: 2, failed: 1, lateness: { max: 3 }, duration: { max: 2 } });
  });
});
