// Workers killed by the kernel between any two steps on the way from a broken budget to the people, on every channel: one
// ladder, every tier, and a double only where a provider takes no key and cannot be asked; there it is counted, and an
// e-mail that came twice under one Message-ID is one of those. What else may die: test/faults/long/notifications.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createObserve } from '../../src/activities/alerts/observe.ts';
import { openDatabases } from '../../src/adapters/postgres/databases.ts';
import type { RuleSnapshot } from '../../src/domain/alerts/alert.ts';
import { aReport } from '../support/alerts/escalation-worker.ts';
import { eventually } from '../support/eventually.ts';
import type { WorkerProcess } from '../support/programs/house.ts';
import { factsLine, factsOf } from './support/crash-facts.ts';
import { idOf, POINT_NAMES, type Standstill, standStill, untilTold } from './support/crash-rows.ts';
import { TARGETS } from './support/providers.ts';
import {
  aSirenRule,
  band,
  doublesOf,
  type Incident,
  openSiren,
  type Point,
  type Siren,
  tiersOf,
} from './support/siren.ts';

interface Told {
  readonly point: string;
  readonly ladders: number;
  readonly tiers: string;
  readonly doubles: string;
  readonly seconds: string;
}

const table: Told[] = [];
const crashes: object[] = [];
let siren: Siren;
let worker: WorkerProcess;
let stopReconciling: () => Promise<void>;
let run: Awaited<ReturnType<Siren['run']>> | undefined;
beforeAll(async () => {
  siren = await openSiren();
  worker = siren.worker();
});
afterAll(async () => {
  console.table(table);
  console.table(crashes);
  await siren.close();
});
beforeEach(() => {
  stopReconciling = siren.reconciling(2_000, { waitedSeconds: 3 });
});
afterEach(async () => {
  await run?.cancel().catch(() => {});
  await run?.result().catch(() => {});
  run = undefined;
  await stopReconciling();
});

const died = async (process: WorkerProcess): Promise<void> => {
  const { child } = process;
  await eventually('the worker is dead', () => child.signalCode === 'SIGKILL', { withinMs: 60_000 });
};

/** The next worker, once the last one is dead. */
const replaced = async (): Promise<void> => {
  await died(worker);
  worker = siren.worker();
};

const SECOND = 10;

interface Wanted {
  readonly rule: RuleSnapshot;
  readonly tiers: number;
  /** From the breach to the notice, unless stated. */
  readonly seconds?: (incident: Incident) => number;
}

const expectOneLadder = async (point: string, wanted: Wanted): Promise<Incident> => {
  const { rule, tiers } = wanted;
  const notices = await untilTold(siren, rule, tiers);
  const incident = await siren.incident(rule);
  const first = Math.max(
    ...notices.filter(({ tier }) => tier === 'tier 1').map(({ at }) => new Date(at).getTime()),
  );
  const seconds = wanted.seconds?.(incident) ?? (first - incident.firstFiredMs) / 1000;
  const found = {
    ladders: await siren.ladders(rule),
    tiers: tiersOf(notices).length,
    doubles: doublesOf(notices),
    possible: await siren.possibleDoubles(incident.number),
  };
  table.push({
    point,
    ladders: found.ladders,
    tiers: `${found.tiers} of ${tiers}`,
    doubles: `${found.doubles.length} (${found.possible.counted.length} counted as possible)`,
    seconds: seconds.toFixed(1),
  });
  expect(found).toMatchObject({ ladders: 1, tiers, doubles: [] });
  // What went out again with nobody to ask is reported, and nothing else is.
  expect(found.possible.counted).toEqual(found.possible.again);
  expect(seconds).toBeLessThan(60);
  return incident;
};

