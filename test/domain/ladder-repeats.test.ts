// Tiers that are told again, severities that rise on the way: who hears what when.
import { describe, expect, it } from 'vitest';
import {
  acknowledge,
  escalateNow,
  nextDue,
  observeSeverity,
  passDue,
  reopen,
  resolve,
  shownSeverity,
  startLadder,
} from '../../src/domain/alerts/ladder.ts';
import { after, at, live, policyOf, T0, told } from '../support/alerts/ladders.ts';
import { MINUTE } from '../support/alerts/policies.ts';

const start = startLadder(T0, 'warning');
const every = (minutes: number, times?: number) => ({
  repeat: { everySeconds: minutes * 60, ...(times !== undefined && { times }) },
});

describe('a tier that repeats', () => {
  it('once, is repeated once: neither never nor twice (OneUptime: repeat 1 never repeated)', () => {
    const policy = policyOf([[0, 'first', every(60, 1)]]);
    expect(told(live(policy, start, 10_000))).toEqual(['+0m first', '+60m first']);
  });

  it.each([2, 3, 7])('%i times is told so many times more', (times) => {
    const { wakes } = live(policyOf([[0, 'first', every(5, times)]]), start, 10_000);
    expect(wakes.map(({ reason }) => reason)).toEqual(['due', ...Array(times).fill('repeated')]);
    expect(wakes.map(({ wake }) => wake)).toEqual(Array.from({ length: times + 1 }, (_, n) => n + 1));
  });

  it('without a count is told until the next tier that tells anybody, a mark between them or not', () => {
    const policy = policyOf([
      [0, 'first', every(10)],
      [15, 'response', { notify: [], mark: 'late' }],
      [30, 'page'],
    ]);
    const { state, ...lived } = live(policy, start, 10_000);
    expect(told({ state, ...lived })).toEqual(['+0m first', '+10m first', '+20m first', '+30m page']);
    expect(state.marks).toEqual([{ mark: 'late', atMs: at(15) }]);
    expect(nextDue(policy, state)).toBeUndefined();
  });

  it('in the last place is told for ever (TRACKS-58: every 4 h)', () => {
    const lived = live(policyOf([[0, 'first', every(240)]]), start, 3 * 24 * 60);
    expect(lived.wakes).toHaveLength(19);
  });

  it('stops with an acknowledgement, and begins anew once that has expired', () => {
    const policy = policyOf([[0, 'first', every(10, 2)]], { ackExpiresSeconds: 3600 });
    const acknowledged = acknowledge(policy, after(policy, 12), { by: 'ada', atMs: at(15) });
    expect(told(live(policy, acknowledged, 10_000))).toEqual(['+75m first', '+85m first', '+95m first']);
  });

  it('that was slept through is told once, and then goes on in its rhythm', () => {
    const policy = policyOf([[0, 'first', every(10)]]);
    const late = passDue(policy, after(policy, 0), at(47));
    expect(late.wake?.reason).toBe('repeated');
    expect(nextDue(policy, late.state)).toEqual({ atMs: at(50), what: 'repeat' });
  });

  it('of a tier told by hand counts from then', () => {
    const policy = policyOf([
      [0, 'first'],
      [30, 'page', every(10, 1)],
    ]);
    const step = escalateNow(policy, after(policy, 5), at(5));
    expect(told(live(policy, step, 10_000))).toEqual(['+15m page']);
  });
});

describe('a row written before there were repeats', () => {
  it('reads well: nothing is repeated that it does not know to have been told', () => {
    const { toldMs: _, ...old } = after(policyOf([[0, 'first', every(10)]]), 0);
    expect(nextDue(policyOf([[0, 'first', every(10)]]), old)).toBeUndefined();
    const { wakes } = live(
      policyOf([
        [0, 'first', every(10)],
        [30, 'page'],
      ]),
      old,
      100,
    );
    expect(wakes.map(({ tier, wake }) => [tier.name, wake])).toEqual([['page', 2]]);
  });
});

describe('a tier that raises the severity', () => {
  // DRAFT-63, row 1: MEDIUM becomes HIGH after 4 h, then on-call, senior, manager, CTO.
  const hours = (value: number): number => value * 60;
  const draft = policyOf([
    [0, 'medium'],
    [hours(4), 'high', { raiseTo: 'high' }],
    [hours(5), 'on-call'],
    [hours(5.5), 'senior'],
    [hours(6.5), 'manager'],
    [hours(8.5), 'cto'],
  ]);

  it('raises what is shown when it comes and not before (DRAFT-62, DRAFT-63)', () => {
    expect(shownSeverity(after(draft, hours(4) - 1))).toBe('warning');
    expect(shownSeverity(after(draft, hours(4)))).toBe('high');
    expect(told(live(draft, start, 10_000))).toEqual([
      '+0m medium',
      '+240m high',
      '+300m on-call',
      '+330m senior',
      '+390m manager',
      '+510m cto',
    ]);
  });

  it('keeps it raised whatever is observed below, and shows what is observed above', () => {
    const raised = after(draft, hours(4));
    expect(shownSeverity(observeSeverity(raised, 'info', at(250)))).toBe('high');
    expect(shownSeverity(observeSeverity(raised, 'critical', at(250)))).toBe('critical');
  });

  it('does not keep news of a real rise from beginning the ladder anew', () => {
    const risen = observeSeverity(after(draft, hours(4)), 'high', at(250));
    expect(told(live(draft, risen, 260))).toEqual(['+250m medium']);
  });

  it('has raised nothing any more once the incident fires anew', () => {
    const again = reopen(resolve(after(draft, hours(4))), 'warning', at(300));
    expect(shownSeverity(again)).toBe('warning');
    expect(again.lastWake).toBe(2);
  });

  it('raises too when it is passed by hand', () => {
    expect(shownSeverity(escalateNow(draft, after(draft, 0), T0 + MINUTE).state)).toBe('high');
  });
});
