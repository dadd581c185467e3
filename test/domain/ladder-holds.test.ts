// Wakes that are held back, and tiers that lead to nobody: nothing is lost by either, and nothing is told twice.
import { describe, expect, it } from 'vitest';
import {
  acknowledge,
  askNow,
  hold,
  type LadderState,
  nextDue,
  passDue,
  passEmpty,
  resolve,
  type Step,
  snooze,
  startLadder,
  type Wake,
} from '../../src/domain/alerts/ladder.ts';
import type { PolicySnapshot } from '../../src/domain/alerts/policy.ts';
import { at, live, policyOf, T0, told } from '../support/alerts/ladders.ts';
import { MINUTE } from '../support/alerts/policies.ts';

const policy = policyOf([
  [0, 'first'],
  [15, 'response', { notify: [], mark: 'late' }],
  [30, 'page'],
  [60, 'boss'],
]);

const first = (of: PolicySnapshot = policy): Step & { wake: Wake } => {
  const { wake, ...step } = passDue(of, startLadder(T0, 'warning'), T0);
  return { ...step, wake: wake! };
};

const held = (untilMinute?: number, of = policy): LadderState => {
  const { state, wake } = first(of);
  const untilMs = untilMinute === undefined ? {} : { untilMs: at(untilMinute) };
  return hold(state, { wake, reason: 'silence 1 by ana', atMs: T0, ...untilMs });
};

describe('a wake that is held back', () => {
  it('is told when the hold ends, under a new number, and later tiers keep their distance', () => {
    const lived = live(policy, held(5), 1000);
    expect(told(lived)).toEqual(['+5m first', '+35m page', '+65m boss']);
    expect(lived.wakes.map(({ wake, reason }) => [wake, reason])).toEqual([
      [2, 'due'],
      [3, 'due'],
      [4, 'due'],
    ]);
    expect(lived.state.marks).toEqual([{ mark: 'late', atMs: at(20) }]);
  });

  it.each([
    ['without a known end, within a minute', undefined, 1],
    ['with one, then', 5, 5],
    ['with a far one, within ten minutes: it may be lifted', 600, 10],
  ])('%s is asked for again', (_, untilMinute, minute) => {
    expect(nextDue(policy, held(untilMinute))).toEqual({ atMs: at(minute), what: 'hold ends' });
  });

  it('is asked for at once where news says that nothing holds it any more', () => {
    expect(nextDue(policy, askNow(held(600), at(3)))).toEqual({ atMs: at(3), what: 'hold ends' });
  });

  it('held again and again stands still all that time and loses no tier', () => {
    let state = held();
    for (let minute = 1; minute <= 120; minute += 1) {
      const { wake, state: asked } = passDue(policy, state, at(minute));
      state = hold(asked, { wake: wake!, reason: 'inhibited', atMs: at(minute) });
    }
    expect(told(live(policy, state, 1000))).toEqual(['+121m first', '+151m page', '+181m boss']);
  });

  it('is nobody’s any more once somebody has acknowledged: the hold ends without a word', () => {
    const acknowledged = acknowledge(policy, held(5), { by: 'ada', atMs: at(2) });
    expect(live(policy, acknowledged, 10_000).wakes).toEqual([]);
    expect(acknowledged.held).toBeUndefined();
  });

  it('changes nothing where the answer came first', () => {
    const { state, wake } = first();
    for (const answered of [
      acknowledge(policy, state, { by: 'ada', atMs: at(1) }),
      resolve(state, 'ada'),
      snooze(state, { by: 'ada', atMs: at(1), untilMs: at(9) }),
    ]) {
      expect(hold(answered, { wake, reason: 'silence', atMs: at(2) })).toBe(answered);
    }
  });

  it('while a later one has been made already is told with the next: after an outage no tier’s people are left out', () => {
    const { state, wake } = first();
    const late = passDue(policy, passDue(policy, state, at(40)).state, at(40));
    expect(late.wake?.tier.name).toBe('page');
    const owing = hold(late.state, { wake, reason: 'silence', atMs: at(40), untilMs: at(50) });
    const both = hold(owing, { wake: late.wake!, reason: 'silence', atMs: at(40), untilMs: at(50) });
    const { wakes } = live(policy, both, 1000);
    expect(wakes.map(({ tier }) => tier.notify)).toEqual([['slack:first', 'slack:page'], ['slack:boss']]);
    expect(acknowledge(policy, owing, { by: 'ada', atMs: at(41) }).owed).toBeUndefined();
  });

  it('does not begin a tier’s repeats anew: a repeat that waited is counted', () => {
    const repeating = policyOf([[0, 'first', { repeat: { everySeconds: 600, times: 2 } }]]);
    const second = passDue(repeating, first(repeating).state, at(10));
    const state = hold(second.state, { wake: second.wake!, reason: 'quiet', atMs: at(10), untilMs: at(15) });
    const lived = live(repeating, state, 1000);
    expect(told(lived)).toEqual(['+15m first', '+25m first']);
    expect(lived.wakes.map(({ reason }) => reason)).toEqual(['repeated', 'repeated']);
  });

  it('never makes the ladder ask in a circle: an end that has passed is asked a second later', () => {
    const { state, wake } = first();
    const past = hold(state, { wake, reason: 'window', untilMs: T0 - MINUTE, atMs: T0 });
    expect(nextDue(policy, past)).toEqual({ atMs: T0 + 1000, what: 'hold ends' });
  });
});

describe('a tier that leads to nobody', () => {
  it('is passed at once: the next one is told now and not after its delay (GoAlert #4548)', () => {
    const { state, wake } = first();
    const step = passEmpty(policy, state, { wake, atMs: T0 });
    expect(step.wake).toMatchObject({ wake: 2, tier: { name: 'page' }, reason: 'nobody in the tier before' });
    expect(step.state.marks).toEqual([{ mark: 'nobody-in/first', atMs: T0 }]);
  });

  it('takes nothing from those after: marks and later tiers come in their time, and nobody is told twice', () => {
    const { state, wake } = first();
    const lived = live(policy, passEmpty(policy, state, { wake, atMs: T0 }), 1000);
    expect(told(lived)).toEqual(['+60m boss']);
    expect(lived.state.marks.map(({ mark, atMs }) => [mark, (atMs - T0) / MINUTE])).toEqual([
      ['nobody-in/first', 0],
      ['late', 15],
    ]);
  });

  it('after which all others lead to nobody too ends at the log, each tier marked', () => {
    let step: Step = first();
    const names: string[] = [];
    for (let n = 0; n < 4 && step.wake; n += 1) {
      names.push(step.wake.tier.name);
      step = passEmpty(policy, step.state, { wake: step.wake, atMs: T0 });
    }
    expect(names).toEqual(['first', 'page', 'boss', 'last-resort']);
    const last = passDue(policy, first().state, T0);
    expect(last.wake).toBeUndefined();
    expect(step.state.marks.map(({ mark }) => mark)).toEqual([
      'nobody-in/first',
      'nobody-in/page',
      'nobody-in/boss',
      'nobody-in/last-resort',
    ]);
  });

  it('is passed by nobody once somebody has answered', () => {
    const { state, wake } = first();
    const answered = acknowledge(policy, state, { by: 'ada', atMs: at(1) });
    expect(passEmpty(policy, answered, { wake, atMs: at(1) })).toEqual({ state: answered });
  });
});
