// Workers killed by the kernel between any two steps on the way from a broken budget to the people: one ladder, every
// tier, and a double only where a provider takes no key and cannot be asked; there it is counted.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createObserve } from '../../src/activities/alerts/observe.ts';
import { openDatabases } from '../../src/adapters/postgres/databases.ts';
import type { RuleSnapshot } from '../../src/domain/alerts/alert.ts';
import type { Answer } from '../../src/domain/alerts/escalation.ts';
import { aReport } from '../support/escalation-worker.ts';
import { eventually } from '../support/eventually.ts';
import type { WorkerProcess } from '../support/house.ts';
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
  await siren.close();
});
beforeEach(() => {
  stopReconciling = siren.reconciling(2_000, { waitedSeconds: 3 });
});
afterEach(async () => {
  siren.slack.slow(0);
  siren.webhook.slow(0);
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

const idOf = ({ name }: RuleSnapshot): string => `sla-monitoring/${name}/`;

const untilTold = (rule: RuleSnapshot, count: number) =>
  eventually(
    `${count} tiers are told to everybody`,
    async () => {
      const notices = await siren.notices(idOf(rule));
      return tiersOf(notices).length >= count && notices;
    },
    { withinMs: 90_000, everyMs: 200 },
  );

const SECOND = 20;

interface Wanted {
  readonly rule: RuleSnapshot;
  readonly tiers: number;
  /** From the breach to the notice, unless stated. */
  readonly seconds?: (incident: Incident) => number;
  /** Real doubles, at the one provider that allows them. */
  readonly doubles?: number;
}

const expectOneLadder = async (point: string, wanted: Wanted): Promise<Incident> => {
  const { rule, tiers, doubles = 0 } = wanted;
  const notices = await untilTold(rule, tiers);
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
    doubles: `${found.doubles.length} (${found.possible.counted} counted as possible)`,
    seconds: seconds.toFixed(1),
  });
  expect(found).toMatchObject({ ladders: 1, tiers });
  expect(found.doubles.map(({ channel, address }) => `${channel}:${address}`)).toEqual(
    Array.from({ length: doubles }, () => 'slack:webhook'),
  );
  // Each real one is among those that are reported, and nothing else is.
  expect(found.possible.counted).toBe(found.possible.again);
  expect(found.possible.counted).toBeGreaterThanOrEqual(doubles);
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
        return all.length === 6 && all;
      },
      { withinMs: 60_000 },
    );
    const { startedAt } = await run.query<{ startedAt: string }>('state');
    const after = notices.map(({ at }) => (new Date(at).getTime() - Date.parse(startedAt)) / 1000);
    // At this rate it foresees the breach after two slices, which may be before 80 % of the budget is used.
    for (const seconds of after.slice(0, 3)) expect(seconds).toBeGreaterThan(1);
    for (const seconds of after.slice(3)) expect(seconds).toBeGreaterThan(3);
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
    ['before a send', 'before send, after the claim'],
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

  it('after every provider accepted, before any receipt, doubles only where nothing can be known, and counts it', async () => {
    const rule = aSirenRule(0, SECOND);
    siren.slack.slow(3_000);
    siren.webhook.slow(3_000);
    run = await siren.run({ rule });
    await untilTold(rule, 1);
    worker.kill('SIGKILL');
    siren.slack.slow(0);
    siren.webhook.slow(0);
    await replaced();
    await eventually(
      'the receipts',
      async () => {
        const { number } = await siren.incident(rule);
        const { rows } = await siren.house.home.query(
          `SELECT count(*)::int AS n FROM sexton.outbox WHERE incident = $1 AND wake = 1 AND state = 'sent'`,
          [number],
        );
        return rows[0].n === 3;
      },
      { withinMs: 60_000 },
    );
    await expectOneLadder('after the provider accepted', { rule, tiers: 2, doubles: 1 });
    expect(siren.webhook.doubles.filter((key) => key.includes(rule.name))).toHaveLength(1);
  }, 150_000);

  it('while its ladder waits, and replaced only after the next tier was due, tells that tier at once', async () => {
    const rule = aSirenRule(0, 12);
    run = await siren.run({ rule });
    await untilTold(rule, 1);
    const { firstFiredMs } = await siren.incident(rule);
    worker.kill('SIGKILL');
    const due = firstFiredMs + 12_000;
    await eventually('the next tier is due', () => Date.now() > due, { withinMs: 20_000 });
    await replaced();
    const notices = await untilTold(rule, 2);
    const last = Math.max(...notices.map(({ at }) => new Date(at).getTime()));
    await expectOneLadder('while waiting (seconds after the tier was due)', {
      rule,
      tiers: 2,
      seconds: () => (last - due) / 1000,
    });
  }, 150_000);

  it('during an acknowledgement still gives its answer, once, and nobody is told after it', async () => {
    const rule = aSirenRule(0, SECOND);
    run = await siren.run({ rule });
    await untilTold(rule, 1);
    const { number, workflowId, firstFiredMs } = await siren.incident(rule);
    siren.dieAt('during an answer');
    const asked = Date.now();
    const answer = siren.house.client.workflow
      .getHandle(workflowId)
      .executeUpdate<Answer, [object]>('acknowledge', { args: [{ by: 'ada', eventId: 'click' }] });
    await replaced();
    expect(await answer).toMatchObject({ status: 'acknowledged', by: 'ada', onTheirWay: [] });
    const seconds = (Date.now() - asked) / 1000;
    await eventually('the row says so', async () => {
      const { rows } = await siren.house.home.query(
        'SELECT acknowledged_by FROM sexton.incident WHERE number = $1',
        [number],
      );
      return rows[0].acknowledged_by === 'ada';
    });
    const past = firstFiredMs + (SECOND + 3) * 1_000;
    await eventually('the next tier would have been due', () => Date.now() > past, { withinMs: 60_000 });
    await expectOneLadder('during an acknowledgement (seconds until its answer)', {
      rule,
      tiers: 1,
      seconds: () => seconds,
    });
  }, 150_000);
});

describe('an escalation', () => {
  it('that is terminated by hand is started again, tells nobody twice, and misses no tier', async () => {
    const rule = aSirenRule(0, SECOND);
    run = await siren.run({ rule });
    await untilTold(rule, 1);
    const { workflowId } = await siren.incident(rule);
    await siren.house.client.workflow.getHandle(workflowId).terminate('by hand');
    const notices = await untilTold(rule, 2);
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
