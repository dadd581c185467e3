// Whose turn it is: on the wall clock of a zone, over changes of clocks, overrides and leap days.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onCallAt, shiftAt, shiftsBetween } from '../../../src/activities/alerts/on-call.ts';
import { reach } from '../../../src/activities/alerts/reach.ts';
import type { Directory, Rotation } from '../../../src/domain/alerts/on-call.ts';

const ms = (iso: string): number => Date.parse(iso);
const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

const rotationOf = (change: Partial<Rotation> = {}): Rotation => ({
  name: 'primary',
  zone: 'Europe/Berlin',
  members: ['anna', 'bert', 'cleo'],
  everyHours: 24,
  first: '2026-01-05T09:00',
  overrides: [],
  ...change,
});

const shifts = (rotation: Rotation, from: string, until: string): readonly string[] =>
  shiftsBetween(rotation, { fromMs: ms(from), untilMs: ms(until) }).map(
    ({ person, fromMs, untilMs }) => `${person} ${iso(fromMs)} ${(untilMs - fromMs) / 3_600_000}h`,
  );

describe('a rotation', () => {
  it('of weeks hands over at the same time on the wall, summer and winter (OneUptime F1)', () => {
    const weekly = rotationOf({ everyHours: 168 });
    expect(shifts(weekly, '2026-03-20T00:00Z', '2026-04-07T00:00Z')).toEqual([
      'bert 2026-03-16T08:00:00Z 168h',
      'cleo 2026-03-23T08:00:00Z 167h',
      'anna 2026-03-30T07:00:00Z 168h',
      'bert 2026-04-06T07:00:00Z 168h',
    ]);
  });

  it('of days has one of 23 hours in spring and one of 25 in autumn (OneUptime F9, F10)', () => {
    expect(shifts(rotationOf(), '2026-03-28T08:00Z', '2026-03-30T07:00Z')).toEqual([
      'bert 2026-03-28T08:00:00Z 23h',
      'cleo 2026-03-29T07:00:00Z 24h',
    ]);
    expect(shifts(rotationOf(), '2026-10-24T07:00Z', '2026-10-26T08:00Z')).toEqual([
      'bert 2026-10-24T07:00:00Z 25h',
      'cleo 2026-10-25T08:00:00Z 24h',
    ]);
  });

  it('whose hand-over the clock skips hands over when the clock jumps, and the day after as ever (OneUptime F8)', () => {
    const early = rotationOf({ first: '2026-03-27T02:30' });
    expect(shifts(early, '2026-03-28T02:00Z', '2026-03-31T00:00Z')).toEqual([
      'bert 2026-03-28T01:30:00Z 23.5h',
      'cleo 2026-03-29T01:00:00Z 23.5h',
      'anna 2026-03-30T00:30:00Z 24h',
    ]);
  });

  it('whose hand-over the clock shows twice hands over the first time and not again (OneUptime L1)', () => {
    const early = rotationOf({ first: '2026-10-23T02:30' });
    expect(shifts(early, '2026-10-24T01:00Z', '2026-10-27T00:00Z')).toEqual([
      'bert 2026-10-24T00:30:00Z 24h',
      'cleo 2026-10-25T00:30:00Z 25h',
      'anna 2026-10-26T01:30:00Z 24h',
    ]);
  });

  it('of hours stands at the same hours of the wall before and after a change of clocks', () => {
    const eights = rotationOf({ everyHours: 8, first: '2026-03-28T01:00' });
    expect(shifts(eights, '2026-03-28T16:00Z', '2026-03-29T16:00Z')).toEqual([
      'cleo 2026-03-28T16:00:00Z 8h',
      'anna 2026-03-29T00:00:00Z 7h',
      'bert 2026-03-29T07:00:00Z 8h',
      'cleo 2026-03-29T15:00:00Z 8h',
    ]);
  });

  it('of single hours leaves out the hour that there is not', () => {
    const hourly = rotationOf({ everyHours: 1, first: '2026-03-29T00:00' });
    expect(shifts(hourly, '2026-03-28T23:00Z', '2026-03-29T02:00Z')).toEqual([
      'anna 2026-03-28T23:00:00Z 1h',
      'bert 2026-03-29T00:00:00Z 1h',
      'anna 2026-03-29T01:00:00Z 1h',
    ]);
  });

  it('counts days, not dates: month ends and leap days are days (OneUptime L1)', () => {
    const utc = rotationOf({ zone: 'UTC', first: '2028-02-27T00:00' });
    expect(shifts(utc, '2028-02-28T00:00Z', '2028-03-02T00:00Z')).toEqual([
      'bert 2028-02-28T00:00:00Z 24h',
      'cleo 2028-02-29T00:00:00Z 24h',
      'anna 2028-03-01T00:00:00Z 24h',
    ]);
  });

  it('has nobody before its first hand-over, and its first member from that instant on', () => {
    expect(onCallAt(rotationOf(), ms('2026-01-05T07:59:59.999Z'))).toBeUndefined();
    expect(onCallAt(rotationOf(), ms('2026-01-05T08:00:00Z'))).toBe('anna');
    expect(shiftAt(rotationOf(), ms('2026-01-01T00:00Z')).untilMs).toBe(ms('2026-01-05T08:00Z'));
  });

  it('survives a day that a zone leaves out', () => {
    const apia = rotationOf({ zone: 'Pacific/Apia', first: '2011-12-28T09:00' });
    expect(shifts(apia, '2011-12-28T19:00Z', '2011-12-31T19:00Z')).toEqual([
      'anna 2011-12-28T19:00:00Z 24h',
      'bert 2011-12-29T19:00:00Z 15h',
      'cleo 2011-12-30T10:00:00Z 9h',
      'anna 2011-12-30T19:00:00Z 24h',
    ]);
  });

  it('has exactly one person at every instant after its first hand-over, and shifts that meet', () => {
    const zones = ['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(1, 5, 8, 12, 24, 36, 168),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: ms('2026-01-10T00:00Z'), max: ms('2027-12-31T00:00Z') }),
        (zone, everyHours, hour, from) => {
          const rotation = rotationOf({
            zone,
            everyHours,
            first: `2026-01-05T${`${hour}`.padStart(2, '0')}:30`,
          });
          const list = shiftsBetween(rotation, { fromMs: from, untilMs: from + 2 * 86_400_000 });
          for (const [place, shift] of list.entries()) {
            expect(shift.person).toBeDefined();
            expect(shift.untilMs).toBeGreaterThan(shift.fromMs);
            if (place > 0) expect(shift.fromMs).toBe(list[place - 1]?.untilMs);
            expect(onCallAt(rotation, shift.fromMs)).toBe(shift.person);
            expect(onCallAt(rotation, shift.untilMs - 1)).toBe(shift.person);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('an override', () => {
  const christmas = { fromMs: ms('2026-12-24T08:00Z'), untilMs: ms('2026-12-26T08:00Z'), person: 'cleo' };
  const weekly = rotationOf({ everyHours: 168, overrides: [christmas] });

  it('holds from its first instant until before its last, and the turns go on beneath it', () => {
    const bert = { ...weekly, overrides: [{ ...christmas, person: 'bert' }] };
    expect(shifts(bert, '2026-12-22T00:00Z', '2026-12-28T12:00Z')).toEqual([
      'cleo 2026-12-21T08:00:00Z 72h',
      'bert 2026-12-24T08:00:00Z 48h',
      'cleo 2026-12-26T08:00:00Z 48h',
      'anna 2026-12-28T08:00:00Z 168h',
    ]);
    expect(shiftAt(bert, ms('2026-12-25T00:00Z'))).toMatchObject({ insteadOf: 'cleo', overridden: true });
  });

  it('counts once, however many hold at a time: the newest made at run time (OneUptime F5)', () => {
    const made = (person: string) => ({
      fromMs: ms('2026-12-25T00:00Z'),
      untilMs: ms('2026-12-25T12:00Z'),
      person,
    });
    const at = ms('2026-12-25T06:00Z');
    expect(onCallAt(weekly, at, [made('anna'), made('bert')])).toBe('anna');
    // Who stands in is not stood in for: an override of anna's own turn elsewhere is not looked at.
    expect(onCallAt(weekly, at, [made('bert')])).toBe('bert');
    expect(onCallAt(weekly, at, [])).toBe('cleo');
  });

  it('before the first hand-over puts somebody on call all the same', () => {
    const early = rotationOf({
      overrides: [{ fromMs: 0, untilMs: ms('2026-01-05T08:00Z'), person: 'bert' }],
    });
    expect(onCallAt(early, ms('2026-01-01T00:00Z'))).toBe('bert');
  });
});

describe('names', () => {
  const directory: Directory = {
    roles: { 'on-call': ['primary', 'secondary', 'slack:ops'], lead: ['anna'], later: ['future'] },
    people: {
      anna: { targets: ['slack:anna', 'email:anna@example.org'] },
      bert: { targets: ['slack:bert'] },
    },
    rotations: {
      primary: rotationOf({ members: ['anna', 'bert'] }),
      secondary: rotationOf({ members: ['bert', 'anna'] }),
      future: rotationOf({ first: '2031-01-06T09:00' }),
    },
  };
  const at = (names: readonly string[], atIso = '2026-01-05T10:00Z', people = {}) => {
    const { targets, empty } = reach({ directory, names, people, atMs: ms(atIso) });
    return { targets: targets.map(({ channel, address }) => `${channel}:${address}`), empty };
  };

  it('lead to each target once, by however many ways one person is come to (OneUptime F6)', () => {
    expect(at(['on-call', 'lead', 'anna', 'primary', 'slack:ops']).targets).toEqual([
      'slack:anna',
      'email:anna@example.org',
      'slack:bert',
      'slack:ops',
    ]);
  });

  it('lead to whoever’s turn it is at the instant asked about', () => {
    expect(at(['primary']).targets).toEqual(['slack:anna', 'email:anna@example.org']);
    expect(at(['primary'], '2026-01-06T10:00Z').targets).toEqual(['slack:bert']);
  });

  it('that lead to nobody are said to, and take nothing from the others', () => {
    expect(at(['future', 'later', 'nobody', 'bert'])).toEqual({
      targets: ['slack:bert'],
      empty: ['future', 'later', 'nobody'],
    });
  });

  it('that the configuration has lost since lead where the policy’s snapshot says', () => {
    expect(at(['gone'], undefined, { gone: ['slack:gone'] })).toEqual({ targets: ['slack:gone'], empty: [] });
    expect(at(['lead'], undefined, { lead: ['slack:old'] }).targets).toContain('slack:anna');
  });
});
