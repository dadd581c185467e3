// The ladder, pure: who is woken when, whatever is answered in whatever order.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acknowledge,
  escalateNow,
  type LadderState,
  nextDue,
  observeSeverity,
  passDue,
  reopen,
  resolve,
  snooze,
  startLadder,
  type Wake,
} from '../../src/domain/alerts/ladder.ts';
import { aPolicy, MINUTE } from '../support/alerts/policies.ts';

const T0 = Date.parse('2026-02-10T12:00:00Z');

/** Lets the ladder live until `untilMs` and returns what it did, by instant. */
const live = (state: LadderState, untilMs: number, policy = aPolicy()) => {
  const wakes: (Wake & { atMs: number })[] = [];
  let current = state;
  for (;;) {
    const due = nextDue(policy, current);
    if (!due || due.atMs > untilMs) return { state: current, wakes };
    const step = passDue(policy, current, due.atMs);
    current = step.state;
    if (step.wake) wakes.push({ ...step.wake, atMs: due.atMs });
  }
};

const minutes = (wakes: readonly { atMs: number; tier: { name: string } }[]): string[] =>
  wakes.map(({ atMs, tier }) => `+${(atMs - T0) / MINUTE}m ${tier.name}`);

describe('a ladder nobody answers', () => {
  it('tells its tiers at their delays from the first firing, and marks between them (SLA-69, SLA-71)', () => {
    const { wakes, state } = live(startLadder(T0, 'critical'), T0 + 1440 * MINUTE);
    expect(minutes(wakes)).toEqual(['+0m first notice', '+30m page on-call']);
    expect(state.marks).toEqual([{ mark: 'response_sla_missed', atMs: T0 + 15 * MINUTE }]);
    expect(nextDue(aPolicy(), state)).toBeUndefined();
  });
});

describe('an acknowledgement', () => {
  it('is followed by nothing until it is resolved (SLA-71)', () => {
    const first = live(startLadder(T0, 'critical'), T0 + 10 * MINUTE);
    const acknowledged = acknowledge(aPolicy(), first.state, { by: 'ada', atMs: T0 + 10 * MINUTE });
    expect(live(acknowledged, T0 + 7 * 1440 * MINUTE).wakes).toEqual([]);
  });

  it('that expires tells the last tier again, and later tiers keep their distance', () => {
    const policy = { ...aPolicy(), ackExpiresSeconds: 3600 };
    const first = live(startLadder(T0, 'critical'), T0 + 10 * MINUTE, policy);
    const acknowledged = acknowledge(policy, first.state, { by: 'ada', atMs: T0 + 10 * MINUTE });
    const { wakes } = live(acknowledged, T0 + 1440 * MINUTE, policy);
    expect(minutes(wakes)).toEqual(['+70m first notice', '+90m page on-call']);
    expect(wakes.map(({ wake, reason }) => [wake, reason])).toEqual([
      [2, 'acknowledgement expired'],
      [3, 'due'],
    ]);
  });

  it('falls when severity rises: the higher ladder begins at once', () => {
    const warned = live(startLadder(T0, 'warning'), T0 + 5 * MINUTE).state;
    const acknowledged = acknowledge(aPolicy(), warned, { by: 'ada', atMs: T0 + 5 * MINUTE });
    const risen = observeSeverity(acknowledged, 'critical', T0 + 20 * MINUTE);
    expect(minutes(live(risen, T0 + 60 * MINUTE).wakes)).toEqual(['+20m first notice', '+50m page on-call']);
  });

  it('holds when severity falls', () => {
    const acknowledged = acknowledge(aPolicy(), startLadder(T0, 'critical'), { by: 'ada', atMs: T0 });
    const fallen = observeSeverity(acknowledged, 'warning', T0 + MINUTE);
    expect(fallen).toMatchObject({ status: 'acknowledged', severity: 'warning' });
  });
});

