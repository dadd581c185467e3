// A ladder of days and weeks that nobody answers, lived through in virtual time: the same in the suite, for two days of
// its repeats, and in `npm run test:faults`, for thirty.
import { expect } from 'vitest';
import type { TierSnapshot } from '../../../src/domain/alerts/policy.ts';
import type { Clock } from '../time.ts';
import type { Bell } from './escalation-worker.ts';
import { fireWith, historiesOf, ms, seconds } from './wakes.ts';

const tier = (name: string, after: string, ...notify: string[]): TierSnapshot => ({
  name,
  afterSeconds: seconds(after),
  notify,
});

const EVERY = '4h';
const LAST = '7d';

/**
 * Resolves with the events of each run of it, once exactly what was to be told has been. Now and then, about once in two
 * hundred, the server's young clock skips a stretch twice: a repeat that was slept through is then not told, and the next
 * one is. `skipped` says how often that may be.
 */
export const liveThrough = async (
  { bell, clock }: { readonly bell: Bell; readonly clock: Clock },
  { repeatsFor, skipped = 0 }: { readonly repeatsFor: string; readonly skipped?: number },
): Promise<readonly number[]> => {
  const last = { ...tier('everybody', LAST, 'webhook'), repeat: { everySeconds: seconds(EVERY) } };
  const ladder = await fireWith(bell, {
    tiers: [
      tier('team', '0s', 'slack:ops'),
      tier('on-call', '15min', 'pagerduty'),
      tier('second', '4h', 'pagerduty'),
      tier('lead', '24h', 'email:lead@example.org'),
      tier('head', '3d', 'email:head@example.org'),
      last,
    ],
  });
  await clock.advance(seconds(LAST) + seconds(repeatsFor) + 60);
  const wakes = Math.floor(ms(repeatsFor) / ms(EVERY)) + 1;
  const all = await ladder.collector.notices();
  const places = all
    .filter(({ tier: name }) => name === 'everybody')
    .map(({ at }) => new Date(at).getTime() - ladder.since - ms(LAST))
    .map((after) => {
      // Rounded: by a few milliseconds the skipped clock may go back.
      const count = Math.round(after / ms(EVERY));
      return { count, lateMs: after - count * ms(EVERY) };
    });
  expect(new Set(places.map(({ count }) => count)).size).toBe(places.length);
  expect(Math.max(...places.map(({ lateMs }) => Math.abs(lateMs)))).toBeLessThan(
    skipped === 0 ? 3_000 : 15_000,
  );
  expect(places.length).toBeGreaterThanOrEqual(wakes - skipped);
  expect(places.length).toBeLessThanOrEqual(wakes + skipped);
  await ladder.told([
    ['0s', 'team', 'slack'],
    ['15min', 'on-call', 'pagerduty'],
    ['4h', 'second', 'pagerduty'],
    ['1d', 'lead', 'email'],
    ['3d', 'head', 'email'],
    ...places.map(
      ({ count, lateMs }) => [ms(LAST) + count * ms(EVERY) + lateMs - 1_000, 'everybody', 'webhook'] as const,
    ),
  ]);
  const runs = await historiesOf(bell, ladder.handle.workflowId);
  await ladder.handle.terminate();
  return runs;
};
