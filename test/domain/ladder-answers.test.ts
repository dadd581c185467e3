// What answers make of a ladder beyond taking it on: their own ends, giving back, giving to another, naming a tier.
import { describe, expect, it } from 'vitest';
import {
  acknowledge,
  escalateTo,
  nextDue,
  observeMember,
  passDue,
  reassign,
  resolve,
  snooze,
  startLadder,
  takeNumber,
  unacknowledge,
} from '../../src/domain/alerts/ladder.ts';
import { after, at, live, policyOf, T0, told } from '../support/alerts/ladders.ts';

const policy = policyOf([
  [0, 'first'],
  [15, 'level-2'],
  [30, 'level-3'],
]);
const ada = (minute: number) => ({ by: 'ada', atMs: at(minute) });

describe('an acknowledgement', () => {
  it('with an end of its own holds until then, whatever the policy says', () => {
    const expiring = { ...policy, ackExpiresSeconds: 60 };
    const acknowledged = acknowledge(expiring, after(policy, 5), { ...ada(5), untilMs: at(125) });
    expect(told(live(expiring, acknowledged, 130))).toEqual(['+125m first']);
  });

  it('that has expired leads to the policy’s tier, and the next follows at its distance (TRACKS-56)', () => {
    const rearming = { ...policy, ackExpiresSeconds: 3600, ackExpiresTo: 'level-2' };
    const acknowledged = acknowledge(rearming, after(policy, 5), ada(5));
    expect(told(live(rearming, acknowledged, 1000))).toEqual(['+65m level-2', '+80m level-3']);
    const late = acknowledge(rearming, after(policy, 40), ada(40));
    expect(told(live(rearming, late, 1000))).toEqual(['+100m level-2', '+115m level-3']);
  });

  it('that has expired leads to the last tier told where the policy’s tier is gone from it', () => {
    const lost = { ...policy, ackExpiresSeconds: 3600, ackExpiresTo: 'level-9' };
    expect(told(live(lost, acknowledge(lost, after(policy, 5), ada(5)), 70))).toEqual(['+65m first']);
  });

  it('too old is marked as overdue once, and pages nobody (DRAFT-64)', () => {
    const slow = { ...policy, ackOverdueSeconds: 4 * 3600 };
    const acknowledged = acknowledge(slow, after(policy, 5), ada(5));
    expect(nextDue(slow, acknowledged)).toEqual({ atMs: at(245), what: 'acknowledgement is overdue' });
    const lived = live(slow, acknowledged, 10_000);
    expect(lived.wakes).toEqual([]);
    expect(lived.state).toMatchObject({ status: 'acknowledged', overdue: true });
    expect(lived.state.marks).toEqual([{ mark: 'acknowledgement-overdue', atMs: at(245) }]);
  });

  it('given again does not put off what is overdue', () => {
    const slow = { ...policy, ackOverdueSeconds: 3600 };
    const once = acknowledge(slow, after(policy, 5), ada(5));
    expect(nextDue(slow, acknowledge(slow, once, ada(30)))?.atMs).toBe(at(65));
    const late = passDue(slow, once, at(65)).state;
    expect(nextDue(slow, acknowledge(slow, late, ada(70)))).toBeUndefined();
  });

  it('undone tells the last tier again at once, and the ladder goes on at its distance', () => {
    const acknowledged = acknowledge(policy, after(policy, 5), ada(5));
    const step = unacknowledge(policy, acknowledged, at(25));
    expect(step.wake).toMatchObject({ wake: 2, reason: 'acknowledgement undone', tier: { name: 'first' } });
    expect(told(live(policy, step, 1000))).toEqual(['+35m level-2', '+50m level-3']);
  });

  it('that nobody gave cannot be undone', () => {
    const open = after(policy, 5);
    expect(unacknowledge(policy, open, at(6))).toEqual({ state: open });
    const resolved = resolve(open);
    expect(unacknowledge(policy, resolved, at(6))).toEqual({ state: resolved });
  });
});

