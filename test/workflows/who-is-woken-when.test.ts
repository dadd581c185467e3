// Turns, quiet hours and silences meet in one ladder: at each wake it is asked anew who is on call and whether anything
// holds it, and what was held is told when the hold is over, to whoever is on call by then.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addSilence } from '../../src/adapters/postgres/alerts/silences.ts';
import type { Directory, Rotation } from '../../src/domain/alerts/on-call.ts';
import type { PolicySnapshot } from '../../src/domain/alerts/policy.ts';
import { aReport, type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aPolicy, aRule } from '../support/alerts/policies.ts';
import { eventually } from '../support/eventually.ts';
import { unique } from '../support/stack.ts';
import { type Clock, createClock } from '../support/time.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

const wall = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
/** Everything below is counted from the last full minute. */
const began = Math.floor(Date.now() / 60_000) * 60_000;
const minutesOfDay = (afterMinutes: number): number => (Math.floor(began / 60_000) + afterMinutes) % 1_440;

const primary: Rotation = {
  name: 'primary',
  zone: 'UTC',
  members: ['ada', 'bob'],
  everyHours: 1,
  first: wall(began - 5 * 60_000),
  overrides: [],
};
const directory: Directory = {
  roles: {},
  people: { ada: { targets: ['slack:ada'] }, bob: { targets: ['slack:bob'] } },
  rotations: { primary },
};

/** Ada until 55 minutes from now, then an hour each. */
const policy: PolicySnapshot = aPolicy({
  tiers: [
    { name: 'at once', afterSeconds: 0, notify: ['primary'] },
    { name: 'after 90 min', afterSeconds: 90 * MINUTE, notify: ['primary'] },
    { name: 'in quiet hours', afterSeconds: 150 * MINUTE, notify: ['primary'] },
    { name: 'silenced', afterSeconds: 5 * HOUR, notify: ['primary'] },
  ],
  people: {},
  quietHours: {
    windows: [{ fromMinutes: minutesOfDay(120), toMinutes: minutesOfDay(190), zone: 'UTC' }],
    below: 'critical',
  },
});

let bell: Bell;
let clock: Clock;
beforeAll(async () => {
  bell = await openBell((all) => all, { directory });
  clock = await createClock({ client: bell.client, databases: [bell.home] });
});
afterAll(() => bell.close());

const told = (): readonly string[] => bell.heard.map(({ tier, address }) => `${tier}: ${address}`);

it('each wake goes to whoever is on call at its instant, once neither quiet hours nor a silence hold it', async () => {
  await bell.serving(async () => {
    const rule = aRule({ name: unique('rule'), routes: { warning: policy } });
    const found = await bell.observe(aReport(rule, 'warning'));
    if (!found) throw new Error('nothing was handed over');
    await eventually('the first notice', () => bell.heard.length === 1);
    await clock.advance(95 * MINUTE);
    expect(told()).toEqual(['at once: ada', 'after 90 min: bob']);

    await clock.advance(80 * MINUTE);
    expect(told(), 'quiet until 190 minutes').toHaveLength(2);
    await clock.advance(30 * MINUTE);
    expect(told().slice(2), 'bob has the fourth hour').toEqual(['in quiet hours: bob']);

    const matchers = [{ label: 'rule', op: '=', value: rule.name }] as const;
    await addSilence(bell.home, { matchers, until: 2 * HOUR, author: 'ada', comment: 'moving house' });
    await clock.advance(110 * MINUTE);
    expect(told(), 'silenced until about 5 h 25 min').toHaveLength(3);
    await clock.advance(30 * MINUTE);
    expect(told().slice(3)).toEqual(['silenced: bob']);
    await bell.client.workflow.getHandle(found.workflowId).terminate();
  });
});
