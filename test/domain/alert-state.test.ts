// One series from look to look, as tables: above what was seen, below what became of it. Capitals: people are told.
import { describe, expect, it } from 'vitest';
import type { AlertTiming, Report } from '../../src/domain/alerts/alert.ts';
import { type AlertMemory, advance, UNSEEN } from '../../src/domain/alerts/alert-state.ts';
import { aTick, course, MINUTE, START, signs, watch } from '../support/monitors/series.ts';

const FIVE = 5 * MINUTE;
const HOLD: AlertTiming = { forSeconds: 900, cadenceSeconds: 300 };

const table: readonly (readonly [string, AlertTiming | undefined, number, string, string])[] = [
  ['a rule without timing fires and resolves at once', undefined, MINUTE, '. ! ! . !', 'iFFiF'],
  ['15 minutes at a tick of 5 fire at the fourth (DRAFT-31)', HOLD, FIVE, '! ! ! ! !', 'pppFF'],
  ['one look below the limit restarts the wait (DRAFT-31)', HOLD, FIVE, '! ! . ! ! ! !', 'ppipppF'],
  [
    'a null value neither starts nor continues the wait (DRAFT-31)',
    HOLD,
    FIVE,
    '0 ! ! 0 ! ! ! !',
    'nppnpppF',
  ],
  ['a failed measure does neither', HOLD, FIVE, 'x ! ! x ! ! ! !', 'eppepppF'],
  [
    'with onGap hold the wait goes on without the time of the null',
    { ...HOLD, onGap: 'hold' },
    FIVE,
    '! ! 0 ! !',
    'ppnpp',
  ],
  ['and comes to its end', { ...HOLD, onGap: 'hold' }, FIVE, '! ! 0 ! ! !', 'ppnppF'],
  [
    '2 minutes and a hold of 5 fire at the fourth true sample (TRACKS-53)',
    { forSeconds: 300, cadenceSeconds: 120 },
    2 * MINUTE,
    '! ! ! !',
    'pppF',
  ],
  [
    '10 minutes and a hold of 5 fire at the second (TRACKS-53)',
    { forSeconds: 300, cadenceSeconds: 600 },
    10 * MINUTE,
    '! !',
    'pF',
  ],
  [
    'fine for the same hold before it resolves (TRACKS-52)',
    { keepFiringSeconds: 300, cadenceSeconds: 120 },
    2 * MINUTE,
    '! . . . .',
    'FRRRi',
  ],
  [
    'counts at 0 for two evaluations resolve at the second (TRACKS-52)',
    { keepFiringSeconds: 60, cadenceSeconds: 60 },
    MINUTE,
    '! . .',
    'FRi',
  ],
  [
    'true again while it resolves, it goes on as the same',
    { keepFiringSeconds: 180, cadenceSeconds: 60 },
    MINUTE,
    '! . . ! . . . .',
    'FRRFRRRi',
  ],
  ['what is not recovered goes on firing', undefined, MINUTE, '! ~ ~ .', 'FFFi'],
  ['what is not recovered fires nothing by itself', undefined, MINUTE, '~ ~ ! ~', 'iiFF'],
  ['and ends a wait', HOLD, FIVE, '! ! ~ ! ! !', 'ppippp'],
  ['a gap of more than two cadences restarts the wait', HOLD, FIVE, '! ! _ _ ! ! ! !', 'pppppppF'],
  ['a gap of two does not', HOLD, FIVE, '! ! _ !', 'pppF'],
  [
    'with onGap hold the time of the gap does not count',
    { ...HOLD, onGap: 'hold' },
    FIVE,
    '! ! _ _ ! !',
    'pppppp',
  ],
  [
    'nothing is said of what has no value unless the rule says so',
    undefined,
    MINUTE,
    '. 0 x . ! 0 x !',
    'ineiFNEF',
  ],
  [
    'noData obeys its own hold (grafana 16290)',
    { noData: { means: 'alert', afterSeconds: 120 } },
    MINUTE,
    '. 0 0 0 0 .',
    'innNNi',
  ],
  [
    'a missing counter for 10 minutes is told (EMAIL-66)',
    { noData: { means: 'alert', afterSeconds: 600 }, cadenceSeconds: 300 },
    FIVE,
    '0 0 0 .',
    'nnNi',
  ],
  [
    'noData as fine resolves after its hold',
    { noData: { means: 'fine', afterSeconds: 120 } },
    MINUTE,
    '! 0 0 0',
    'FNNn',
  ],
  [
    'an error has a hold of its own',
    { error: { means: 'alert', afterSeconds: 60 }, noData: { means: 'alert', afterSeconds: 600 } },
    MINUTE,
    '. x x',
    'ieE',
  ],
  [
    'unknown in changing ways comes due all the same',
    { error: { means: 'alert', afterSeconds: 180 } },
    MINUTE,
    '. x 0 x 0 x',
    'ienenE',
  ],
  ['one missing evaluation is none', undefined, MINUTE, '! - ! -', 'FFFF'],
  ['two in a row are gone', undefined, MINUTE, '! - - !', 'FFiF'],
  [
    'a series without a value that goes missing is gone, too',
    { noData: { means: 'alert' } },
    MINUTE,
    '0 - -',
    'NNi',
  ],
];

