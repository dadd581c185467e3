// A ladder of days and weeks that nobody answers, lived through in virtual time: the same in the suite, for two days of
// its repeats, and in `npm run test:faults`, for thirty.
import type { TierSnapshot } from '../../src/domain/alerts/policy.ts';
import type { Bell } from './escalation-worker.ts';
import type { Clock } from './time.ts';
import { fireWith, historiesOf, ms, seconds } from './wakes.ts';

const tier = (name: string, after: string, ...notify: string[]): TierSnapshot => ({
  name,
  afterSeconds: seconds(after),
  notify,
});

const EVERY = '4h';
const LAST = '7d';

/** Resolves with the events of each run of it, once exactly what was to be told has been. */
export const liveThrough = async (
  { bell, clock }: { readonly bell: Bell; readonly clock: Clock },
  repeatsFor: string,
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
  const least = Math.floor(ms(repeatsFor) / ms(EVERY));
  // The server may skip the same stretch twice; every instant is the workflow's own, so only the end is not sharp.
  const heard = (await ladder.collector.notices()).filter(({ channel }) => channel === 'webhook').length;
  const repeats = heard === least + 2 ? least + 1 : least;
  await ladder.told([
    ['0s', 'team', 'slack'],
    ['15min', 'on-call', 'pagerduty'],
    ['4h', 'second', 'pagerduty'],
    ['1d', 'lead', 'email'],
    ['3d', 'head', 'email'],
    ...Array.from(
      { length: repeats + 1 },
      (_, count) => [ms(LAST) + count * ms(EVERY), 'everybody', 'webhook'] as const,
    ),
  ]);
  const runs = await historiesOf(bell, ladder.handle.workflowId);
  await ladder.handle.terminate();
  return runs;
};
