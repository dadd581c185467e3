// The ladder under any sequence of answers, news, holds and waiting, of policies with everything that they may have.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ladder from '../../src/domain/alerts/ladder.ts';
import type { PolicySnapshot, TierSnapshot } from '../../src/domain/alerts/policy.ts';
import { SEVERITIES } from '../../src/domain/alerts/severity.ts';
import { T0 } from '../support/alerts/ladders.ts';
import { aPolicy, MINUTE } from '../support/alerts/policies.ts';

const minutes = (max: number) => fc.integer({ min: 1, max });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const without = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;

const tiers = fc.record({
  gap: minutes(40),
  tells: fc.boolean(),
  marks: fc.boolean(),
  raiseTo: maybe(fc.constantFrom(...SEVERITIES)),
  repeat: maybe(fc.record({ everySeconds: fc.integer({ min: 60, max: 3000 }), times: maybe(minutes(3)) })),
});

/** `plain`: nothing that makes a tier come again. */
const policies = (plain: boolean): fc.Arbitrary<PolicySnapshot> =>
  fc
    .record({
      tiers: fc.array(tiers, { minLength: 1, maxLength: 5 }),
      ackExpiresSeconds: maybe(fc.integer({ min: 60, max: 7200 })),
      ackExpiresTo: maybe(fc.constantFrom('t0', 't1', 't2')),
      ackOverdueSeconds: maybe(fc.integer({ min: 60, max: 7200 })),
    })
    .map(({ tiers: drawn, ackExpiresTo, ...more }) => {
      let afterSeconds = 0;
      const list = drawn.map(({ gap, tells, marks, raiseTo, repeat }, n): TierSnapshot => {
        if (n > 0) afterSeconds += gap * 60;
        const told = tells || n === 0;
        return without({
          name: `t${n}`,
          afterSeconds,
          notify: told ? [`slack:t${n}`] : [],
          mark: marks || !told ? `m${n}` : undefined,
          raiseTo,
          repeat: repeat && told && !plain ? without(repeat) : undefined,
        }) as TierSnapshot;
      });
      const [first, ...others] = list;
      const rearms = plain ? {} : { ackExpiresTo };
      return aPolicy({ ...(without({ ...more, ...rearms }) as object), tiers: [first!, ...others] });
    });

const ANSWERS = [
  'acknowledge',
  'snooze',
  'unacknowledge',
  'escalate',
  'hold',
  'empty',
  'fall',
  'number',
] as const;
const BEGINS_ANEW = ['resolve', 'reopen', 'rise', 'reassign', 'escalateTo', 'member'] as const;

const events = (kinds: readonly string[]) =>
  fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('wait'), minutes: fc.integer({ min: 0, max: 90 }) }),
      fc.record({ do: fc.constantFrom(...kinds), minutes: fc.integer({ min: 1, max: 60 }) }),
    ),
    { maxLength: 40 },
  );

interface Play {
  readonly wakes: readonly (ladder.Wake & { readonly atMs: number; readonly by: string })[];
  readonly numbers: readonly number[];
  readonly state: ladder.LadderState;
}

type Event = { readonly do: string; readonly minutes: number };

/** Plays it; `each` sees every state, and what it returns is gone on with. */
const play = (
  policy: PolicySnapshot,
  list: readonly Event[],
  each: (state: ladder.LadderState, atMs: number) => ladder.LadderState = (state) => state,
): Play => {
  const wakes: (ladder.Wake & { atMs: number; by: string })[] = [];
  let by = '';
  const numbers: number[] = [];
  let state = ladder.startLadder(T0, 'warning');
  let now = T0;
  const take = (step: ladder.Step): void => {
    if (step.wake) {
      wakes.push({ ...step.wake, atMs: now, by });
      numbers.push(step.wake.wake);
    }
    state = each(step.state, now);
  };
  const act: Record<string, (event: Event) => void> = {
    wait: (event) => {
      const end = now + event.minutes * MINUTE;
      // A policy that repeats every minute for ever is still a finite story.
      for (let n = 0; n < 200; n += 1) {
        const due = ladder.nextDue(policy, state);
        if (!due || due.atMs > end) break;
        now = Math.max(now, due.atMs);
        by = due.what;
        take(ladder.passDue(policy, state, now));
      }
      now = end;
    },
    acknowledge: (event) => {
      const untilMs = event.minutes % 3 === 0 ? { untilMs: now + event.minutes * MINUTE } : {};
      take({ state: ladder.acknowledge(policy, state, { by: 'ada', atMs: now, ...untilMs }) });
    },
    snooze: (event) =>
      take({ state: ladder.snooze(state, { by: 'ada', atMs: now, untilMs: now + event.minutes * MINUTE }) }),
    unacknowledge: () => take(ladder.unacknowledge(policy, state, now)),
    escalate: () => take(ladder.escalateNow(policy, state, now)),
    escalateTo: () => take(ladder.escalateTo(policy, state, { tier: 't1', atMs: now })),
    reassign: () => take(ladder.reassign(policy, state, { to: 'bea', atMs: now })),
    member: () => take(ladder.observeMember(policy, state, 'page', now)),
    hold: (event) => {
      const [wake] = wakes.slice(-1);
      if (wake)
        take({
          state: ladder.hold(state, {
            wake,
            reason: 'held',
            atMs: now,
            untilMs: now + event.minutes * MINUTE,
          }),
        });
    },
    empty: () => {
      const [wake] = wakes.slice(-1);
      if (wake) take(ladder.passEmpty(policy, state, { wake, atMs: now }));
    },
    fall: () => take({ state: ladder.observeSeverity(state, 'info', now) }),
    rise: () => take({ state: ladder.observeSeverity(state, 'critical', now) }),
    resolve: () => take({ state: ladder.resolve(state, 'ada') }),
    number: () => {
      const taken = ladder.takeNumber(state);
      numbers.push(taken.wake);
      take({ state: taken.state });
    },
    reopen: () => take({ state: ladder.reopen(state, 'warning', now) }),
  };
  for (const event of list) {
    by = event.do;
    if (
      event.do === 'reopen' ? state.status === 'resolved' : state.status !== 'resolved' || event.do === 'wait'
    )
      act[event.do]?.(event);
  }
  return { wakes, numbers, state };
};

