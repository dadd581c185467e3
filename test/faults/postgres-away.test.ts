// Postgres stopped under a run for twenty seconds; three minutes of it: test/faults/long.
import { afterAll, beforeAll, it } from 'vitest';
import { expectRung, openServedSiren } from './support/outage.ts';
import type { Siren } from './support/siren.ts';

let siren: Siren;
beforeAll(async () => {
  siren = await openServedSiren();
});
afterAll(() => siren.close());

it('a run whose Postgres stops for twenty seconds rings after the shorter time that it was set, and keeps its one ladder', async () => {
  const told = await expectRung(siren, {
    seconds: 20,
    tiers: [0, 8, 36],
    settings: { ringAfterSeconds: 4 },
    everyMs: 2_000,
    waitedSeconds: 3,
    toldWithin: 30,
  });
  console.table([told]);
}, 150_000);
