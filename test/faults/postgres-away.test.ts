// Postgres stopped, for real, before a run's budget of three seconds has passed: people are told without it, once, and
// when it is back the ladder that rings becomes the incident's own.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EngineSettings } from '../../src/domain/settings.ts';
import { eventually } from '../support/eventually.ts';
import { TARGETS } from './support/providers.ts';
import { aSirenRule, band, doublesOf, openSiren, type Siren, tiersOf } from './support/siren.ts';

const table: object[] = [];
let siren: Siren;
let run: Awaited<ReturnType<Siren['run']>> | undefined;
let stopReconciling: (() => Promise<void>) | undefined;
beforeAll(async () => {
  siren = await openSiren();
  const { stderr } = siren.worker();
  // A run's budget of three seconds must not be spent on a worker that is still being bundled.
  await eventually('the worker serves', () => stderr().includes('RUNNING'), { withinMs: 90_000 });
});
afterAll(async () => {
  console.table(table);
  await siren.close();
});
afterEach(async () => {
  await run?.cancel().catch(() => {});
  await run?.result().catch(() => {});
  run = undefined;
  await stopReconciling?.();
});

interface Outage {
  readonly name: string;
  readonly seconds: number;
  /** Of each tier, from when the ladder began: the second comes during the outage, the third after it. */
  readonly tiers: readonly [number, number, number];
  readonly settings?: Partial<EngineSettings>;
  /** Reconcile as its schedule would run it. */
  readonly everyMs: number;
  readonly waitedSeconds?: number;
  readonly toldWithin: number;
}

const expectRung = async (outage: Outage): Promise<void> => {
  const { name, settings, everyMs, waitedSeconds, toldWithin } = outage;
  const rule = aSirenRule(...outage.tiers);
  stopReconciling = siren.reconciling(everyMs, waitedSeconds === undefined ? {} : { waitedSeconds });
  run = await siren.run({
    rule,
    bands: [band('warning', 80), band('critical', 100)],
    ...(settings && { settings }),
  });
  const runId = run.firstExecutionRunId;
  const handle = run;
  const startedAt = await eventually(
    'the run has begun',
    async () => {
      const state = await handle.query<{ startedAt?: string }>('state');
      return state.startedAt;
    },
    { withinMs: 60_000 },
  );
  await siren.house.stack.halt('postgres');
  const stopped = Date.now();
  expect(stopped).toBeLessThan(Date.parse(startedAt) + 2_400);

  const degraded = `escalation/degraded/sla-monitoring/cleanup_magic_links/${runId}`;
  const told = (count: number, withinMs: number) =>
    eventually(
      `${count} tiers are told to everybody`,
      async () => {
        const notices = await siren.notices(degraded, `sla-monitoring/${rule.name}/`);
        return tiersOf(notices).length >= count && notices;
      },
      { withinMs, everyMs: 250 },
    );
  const first = await told(1, 150_000);
  const atMs = Math.max(...first.map(({ at }) => new Date(at).getTime()));
  const seconds = (atMs - Date.parse(startedAt)) / 1000 - 3;
  for (const { incident } of first) expect(incident).toBe(degraded);
  const envelopes = siren.providers.webhook.received.filter(({ key }) => key.startsWith(degraded));
  expect(envelopes).toMatchObject([{ envelope: { severity: 'critical', state_store_unreachable: true } }]);
  await told(2, 150_000);

  const back = stopped + outage.seconds * 1000;
  await eventually('the outage is over', () => Date.now() > back, { withinMs: 240_000, everyMs: 500 });
  await siren.house.stack.launch('postgres');
  const incident = await siren.incident(rule);
  expect(incident.workflowId).toBe(degraded);
  const all = await told(3, 150_000);
  const last = siren.providers.webhook.received.find(
    ({ key, envelope }) => key.includes(rule.name) && envelope['tier'] === 'tier 3',
  );
  expect(last?.envelope).toMatchObject({
    incident: `sla-monitoring/${rule.name}/${incident.number}`,
    state_store_unreachable: false,
  });
  const ladders = await siren.ladders(rule, runId);
  const doubles = doublesOf(all).length;
  table.push({
    point: name,
    ladders,
    tiers: `${tiersOf(all).length} of 3`,
    doubles,
    seconds: seconds.toFixed(1),
  });
  expect({ ladders, doubles, tiers: tiersOf(all), notices: all.length }).toEqual({
    ladders: 1,
    doubles: 0,
    tiers: ['tier 1', 'tier 2', 'tier 3'],
    notices: 3 * TARGETS.length,
  });
  expect(seconds).toBeLessThan(toldWithin);
};

describe('a run whose Postgres stops before its budget has passed', () => {
  it('for twenty seconds rings after the shorter time that it was set, and keeps its one ladder', async () => {
    await expectRung({
      name: 'Postgres stopped for 20 s (ring after 4 s)',
      seconds: 20,
      tiers: [0, 8, 50],
      settings: { ringAfterSeconds: 4 },
      everyMs: 2_000,
      waitedSeconds: 3,
      toldWithin: 30,
    });
  }, 150_000);

  it('for three minutes, with every setting at its default, rings within 90 seconds and loses no tier', async () => {
    await expectRung({
      name: 'Postgres stopped for 3 min (defaults)',
      seconds: 180,
      tiers: [0, 60, 155],
      everyMs: 30_000,
      toldWithin: 90,
    });
  }, 330_000);
});
