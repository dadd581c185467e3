// Reconcile with thousands of incidents that nobody was told of: oldest first, a bounded number at once, and one that
// cannot be told keeps no other waiting.
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handOverIncidents } from '../../../src/activities/reconcile/hand-over-incidents.ts';
import type { Report, RuleSnapshot } from '../../../src/domain/alerts/alert.ts';
import { aRule } from '../../support/alerts/policies.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { aTick, START } from '../../support/monitors/series.ts';
import { unique } from '../../support/stack.ts';

const COUNT = 450;

/** Temporal as far as hand-overs need it. */
const scripted = () => {
  const asked: number[] = [];
  let [underWay, most] = [0, 0];
  let refuses = (_number: number): boolean => false;
  const client = {
    options: {},
    workflow: {
      list: async function* () {},
      start: async (_type: string, { args }: { args: [{ incident: { number: number } }] }) => {
        underWay += 1;
        most = Math.max(most, underWay);
        const { number } = args[0].incident;
        asked.push(number);
        await new Promise(setImmediate);
        underWay -= 1;
        if (refuses(number)) throw new Error('it is away');
      },
    },
  };
  return {
    client: client as unknown as Client,
    asked,
    most: () => most,
    refuse: (each: typeof refuses) => {
      refuses = each;
    },
  };
};

let engine: Engine;
let rule: RuleSnapshot;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());
beforeEach(async () => {
  await engine.db.query('DELETE FROM sexton.incident');
  rule = aRule({ name: unique('rule') });
  const reports = Array.from(
    { length: COUNT },
    (_, place): Report => ({
      ...aTick(START, '!', rule),
      labels: { shard: String(place) },
    }),
  );
  await engine.run(engine.activities.observe, { reports });
});

const reconcile = (temporal: Client, waitedSeconds = 0) => {
  const settings = { waitedSeconds, closedWithinSeconds: 60 };
  return engine.run(() => handOverIncidents({ databases: engine.databases, temporal }, settings), undefined);
};

const untold = async (): Promise<number> =>
  (await engine.db.query('SELECT count(*)::int AS n FROM sexton.incident WHERE seq > handed_seq')).rows[0].n;

describe('incidents that wait to be handed over', () => {
  it('are told in batches, oldest first, at most twenty at once, and named only up to a bound', async () => {
    const temporal = scripted();
    expect((await reconcile(temporal.client)).length).toBe(200);
    expect(temporal.asked).toHaveLength(COUNT);
    expect(temporal.asked).toEqual(temporal.asked.toSorted((a, b) => a - b));
    expect(temporal.most()).toBe(20);
    expect(await untold()).toBe(0);
  });

  it('wait for none of those that cannot be told, which come up again', async () => {
    const temporal = scripted();
    temporal.refuse((number) => number % 3 === 0);
    await reconcile(temporal.client);
    expect(temporal.asked).toHaveLength(COUNT);
    expect(await untold()).toBe(COUNT / 3);
    temporal.refuse(() => false);
    await reconcile(temporal.client);
    expect(await untold()).toBe(0);
  });

  it('are left to whoever observed them while they are new', async () => {
    const temporal = scripted();
    expect(await reconcile(temporal.client, 60)).toEqual([]);
  });
});