const anything = fc.tuple(policies(false), events([...ANSWERS, ...BEGINS_ANEW]));
const RUNS = { numRuns: 400 };

describe('whatever is answered, observed, held and waited for in whatever order', () => {
  it('wake numbers rise by one and are never used twice', () => {
    fc.assert(
      fc.property(anything, ([policy, list]) => {
        const { numbers, state } = play(policy, list);
        expect(numbers).toEqual(numbers.map((_, place) => place + 1));
        expect(state.lastWake).toBe(numbers.length);
      }),
      RUNS,
    );
  });

  it('the state is plain data: written down and read again at any step, all goes on as it would have', () => {
    fc.assert(
      fc.property(anything, ([policy, list]) => {
        const stored = play(policy, list, (state) => JSON.parse(JSON.stringify(state)));
        expect(stored).toStrictEqual(play(policy, list));
      }),
      RUNS,
    );
  });

  it('no time runs backwards: nothing begins after now, and nothing that was waited for stays due', () => {
    fc.assert(
      fc.property(anything, ([policy, list]) => {
        play(policy, list, (state, atMs) => {
          expect(state.stoodStillMs).toBeGreaterThanOrEqual(0);
          expect(state.stoppedAtMs ?? atMs).toBeLessThanOrEqual(atMs);
          expect(state.marks.every((mark, n) => mark.atMs >= (state.marks[n - 1]?.atMs ?? T0))).toBe(true);
          const due = ladder.nextDue(policy, state);
          const passed = due && ladder.passDue(policy, state, due.atMs);
          if (due && passed) expect(passed.state).not.toEqual(state);
          return state;
        });
      }),
      RUNS,
    );
  });

  it('nobody is told while it is resolved, or acknowledged without an end', () => {
    fc.assert(
      fc.property(anything, ([policy, list]) => {
        const { ackExpiresSeconds: _e, ackOverdueSeconds: _o, ...lasting } = policy;
        play(lasting, list, (state) => {
          if (state.status === 'resolved') expect(ladder.nextDue(lasting, state)).toBeUndefined();
          if (state.status === 'acknowledged' && state.untilMs === undefined)
            expect(ladder.nextDue(lasting, state)).toBeUndefined();
          return state;
        });
      }),
      RUNS,
    );
  });

  it('nothing is open, unanswered and silent for ever while a tier is left', () => {
    fc.assert(
      fc.property(anything, ([policy, list]) => {
        play(policy, list, (state) => {
          const waits =
            state.status === 'snoozed' || (state.status === 'open' && state.nextTier < policy.tiers.length);
          if (waits || state.held) expect(ladder.nextDue(policy, state)).toBeDefined();
          return state;
        });
      }),
      RUNS,
    );
  });
});

describe('whatever is answered of a policy that takes no tier up again', () => {
  it('every tier that tells anybody comes once as such, in order, if it is waited for long enough', () => {
    fc.assert(
      fc.property(policies(true), events(ANSWERS), (policy, list) => {
        const end = Array.from({ length: 60 }, () => ({ do: 'wait', minutes: 90 }));
        const undo = { do: 'unacknowledge', minutes: 1 };
        const { wakes, state } = play(policy, [...list, undo, ...end]);
        const came = wakes.filter(
          ({ by, tier: { name } }) => ['tier', 'escalate', 'empty'].includes(by) && name !== 'last-resort',
        );
        // Escalating after the last tier tells that one again.
        const order = came
          .filter(({ by, tier }, place) => by !== 'escalate' || tier.name !== came[place - 1]?.tier.name)
          .map(({ tier }) => tier.name);
        const telling = policy.tiers.filter(({ notify }) => notify.length > 0).map(({ name }) => name);
        expect(order).toEqual(telling);
        expect(state.nextTier).toBe(policy.tiers.length);
      }),
      RUNS,
    );
  });

  it('every tier that only marks marks at most once, and exactly once where nobody climbs by hand', () => {
    fc.assert(
      fc.property(policies(true), events(ANSWERS.filter((kind) => kind !== 'escalate')), (policy, list) => {
        const end = Array.from({ length: 60 }, () => ({ do: 'wait', minutes: 90 }));
        const { state } = play(policy, [...list, { do: 'unacknowledge', minutes: 1 }, ...end]);
        const made = state.marks.map(({ mark }) => mark).filter((mark) => mark.startsWith('m'));
        expect(made).toEqual(policy.tiers.flatMap(({ mark }) => mark ?? []));
      }),
      RUNS,
    );
  });
});
