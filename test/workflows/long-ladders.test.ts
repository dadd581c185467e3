// Ladders of days and weeks in virtual time on the real server: this channel hears exactly this at this instant, to
// the second, and nothing else does.
import { DateTime } from 'luxon';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TierSnapshot } from '../../src/domain/alerts/policy.ts';
import { liveThrough } from '../support/alerts/a-month.ts';
import { type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { fireWith, ms, seconds } from '../support/alerts/wakes.ts';
import { type Clock, createClock } from '../support/time.ts';

let bell: Bell;
let clock: Clock;
beforeAll(async () => {
  bell = await openBell();
});
afterAll(() => bell.close());
beforeEach(async () => {
  // One that a failed test left open would have to live through the time of the others.
  const query = "ExecutionStatus = 'Running'";
  for await (const { workflowId } of bell.client.workflow.list({ query }))
    await bell.client.workflow.getHandle(workflowId).terminate();
  clock = await createClock({ client: bell.client, databases: [bell.home] });
});

const ZONE = 'Europe/Berlin';

/** The morning after the clocks there change next. */
const afterTheChange = (now: DateTime): DateTime => {
  let day = now.setZone(ZONE).startOf('day');
  while (day.offset === day.plus({ days: 1 }).offset) day = day.plus({ days: 1 });
  return day.plus({ days: 1 }).set({ hour: 9 });
};

const TIERS: readonly [TierSnapshot, TierSnapshot] = [
  { name: 'team', afterSeconds: 0, notify: ['slack:ops'] },
  { name: 'lead', afterSeconds: seconds('4h'), notify: ['webhook'] },
];

describe('a ladder that nobody answers', () => {
  it('tells each tier at its instant after 15 minutes, hours and days, and then repeats the last one every four hours', {
    retry: 2,
  }, async () => {
    await bell.serving(async () => {
      expect(await liveThrough({ bell, clock }, { repeatsFor: '12h' })).toHaveLength(1);
    });
  });
});

describe('an acknowledgement that expires after a week', () => {
  it('is followed by the last tier again to the second, and by the next one at its distance', async () => {
    await bell.serving(async () => {
      const ladder = await fireWith(bell, { tiers: TIERS, ackExpiresSeconds: seconds('7d') });
      await clock.advance(seconds('1h'));
      await ladder.answer('acknowledge', {});
      const { ladder: acknowledged } = await ladder.view();
      const end = acknowledged.untilMs ?? 0;
      const held = end - (acknowledged.stoppedAtMs ?? 0);
      expect(held).toBe(ms('7d'));
      await clock.advance(seconds('7d') - 60);
      await ladder.told([['0s', 'team', 'slack']]);
      await clock.advance(seconds('4h'));
      await ladder.told([
        ['0s', 'team', 'slack'],
        [end - ladder.since, 'team', 'slack'],
        [ms('4h') + held, 'lead', 'webhook'],
      ]);
      await ladder.handle.terminate();
    });
  });
});

describe('a snooze until nine in the morning', () => {
  it('of a day after the clocks were changed ends at nine there, and the ladder goes on from it', async () => {
    await bell.serving(async () => {
      const ladder = await fireWith(bell, { tiers: TIERS });
      const until = afterTheChange(DateTime.now());
      await clock.advance(seconds('1h'));
      await ladder.answer('snooze', { until: until.toFormat('yyyy-MM-dd HH:mm'), zone: ZONE });
      const { ladder: snoozed } = await ladder.view();
      expect(snoozed.untilMs).toBe(until.toMillis());
      const held = until.toMillis() - (snoozed.stoppedAtMs ?? 0);
      await clock.advance(held / 1000 + seconds('4h'));
      await ladder.told([
        ['0s', 'team', 'slack'],
        [until.toMillis() - ladder.since, 'team', 'slack'],
        [ms('4h') + held, 'lead', 'webhook'],
      ]);
      await ladder.handle.terminate();
    });
  });
});
