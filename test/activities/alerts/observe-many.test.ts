// The door under a wave: thousands of series in one call are a handful of statements, one group is one incident and one
// page, and an outage of the whole engine is no reason to tell anybody twice.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Complete, HandOver, Report, RuleSnapshot } from '../../../src/domain/alerts/alert.ts';
import { aRule } from '../../support/alerts/policies.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { aTick, MINUTE, START } from '../../support/monitors/series.ts';
import { unique } from '../../support/stack.ts';

/** What one report of the door may name at most, many times over. */
const MANY = 6_000;
/** Far above what it takes, far below what would be a statement a series. */
const SOON_MS = 15_000;

let engine: Engine;
let rule: RuleSnapshot;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());
beforeEach(() => {
  rule = aRule({ name: unique('rule') });
});

const observe = (reports: readonly Report[], complete?: readonly Complete[]): Promise<readonly HandOver[]> =>
  engine.run(engine.activities.observe, { reports, ...(complete && { complete }) });

const wave = (minute: number, sign: '!' | '!!' | '.', count = MANY): readonly Report[] =>
  Array.from({ length: count }, (_, place) => ({
    ...aTick(START + minute * MINUTE, sign, rule),
    labels: { shard: String(place).padStart(5, '0') },
  }));

const incidents = async (): Promise<readonly { state: string; seq: number; members: unknown }[]> =>
  (await engine.db.query('SELECT state, seq, members FROM sexton.incident WHERE rule = $1', [rule.name]))
    .rows;

const took = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

describe('six thousand series in one call', () => {
  it('of a grouped rule are one incident, one seq and one page with counts and the ten worst', async () => {
    rule = aRule({ name: rule.name, groupBy: [] });
    expect(await took(() => observe(wave(0, '!')))).toBeLessThan(SOON_MS);
    const [found, ...more] = await observe(wave(0, '!'));
    expect(more).toEqual([]);
    expect(found).toMatchObject({ seq: 1, incident: { members: { firing: MANY, ever: MANY } } });
    expect(found?.incident.members?.worst).toHaveLength(10);
    expect(JSON.stringify(found).length).toBeLessThan(20_000);
    await observe([...wave(1, '!!', 1), ...wave(1, '.').slice(1)]);
    expect(await incidents()).toMatchObject([
      { state: 'open', seq: 2, members: { firing: 1, ever: MANY, worst: [{ severity: 'critical' }] } },
    ]);
    await observe(wave(2, '.'));
    expect(await incidents()).toMatchObject([{ state: 'resolved', seq: 3, members: { firing: 0 } }]);
  });

  it('of an ungrouped rule are as many incidents, of which an answer names the twenty oldest', async () => {
    expect(await took(() => observe(wave(0, '!')))).toBeLessThan(SOON_MS);
    expect(await took(() => observe(wave(1, '!')))).toBeLessThan(SOON_MS);
    const found = await observe(wave(1, '!', 1));
    expect(found).toHaveLength(20);
    expect(found.map(({ number }) => number)).toEqual(
      found.map(({ number }) => number).toSorted((a, b) => a - b),
    );
    expect(await incidents()).toHaveLength(MANY);
    expect(await took(() => observe(wave(2, '.')))).toBeLessThan(SOON_MS);
    expect(new Set((await incidents()).map(({ state, seq }) => `${state} ${seq}`))).toEqual(
      new Set(['resolved 2']),
    );
  });
});
