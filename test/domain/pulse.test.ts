// What the dead man's switch and `doctor` go by: each condition breaks alone, at its limit and not before.
import { describe, expect, it } from 'vitest';
import { type Expected, failingConditions, type Pulse } from '../../src/domain/alerts/pulse.ts';

const MONITOR = 'shop/monitor/carts';
const EXPECTED: Expected = {
  canary: { everySeconds: 300, slackSeconds: 120 },
  monitors: [{ id: MONITOR, everySeconds: 600 }],
  upSeconds: 5,
};
const WELL: Pulse = {
  canary: { evaluated: 200, opened: 200, told: 199, took: 1, open: 200 },
  backlog: { waiting: 0, oldest: 0 },
  untold: { count: 0, oldest: 0, incident: null },
  ticks: { [MONITOR]: 610 },
};

const withCanary = (change: Partial<Pulse['canary']>): Pulse => ({
  ...WELL,
  canary: { ...WELL.canary, ...change },
});
const said = (pulse: Pulse, expected: Expected = EXPECTED): readonly string[] =>
  failingConditions(pulse, expected).map(({ condition, message }) => `${condition}: ${message}`);

describe('Sexton is fit to be counted on', () => {
  it('while everything holds', () => {
    expect(said(WELL)).toEqual([]);
  });

  it.each<[string, Pulse]>([
    ['a canary that is as late as its period and slack allow', withCanary({ evaluated: 420, told: 420 })],
    ['incidents that wait for hand-over for a minute', { ...WELL, backlog: { waiting: 9, oldest: 60 } }],
    ['a monitor whose newest tick is two cadences old', { ...WELL, ticks: { [MONITOR]: 1200 } }],
    ['a monitor that is new to this worker', { ...WELL, ticks: {} }],
    ['the canary before, not closed yet', withCanary({ open: 720 })],
  ])('with %s', (_, pulse) => {
    expect(said(pulse)).toEqual([]);
  });

  it.each<[string, Pulse, string]>([
    ['was never evaluated', withCanary({ evaluated: null }), 'canary: the canary was never evaluated'],
    [
      'is not evaluated any more',
      withCanary({ evaluated: 421 }),
      'canary: the canary was evaluated last 7m1s ago',
    ],
    [
      'opens no incident',
      withCanary({ opened: 421 }),
      'canary: the canary is evaluated and opens no incident',
    ],
    ['is told to nobody', withCanary({ told: null }), 'canary: a canary was never told'],
    ['was told long ago', withCanary({ told: 421 }), 'canary: a canary was last told 7m1s ago, after 1s'],
    [
      'takes longer than its period from opening to telling',
      withCanary({ took: 421 }),
      'canary: a canary was last told 3m19s ago, after 7m1s',
    ],
    ['does not close', withCanary({ open: 721 }), 'canary: a canary of 12m1s ago has not closed'],
  ])('not while the canary %s', (_, pulse, message) => {
    expect(said(pulse)).toEqual([message]);
  });

  it('not without a canary', () => {
    const { canary: _, ...without } = EXPECTED;
    expect(said(WELL, without)).toEqual(['canary: no canary is declared']);
  });

  it('not while incidents wait for hand-over for more than a minute', () => {
    expect(said({ ...WELL, backlog: { waiting: 1, oldest: 61 } })).toEqual([
      'hand-overs: 1 incident waits for hand-over, the longest for 1m1s',
    ]);
  });

  it('not while a rule is older than two cadences, or was never judged for as long', () => {
    expect(said({ ...WELL, ticks: { [MONITOR]: 1201 } })).toEqual([
      `monitors: rules are not judged: ${MONITOR} (20m1s ago)`,
    ]);
    expect(said({ ...WELL, ticks: {} }, { ...EXPECTED, upSeconds: 1201 })).toEqual([
      `monitors: rules are not judged: ${MONITOR} (never)`,
    ]);
  });

  it('not while a wake is overdue, and says of which incident', () => {
    const untold = { count: 2, oldest: 130, incident: 'shop/late/7' };
    expect(said({ ...WELL, untold })).toEqual([
      'wakes: nobody has been told of 2 incidents, shop/late/7 among them, for 2m10s since they should have been',
    ]);
  });

  it('and says all that is wrong, and for each what to do', () => {
    const pulse: Pulse = {
      ...withCanary({ told: null }),
      backlog: { waiting: 1, oldest: 61 },
      untold: { count: 1, oldest: 130, incident: 'shop/late/7' },
      ticks: { [MONITOR]: 1201 },
    };
    const failing = failingConditions(pulse, EXPECTED);
    expect(failing.map(({ condition }) => condition)).toEqual(['canary', 'hand-overs', 'monitors', 'wakes']);
    for (const { next } of failing) expect(next).not.toBe('');
  });
});
