// An escalation whose history grows long goes on as a new one, by itself, without telling anybody twice.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aReport, type Bell, openBell } from '../../support/alerts/escalation-worker.ts';
import { aRule } from '../../support/alerts/policies.ts';
import { eventually } from '../../support/eventually.ts';
import { unique } from '../../support/stack.ts';
import { type Clock, createClock } from '../../support/time.ts';

/** The server's own advice comes at this many events. */
const LONG = 4_096;
const AT_ONCE = 200;
const MINUTE = 60;

let bell: Bell;
let clock: Clock;
beforeAll(async () => {
  bell = await openBell();
  clock = await createClock({ client: bell.client, databases: [bell.home] });
});
afterAll(() => bell.close());

it('after thousands of signals it continues as new, keeps what it knew, and tells the next tier at its instant', async () => {
  await bell.serving(async () => {
    const found = await bell.observe(aReport(aRule({ name: unique('rule') }), 'critical'));
    if (!found) throw new Error('nothing was handed over');
    await eventually('the first notice', () => bell.heard.length === 1);
    const handle = bell.client.workflow.getHandle(found.workflowId);
    const note = { by: 'ada', eventId: 'note-1', note: 'looking into it' };
    await handle.executeUpdate('note', { args: [note] });
    const first = (await handle.describe()).runId;
    // News that it has already: nothing comes of them but events. Answered in between, since a worker that is handed
    // thousands of signals at once takes longer over them than the SDK allows a workflow to compute.
    for (let sent = 0; sent < LONG; sent += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => handle.signal('observed', found.incident)));
      await handle.query('state');
    }
    await eventually('it continued as new', async () => (await handle.describe()).runId !== first);
    expect(await handle.query<{ notes: unknown }>('state')).toMatchObject({
      notes: [{ by: 'ada', text: 'looking into it' }],
    });
    expect(await handle.executeUpdate('note', { args: [note] }), 'an event that was applied').toBeDefined();
    await clock.advance(31 * MINUTE);
    expect(bell.heard.map(({ tier }) => tier)).toEqual(['first notice', 'page on-call']);
    await handle.terminate();
  });
});