describe('a snooze', () => {
  it('holds everything until its end, tells the last tier again, then goes on', () => {
    const first = live(startLadder(T0, 'critical'), T0 + 5 * MINUTE);
    const snoozed = snooze(first.state, { by: 'ada', atMs: T0 + 5 * MINUTE, untilMs: T0 + 65 * MINUTE });
    const { wakes } = live(snoozed, T0 + 1440 * MINUTE);
    expect(minutes(wakes)).toEqual(['+65m first notice', '+90m page on-call']);
  });

  it('after the last tier still ends with a wake: nothing is snoozed and forgotten', () => {
    const late = live(startLadder(T0, 'critical'), T0 + 40 * MINUTE);
    const snoozed = snooze(late.state, { by: 'ada', atMs: T0 + 40 * MINUTE, untilMs: T0 + 480 * MINUTE });
    expect(minutes(live(snoozed, T0 + 1440 * MINUTE).wakes)).toEqual(['+480m page on-call']);
  });
});

describe('escalating by hand', () => {
  it('tells the next tier that tells anybody, once, and the clock does not tell it again', () => {
    const first = live(startLadder(T0, 'critical'), T0 + MINUTE);
    const marked = escalateNow(aPolicy(), first.state, T0 + 2 * MINUTE);
    expect(marked.wake?.tier.name).toBe('page on-call');
    expect(live(marked.state, T0 + 1440 * MINUTE).wakes).toEqual([]);
  });
});

describe('a re-fire', () => {
  it('begins with the first tier, under wake numbers that go on', () => {
    const done = resolve(live(startLadder(T0, 'critical'), T0 + 31 * MINUTE).state);
    const again = live(reopen(done, 'critical', T0 + 60 * MINUTE), T0 + 61 * MINUTE);
    expect(again.wakes.map(({ wake, tier }) => [wake, tier.name])).toEqual([[3, 'first notice']]);
  });
});

describe('any sequence of answers, news and waiting', () => {
  const event = fc.oneof(
    fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 0, max: 120 }) }),
    fc.record({
      do: fc.constantFrom('acknowledge', 'snooze', 'resolve', 'escalate', 'reopen', 'rise', 'fall'),
    }),
  );
  const play = (events: readonly { do: string; minutes?: number }[]) => {
    const policy = { ...aPolicy(), ackExpiresSeconds: 3600 };
    let state = startLadder(T0, 'warning');
    let now = T0;
    const wakes: (Wake & { atMs: number; status: LadderState['status'] })[] = [];
    const add = (wake: Wake | undefined, atMs: number, status: LadderState['status']) => {
      if (wake) wakes.push({ ...wake, atMs, status });
    };
    for (const each of events) {
      if (each.do === 'wait') {
        const end = now + (each.minutes ?? 0) * MINUTE;
        for (let due = nextDue(policy, state); due && due.atMs <= end; due = nextDue(policy, state)) {
          const before = state.status;
          const step = passDue(policy, state, due.atMs);
          state = step.state;
          add(step.wake, due.atMs, before);
        }
        now = end;
      } else if (each.do === 'acknowledge') state = acknowledge(policy, state, { by: 'ada', atMs: now });
      else if (each.do === 'snooze')
        state = snooze(state, { by: 'ada', atMs: now, untilMs: now + 10 * MINUTE });
      else if (each.do === 'resolve') state = resolve(state, 'ada');
      else if (each.do === 'reopen' && state.status === 'resolved') state = reopen(state, 'warning', now);
      else if (each.do === 'rise' && state.status !== 'resolved')
        state = observeSeverity(state, 'critical', now);
      else if (each.do === 'fall' && state.status !== 'resolved')
        state = observeSeverity(state, 'warning', now);
      else if (each.do === 'escalate' && state.status !== 'resolved') {
        const step = escalateNow(policy, state, now);
        state = step.state;
        add(step.wake, now, 'open');
      }
    }
    return { wakes, state, now, policy };
  };

  it('never uses a wake number twice, and never wakes anybody while it is resolved', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const { wakes } = play(events);
        expect(wakes.map(({ wake }) => wake)).toEqual(wakes.map((_, place) => place + 1));
        expect(wakes.every(({ status }) => status !== 'resolved')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is never open, unanswered and silent for ever while a tier is left', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const { state, policy } = play(events);
        if (state.status === 'open' && state.nextTier < policy.tiers.length) {
          expect(nextDue(policy, state)).toBeDefined();
        }
        // An acknowledgement that expires and a snooze always end.
        if (state.status === 'acknowledged' || state.status === 'snoozed') {
          expect(nextDue(policy, state)).toBeDefined();
        }
      }),
      { numRuns: 500 },
    );
  });
});