describe('a series', () => {
  for (const [promise, timing, everyMs, seen, expected] of table) {
    it(`: ${promise}`, () => {
      expect(course(watch(signs(seen), timing, everyMs))).toBe(expected);
    });
  }

  it('that rises and falls is one alert in the words of the band that holds', () => {
    expect(watch(signs('! !! !! ! .')).map(({ told }) => told)).toEqual([
      'warning',
      'critical',
      'critical',
      'warning',
      undefined,
    ]);
  });

  it('that fires goes on in its own words while its source is away, and when it is back (grafana 58386)', () => {
    const timing: AlertTiming = { forSeconds: 300, cadenceSeconds: 60, error: { means: 'alert' } };
    const looked = watch(signs('!! !! !! !! !! !! x x x !! !! .'), timing);
    expect(course(looked)).toBe('pppppFEEEFFi');
    expect(new Set(looked.slice(5, 11).map(({ told }) => told))).toEqual(new Set(['critical']));
  });

  it('whose source is worse than what fires says so, and falls back without firing anew', () => {
    const worse = (report: Report): Report =>
      report.unknown
        ? {
            ...report,
            unknown: { ...report.unknown, firing: { ...report.unknown.firing, severity: 'critical' } },
          }
        : report;
    let memory: AlertMemory = UNSEEN;
    const told = (['!', 'x', '!'] as const).map((sign, place) => {
      const atMs = START + place * MINUTE;
      const report = worse(aTick(atMs, sign));
      memory = advance({
        before: memory,
        seen: { report },
        timing: { error: { means: 'alert' } },
        nowMs: atMs,
      });
      return memory.told?.severity;
    });
    expect(told).toEqual(['warning', 'critical', 'warning']);
  });
});

describe('a series that flaps (TRACKS-58)', () => {
  const flap = { changes: 4, withinSeconds: 1800, stableSeconds: 900 };

  it('is held as one alert from its fifth change on, until it was quiet for 15 minutes', () => {
    const looked = course(watch(signs('! . ! . ! . . . . . .'), { flap, cadenceSeconds: 300 }, 3 * MINUTE));
    expect(looked).toBe('FiFiFRRRRRi');
  });

  it('is left to itself below that', () => {
    const looked = course(watch(signs('! . ! . . . !'), { flap, cadenceSeconds: 300 }, 9 * MINUTE));
    expect(looked).toBe('FiFiiiF');
  });

  it('goes on as the alert that it is when it is quiet because it fires', () => {
    const looked = course(watch(signs('! . ! . ! ! ! ! ! ! .'), { flap, cadenceSeconds: 300 }, 5 * MINUTE));
    expect(looked).toBe('FiFiFFFFFFi');
  });
});

describe('an older report', () => {
  const report = (subject: string, minute: number, asOf: number, fires: boolean): Report => ({
    ...aTick(START, fires ? '!' : '.'),
    subject,
    subjectAt: new Date(START + minute * MINUTE).toISOString(),
    asOf: new Date(START + asOf * MINUTE).toISOString(),
  });
  const after = (...reports: readonly Report[]): AlertMemory =>
    reports.reduce<AlertMemory>(
      (before, each) => advance({ before, seen: { report: each }, nowMs: START }),
      UNSEEN,
    );

  it('of an older run never resolves, while the same and a newer one do', () => {
    expect(after(report('run-2', 2, 3, true), report('run-1', 1, 4, false)).told).toBeDefined();
    expect(after(report('run-2', 2, 3, true), report('run-2', 2, 4, false)).told).toBeUndefined();
    expect(after(report('run-2', 2, 3, true), report('run-3', 3, 4, false)).told).toBeUndefined();
  });

  it('of an older run may fire, and is still resolved by the newer one', () => {
    const fired = [report('run-2', 2, 3, false), report('run-1', 1, 4, true)];
    expect(after(...fired).told).toBeDefined();
    expect(after(...fired, report('run-2', 2, 5, false)).told).toBeUndefined();
  });

  it('fires nothing where something newer is known of the same run', () => {
    const overtaken = report('run-1', 1, 4, true);
    expect(after(report('run-1', 1, 5, false), report('run-2', 2, 6, false), overtaken).told).toBeUndefined();
  });

  it('of an older tick says nothing any more', () => {
    const tick = (minute: number, fires: boolean) => aTick(START + minute * MINUTE, fires ? '!' : '.');
    expect(after(tick(2, false), tick(1, true)).told).toBeUndefined();
    expect(after(tick(2, true), tick(1, false)).told).toBeDefined();
  });

  it('of what was over before it could be news begins nothing, and keeps alive and ends what stands (SLA-118)', () => {
    const settled = (...args: Parameters<typeof report>): Report => ({ ...report(...args), settled: true });
    expect(after(settled('run-1', 1, 4, true))).toBe(UNSEEN);
    const standing = [report('run-1', 1, 3, true), settled('run-1', 1, 5, true)];
    expect(after(...standing)).toMatchObject({ status: 'firing', lookedMs: START + 5 * MINUTE });
    expect(after(...standing, settled('run-2', 2, 6, false)).told).toBeUndefined();
  });

  it('and an evaluation told again, or an older one, makes nothing missing', () => {
    const complete = (minute: number) => ({
      missing: {
        pack: 'test-pack',
        rule: 'pollution',
        subject: 'tick',
        subjectAt: new Date(START + minute * MINUTE).toISOString(),
      },
    });
    const fired = after(aTick(START + 2 * MINUTE, '!'));
    const misses = (...minutes: readonly number[]) =>
      minutes.reduce((before, each) => advance({ before, seen: complete(each), nowMs: START }), fired).told;
    expect(misses(3, 3, 3)).toBeDefined();
    expect(misses(1, 2)).toBeDefined();
    expect(misses(3, 4)).toBeUndefined();
  });
});
