// Postgres stopped under a run for three minutes, with every setting at its default.
import { afterAll, beforeAll, it } from 'vitest';
import { expectRung, openServedSiren } from '../support/outage.ts';
import type { Siren } from '../support/siren.ts';

let siren: Siren;
beforeAll(async () => {
  siren = await openServedSiren();
});
afterAll(() => siren.close());

it('a run whose Postgres stops for three minutes rings within 90 seconds and loses no tier', async () => {
  const told = await expectRung(siren, {
    seconds: 180,
    tiers: [0, 60, 155],
    everyMs: 30_000,
    toldWithin: 90,
  });
  console.table([told]);
}, 330_000);