describe('a snooze', () => {
  it('keeps its end as it was asked for, and loses it when it is over', () => {
    const words = 'Wed 2026-02-11 09:00 Europe/Berlin';
    const snoozed = snooze(after(policy, 5), { ...ada(5), untilMs: at(65), untilWords: words });
    expect(snoozed.untilWords).toBe(words);
    expect(live(policy, snoozed, 65).state.untilWords).toBeUndefined();
  });
});

describe('reassigning', () => {
  it('tells the new one at once and alone, and leaves them the time that the last tier had', () => {
    const step = reassign(policy, after(policy, 20), { to: 'bea', atMs: at(20) });
    expect(step.wake).toMatchObject({ wake: 3, reason: 'reassigned', tier: { notify: ['bea'] } });
    expect(told(live(policy, step, 1000))).toEqual(['+35m level-3']);
  });

  it('ends an acknowledgement: whoever is told now has not said yes', () => {
    const acknowledged = acknowledge(policy, after(policy, 5), ada(5));
    const { state } = reassign(policy, acknowledged, { to: 'bea', atMs: at(50) });
    expect(state).toMatchObject({ status: 'open', responsible: 'bea' });
    expect(told(live(policy, state, 1000))).toEqual(['+65m level-2', '+80m level-3']);
  });

  it('makes them be told again with the tier, until a later one is told', () => {
    const expiring = { ...policy, ackExpiresSeconds: 3600 };
    const { state } = reassign(expiring, after(policy, 5), { to: 'bea', atMs: at(5) });
    const { wakes } = live(expiring, acknowledge(expiring, state, ada(10)), 1000);
    expect(wakes.map(({ tier }) => tier.notify)).toEqual([
      ['bea', 'slack:first'],
      ['slack:level-2'],
      ['slack:level-3'],
    ]);
  });

  it('changes nothing of a resolved incident', () => {
    const resolved = resolve(after(policy, 5));
    expect(reassign(policy, resolved, { to: 'bea', atMs: at(6) })).toEqual({ state: resolved });
  });
});

describe('escalating to a tier', () => {
  it('tells it at once, and the one after it follows at its distance (TRACKS-56)', () => {
    const step = escalateTo(policy, after(policy, 2), { tier: 'level-2', atMs: at(2) });
    expect(step.wake).toMatchObject({ tier: { name: 'level-2' }, reason: 'escalated by hand' });
    expect(told(live(policy, step, 1000))).toEqual(['+17m level-3']);
  });

  it('that is not there changes nothing', () => {
    const open = after(policy, 2);
    expect(escalateTo(policy, open, { tier: 'level-9', atMs: at(2) })).toEqual({ state: open });
  });
});

describe('another that joins the group', () => {
  const acknowledged = acknowledge(policy, after(policy, 5), ada(5));

  it.each(['silent', undefined] as const)('wakes nobody where the rule says %s', (onNewMember) => {
    expect(observeMember(policy, acknowledged, onNewMember, at(10))).toEqual({ state: acknowledged });
  });

  it('wakes the last tier told, once, where the rule says page: nobody has taken this one on', () => {
    const step = observeMember(policy, acknowledged, 'page', at(10));
    expect(step.wake).toMatchObject({ reason: 'another joined the group', tier: { name: 'first' } });
    expect(observeMember(policy, step.state, 'page', at(11)).wake).toBeUndefined();
    expect(told(live(policy, step, 1000))).toEqual(['+20m level-2', '+35m level-3']);
  });

  it('wakes nobody of an incident that is open: the ladder tells people anyway', () => {
    const open = after(policy, 5);
    expect(observeMember(policy, open, 'page', at(6))).toEqual({ state: open });
  });

  it('is heard of where the acknowledgement has expired', () => {
    const expiring = { ...policy, ackExpiresSeconds: 60 };
    const { state } = live(expiring, acknowledge(expiring, after(policy, 5), ada(5)), 6);
    expect(state.status).toBe('open');
  });
});

describe('a number for a message that is no tier', () => {
  it('is never that of a wake', () => {
    const { state, wake } = takeNumber(after(policy, 5));
    expect(wake).toBe(2);
    expect(live(policy, state, 15).wakes[0]?.wake).toBe(3);
    expect(takeNumber(startLadder(T0, 'info')).wake).toBe(1);
  });
});
