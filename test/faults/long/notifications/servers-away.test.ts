// Temporal killed and Postgres stopped, each at every point of a page's way, with the worker alive: what stood there goes
// on by itself once the server is back. `npm run test:faults` alone runs it; test/faults/crash-points.test.ts has the worker.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../support/eventually.ts';
import { factsOf } from '../../support/crash-facts.ts';
import { POINT_NAMES, type Standstill, standStill } from '../../support/crash-rows.ts';
import { type MatrixRow, tellMatrix } from '../../support/notification-report.ts';
import { openSiren, type Siren } from '../../support/siren.ts';

/** Longer than a message may be silent: Temporal gives what was being sent to somebody else. */
const AWAY_MS = 40_000;

const table: MatrixRow[] = [];
let siren: Siren;
beforeAll(async () => {
  siren = await openSiren({ temporalDbFile: true });
  const { stderr } = siren.worker();
  await eventually('the worker serves', () => stderr().includes('RUNNING'), { withinMs: 90_000 });
});
afterAll(async () => {
  tellMatrix('servers', table);
  await siren.close();
});

describe.each(['temporal', 'postgres'] as const)('%s, killed for forty seconds', (server) => {
  let stood: Standstill;
  let diedMs = 0;
  let stopReconciling: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    stood = await standStill(siren, 60);
    await siren.house.stack.halt(server);
    diedMs = Date.now();
    stood.holds.lift();
    await sleep(AWAY_MS);
    await siren.house.stack.launch(server);
    stopReconciling = siren.reconciling(2_000, { waitedSeconds: 3 });
  }, 240_000);
  afterAll(() => stopReconciling?.());

  it.each(POINT_NAMES)(
    '%s: loses no tier, doubles nothing where it can be known, and counts what it cannot know',
    async (point) => {
      const row = stood.rows.find((each) => each.point === point);
      if (!row) throw new Error(`nothing stood at ${point}`);
      const facts = await factsOf(siren, row, { diedMs, withinMs: 240_000 });
      const { lost, tooMany, doubles, uncounted, wrongAtPagerDuty, blindDoubles, counted, seconds } = facts;
      table.push({
        away: server,
        point,
        lost: lost.length,
        doubled: doubles.length,
        doubledUnseen: blindDoubles.length,
        countedAsPossible: counted,
        seconds,
      });
      expect({ lost, tooMany, doubles, uncounted, wrongAtPagerDuty }).toEqual({
        lost: [],
        tooMany: [],
        doubles: [],
        uncounted: [],
        wrongAtPagerDuty: [],
      });
      expect(new Set(blindDoubles).size).toBe(blindDoubles.length);
      expect(facts.ladders).toBe(1);
      if (row.answer) expect((await row.answer).answer).toMatchObject({ status: 'acknowledged', by: 'ada' });
    },
    300_000,
  );
});
