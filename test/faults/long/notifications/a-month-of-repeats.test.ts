// Thirty days of a tier that is told again every four hours, in virtual time: a hundred and eighty pages, each at its
// instant, and a history that stays below every limit.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { liveThrough } from '../../../support/alerts/a-month.ts';
import { type Bell, openBell } from '../../../support/alerts/escalation-worker.ts';
import { createClock } from '../../../support/time.ts';

/** Temporal warns from here on; it ends a run at five times as many. */
const WARNS_AT = 10_240;

let bell: Bell;
beforeAll(async () => {
  bell = await openBell();
});
afterAll(() => bell.close());

it('a ladder whose last tier repeats every four hours for thirty days tells it each time to the second, within the limits of a history', async () => {
  const clock = await createClock({ client: bell.client, databases: [bell.home] });
  await bell.serving(async () => {
    const runs = await liveThrough({ bell, clock }, { repeatsFor: '30d', skipped: 4 });
    console.log(`events of its runs: ${runs.join(', ')}`);
    for (const events of runs) expect(events).toBeLessThan(WARNS_AT);
  });
}, 900_000);