describe('a real run with a budget of three seconds', () => {
  it('warns of a breach before it is there and is critical just past 100 % while it runs, as a child that outlives it', async () => {
    const rule = aSirenRule(0);
    run = await siren.run({ rule, bands: [band('warning', 80), band('critical', 100)] });
    const notices = await eventually(
      'both notices',
      async () => {
        const all = await siren.notices(idOf(rule));
        return all.length === 2 * TARGETS.length && all;
      },
      { withinMs: 60_000 },
    );
    const { startedAt } = await run.query<{ startedAt: string }>('state');
    const after = notices.map(({ at }) => (new Date(at).getTime() - Date.parse(startedAt)) / 1000);
    // At this rate it foresees the breach after two slices, which may be before 80 % of the budget is used.
    for (const seconds of after.slice(0, TARGETS.length)) expect(seconds).toBeGreaterThan(1);
    for (const seconds of after.slice(TARGETS.length)) expect(seconds).toBeGreaterThan(3);
    expect(Math.max(...after)).toBeLessThan(8);
    const { events = [] } = await run.fetchHistory();
    expect(events?.some((event) => event.startChildWorkflowExecutionInitiatedEventAttributes)).toBe(true);
    const { workflowId } = await siren.incident(rule);
    await run.cancel();
    await run.result().catch(() => {});
    const { status } = await siren.house.client.workflow.getHandle(workflowId).describe();
    expect(status.name).toBe('RUNNING');
  });
});

describe('a worker that is killed', () => {
  const KILLED: readonly (readonly [Point, string])[] = [
    ['after the commit of observe', 'between commit and result of observe'],
    ['before the mark', 'between start and mark'],
  ];
  it.each(KILLED)(
    '%s (%s) costs no tier and makes no second ladder',
    async (point, words) => {
      const rule = aSirenRule(0, SECOND);
      siren.dieAt(point);
      run = await siren.run({ rule });
      await replaced();
      await expectOneLadder(words, { rule, tiers: 2 });
    },
    150_000,
  );
});

describe('a worker that is killed while eight incidents stand between two steps each, on seven channels', () => {
  let killed: Standstill;
  let diedMs = 0;
  beforeAll(async () => {
    killed = await standStill(siren, 30);
    worker.kill('SIGKILL');
    await died(worker);
    diedMs = Date.now();
    killed.holds.lift();
    const due = Math.max(...killed.rows.map(({ secondDueMs }) => secondDueMs));
    await eventually('the next tier is due', () => Date.now() > due, { withinMs: 60_000 });
    worker = siren.worker();
  }, 180_000);

  it.each(POINT_NAMES)(
    '%s: loses no tier, doubles nothing where it can be known, and counts what it cannot know',
    async (point) => {
      const row = killed.rows.find((each) => each.point === point);
      if (!row) throw new Error(`nothing stood at ${point}`);
      const facts = await factsOf(siren, row, { diedMs });
      const { lost, tooMany, doubles, blindDoubles, uncounted, wrongAtPagerDuty } = facts;
      crashes.push(factsLine(facts));
      expect({ lost, tooMany, doubles, uncounted, wrongAtPagerDuty }).toEqual({
        lost: [],
        tooMany: [],
        doubles: [],
        uncounted: [],
        wrongAtPagerDuty: [],
      });
      // At most one a crash: each message was on its way once when the worker died.
      expect(new Set(blindDoubles).size).toBe(blindDoubles.length);
      expect(blindDoubles.length > 0).toBe(point.includes('accept'));
      expect(facts.ladders).toBe(1);
      if (!row.hold) expect(diedMs).toBeLessThan(row.secondDueMs);
      if (row.answer) expect((await row.answer).answer).toMatchObject({ status: 'acknowledged', by: 'ada' });
    },
    180_000,
  );
});

describe('an escalation', () => {
  it('that is terminated by hand is started again, tells nobody twice, and misses no tier', async () => {
    const rule = aSirenRule(0, SECOND);
    run = await siren.run({ rule });
    await untilTold(siren, rule, 1);
    const { workflowId } = await siren.incident(rule);
    await siren.house.client.workflow.getHandle(workflowId).terminate('by hand');
    const notices = await untilTold(siren, rule, 2);
    const last = Math.max(...notices.map(({ at }) => new Date(at).getTime()));
    await expectOneLadder('terminated by hand (seconds after the next tier was due)', {
      rule,
      tiers: 2,
      seconds: ({ firstFiredMs }) => (last - firstFiredMs) / 1000 - SECOND,
    });
  }, 150_000);

  it('whose observer died between result and start is started by reconcile, at its defaults within a minute', async () => {
    await stopReconciling();
    stopReconciling = siren.reconciling(30_000);
    const rule = aSirenRule(0);
    const databases = openDatabases(siren.house.catalog.home, []);
    await createObserve({ databases })({ reports: [aReport(rule, 'critical')] });
    await databases.close();
    await expectOneLadder('between result and start (reconcile at its defaults)', { rule, tiers: 1 });
  }, 150_000);
});
