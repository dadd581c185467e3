// What becomes of a group's incident as its alerts come and go, pure: at most one is open, and one wave is one change.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fires, fateOf, groupKey, type Standing, worstFirst } from '../../src/domain/alerts/group.ts';
import { causesAmong, type Hold, holdOfAll } from '../../src/domain/alerts/hold.ts';
import { firingAs } from '../support/monitors/series.ts';

const HOLD: Hold = { kind: 'silence', reason: 'silence 1 by ana: moving' };

const fires = (fingerprint: string, change: Partial<Fires> = {}): Fires => ({
  fingerprint,
  labels: { disk: fingerprint },
  told: firingAs('warning'),
  wasTold: true,
  ...change,
});

const standing = (change: Partial<Standing> = {}): Standing => ({
  state: 'open',
  severity: 'warning',
  members: new Set(['a']),
  leftAlone: false,
  ...change,
});

describe('a group', () => {
  it('is the rule and the labels that it folds by; all of them where it folds by none', () => {
    const labels = { job: 'a', shard: '7' };
    const rule = { pack: 'p', name: 'r' };
    expect(groupKey(rule, labels)).toBe('p/r|job=a|shard=7');
    expect(groupKey({ ...rule, groupBy: ['job'] }, labels)).toBe('p/r|job=a');
    expect(groupKey({ ...rule, groupBy: [] }, labels)).toBe('p/r');
    expect(groupKey({ ...rule, groupBy: ['zone'] }, labels)).toBe('p/r');
  });

  const table: readonly (readonly [string, Standing | undefined, readonly Fires[], string])[] = [
    ['opens with its first alert', undefined, [fires('a')], 'open'],
    [
      'opens anew after it was closed',
      standing({ state: 'closed', members: new Set() }),
      [fires('a')],
      'open',
    ],
    ['does not open while all that fires is held', undefined, [fires('a', { hold: HOLD })], 'leave'],
    ['has no news while the same fire', standing(), [fires('a')], 'tell'],
    ['has news when one joins', standing(), [fires('a'), fires('b')], 'change'],
    ['has none of one that is held', standing(), [fires('a'), fires('b', { hold: HOLD })], 'tell'],
    ['keeps a member that is held', standing(), [fires('a', { hold: HOLD })], 'tell'],
    ['has news when one leaves', standing({ members: new Set(['a', 'b']) }), [fires('a')], 'change'],
    ['has news when the worst is worse', standing(), [fires('a', { told: firingAs('critical') })], 'change'],
    ['resolves with its last alert', standing(), [], 'resolve'],
    ['is left as it is once resolved', standing({ state: 'resolved' }), [], 'leave'],
    [
      'opens again when one fires again',
      standing({ state: 'resolved', members: new Set() }),
      [fires('b')],
      'reopen',
    ],
    [
      'is left alone where a person resolved it',
      standing({ state: 'resolved', leftAlone: true }),
      [fires('a')],
      'leave',
    ],
    [
      'but not by what is new',
      standing({ state: 'resolved', leftAlone: true }),
      [fires('a'), fires('b', { wasTold: false })],
      'reopen',
    ],
  ];
  for (const [promise, before, firing, expected] of table) {
    it(`${promise}: ${expected}`, () => {
      expect(fateOf(before, firing).becomes).toBe(expected);
    });
  }

  it('shows the worst first, in an order that does not jump', () => {
    const some = [fires('c'), fires('b', { told: firingAs('critical') }), fires('a')];
    expect(worstFirst(some).map(({ fingerprint }) => fingerprint)).toEqual(['b', 'a', 'c']);
    expect(worstFirst(some.toReversed())).toEqual(worstFirst(some));
  });
});

describe('whatever fires, is held, is answered and closes', () => {
  const look = fc.record({
    firing: fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.constantFrom('warning', 'critical', 'held'),
      { maxKeys: 4 },
    ),
    answer: fc.constantFrom('nothing', 'close', 'resolve by hand'),
  });

  it('an incident is open exactly while a member fires, nothing joins while it is held, and news has a cause', () => {
    fc.assert(
      fc.property(fc.array(look, { maxLength: 30 }), (looks) => {
        let now: Standing | undefined;
        let told = new Set<string>();
        for (const { firing, answer } of looks) {
          const all = Object.entries(firing).map(([key, as]) =>
            fires(key, {
              told: firingAs(as === 'critical' ? 'critical' : 'warning'),
              wasTold: told.has(key),
              ...(as === 'held' && { hold: HOLD }),
            }),
          );
          const before = now;
          const fate = fateOf(before, all);
          const members = new Set(before?.state === 'closed' ? [] : before?.members);
          for (const key of fate.left) expect(members.delete(key)).toBe(true);
          for (const { fingerprint, hold } of fate.joined) {
            expect(hold).toBeUndefined();
            expect(members.has(fingerprint)).toBe(false);
            members.add(fingerprint);
          }
          const [worst] = worstFirst(fate.members);
          if (fate.becomes === 'open') expect(before?.state ?? 'closed').toBe('closed');
          if (fate.becomes === 'reopen') expect(before?.state).toBe('resolved');
          if (fate.becomes === 'tell') expect(worst?.told.severity).toBe(before?.severity);
          if (fate.becomes === 'resolve') now = standing({ state: 'resolved', members });
          else if (worst) now = standing({ members, severity: worst.told.severity });
          else now = before && { ...before, members };
          if (now?.state === 'open') {
            expect([...members].toSorted()).toEqual(
              fate.members.map(({ fingerprint }) => fingerprint).toSorted(),
            );
            expect(members.size).toBeGreaterThan(0);
          }
          const ready = all.some(({ hold }) => !hold);
          if (ready && !before?.leftAlone) expect(now?.state).toBe('open');
          if (all.length === 0) expect(now?.state).not.toBe('open');
          if (now?.state === 'open' && answer === 'resolve by hand')
            now = { ...now, state: 'resolved', leftAlone: true };
          if (now?.state === 'resolved' && answer === 'close')
            now = { ...now, state: 'closed', members: new Set() };
          told = new Set(Object.keys(firing));
        }
      }),
    );
  });
});

describe('a hold', () => {
  it('is of a group only while it is of every member, and ends when the first of them ends', () => {
    const until = (minute: number): Hold => ({ ...HOLD, until: `2026-02-10T12:0${minute}:00.000Z` });
    expect(holdOfAll([])).toBeUndefined();
    expect(holdOfAll([HOLD, undefined])).toBeUndefined();
    expect(holdOfAll([HOLD, until(5), until(3)])).toEqual(until(3));
  });

  it('by inhibition is found by the named labels alone, and never in the rule itself', () => {
    const causes = [
      { rule: 'down', labels: { host: 'a', kind: 'x' } },
      { rule: 'slow', labels: { host: 'b' } },
    ];
    const causeOf = causesAmong(causes, [
      { rule: 'down', equal: ['host'] },
      { rule: 'slow', equal: [] },
    ]);
    expect(causeOf({ rule: 'errors', labels: { host: 'a', kind: 'y' } })?.rule).toBe('down');
    expect(
      causesAmong(causes, [{ rule: 'down', equal: ['host'] }])({ rule: 'errors', labels: { host: 'c' } }),
    ).toBeUndefined();
    expect(causeOf({ rule: 'slow', labels: { host: 'z' } })).toBeUndefined();
  });
});
