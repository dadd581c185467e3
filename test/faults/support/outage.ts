// A run whose Postgres is stopped, for real, before its budget of three seconds has passed: people are told without it, once,
// and when it is back the ladder that rings becomes the incident's own.
import { expect } from 'vitest';
import type { RuleSnapshot } from '../../../src/domain/alerts/alert.ts';
import type { EngineSettings } from '../../../src/domain/settings.ts';
import { eventually } from '../../support/eventually.ts';
import { TARGETS } from './providers.ts';
import { aSirenRule, band, doublesOf, openSiren, type Siren, tiersOf } from './siren.ts';

interface Outage {
  readonly seconds: number;
  /** Of each tier, from when the ladder began: the second comes during the outage, the third after it. */
  readonly tiers: readonly [number, number, number];
  readonly settings?: Partial<EngineSettings>;
  /** Reconcile as its schedule would run it. */
  readonly everyMs: number;
  readonly waitedSeconds?: number;
  readonly toldWithin: number;
}

/** A siren whose worker serves: a run's budget of three seconds must not be spent on one that is still being bundled. */
export const openServedSiren = async (): Promise<Siren> => {
  const siren = await openSiren();
  const { stderr } = siren.worker();
  await eventually('the worker serves', () => stderr().includes('RUNNING'), { withinMs: 90_000 });
  return siren;
};

/** Stops Postgres under a run, and expects one ladder whose three tiers each are told once; how it went, for a table. */
export const expectRung = async (siren: Siren, outage: Outage): Promise<object> => {
  const { settings, everyMs, waitedSeconds } = outage;
  const rule = aSirenRule(...outage.tiers);
  const stopReconciling = siren.reconciling(everyMs, waitedSeconds === undefined ? {} : { waitedSeconds });
  const run = await siren.run({
    rule,
    bands: [band('warning', 80), band('critical', 100)],
    ...(settings && { settings }),
  });
  try {
    return await rung(siren, { outage, rule, run });
  } finally {
    await run.cancel().catch(() => {});
    await run.result().catch(() => {});
    await stopReconciling();
  }
};

const rung = async (
  siren: Siren,
  { outage, rule, run }: { outage: Outage; rule: RuleSnapshot; run: Awaited<ReturnType<Siren['run']>> },
): Promise<object> => {
  const { toldWithin } = outage;
  const runId = run.firstExecutionRunId;
  const startedAt = await eventually(
    'the run has begun',
    async () => {
      const state = await run.query<{ startedAt?: string }>('state');
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
  expect({ ladders, doubles, tiers: tiersOf(all), notices: all.length }).toEqual({
    ladders: 1,
    doubles: 0,
    tiers: ['tier 1', 'tier 2', 'tier 3'],
    notices: 3 * TARGETS.length,
  });
  expect(seconds).toBeLessThan(toldWithin);
  return { seconds: outage.seconds, ladders, doubles, tiers: tiersOf(all).length, told: seconds.toFixed(1) };
};
