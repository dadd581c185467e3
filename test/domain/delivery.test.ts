// When a message is given up, how long is waited between tries, and the keys by which a provider folds alerts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentState } from '../../src/domain/alerts/alert.ts';
import {
  ELSEWHERE_AFTER,
  EXPIRES_SECONDS,
  judgeFailure,
  limitOf,
  waitAfter,
} from '../../src/domain/alerts/delivery.ts';
import { baseKey, providerKey } from '../../src/domain/alerts/provider-key.ts';

const failed = { final: false, failures: 1, ageSeconds: 0, waitMs: 2_000 };

describe('a try that failed', () => {
  it.each([
    ['is tried again', {}, 'later'],
    ['is given up at once where a person must change something', { final: true }, 'dead'],
    [
      'is told elsewhere with the sixth failure, and goes on being tried',
      { failures: ELSEWHERE_AFTER },
      'elsewhere',
    ],
    ['is told elsewhere once', { failures: ELSEWHERE_AFTER + 1 }, 'later'],
    ['is given up once it has expired', { ageSeconds: EXPIRES_SECONDS }, 'dead'],
    ['is given up rather than waited for beyond its time', { waitMs: EXPIRES_SECONDS * 1000 }, 'dead'],
  ] as const)('%s', (_, change, verdict) => {
    expect(judgeFailure({ ...failed, ...change })).toBe(verdict);
  });

  it('waits exactly as long as the provider asks for, and else 2 s, twice that each time, a minute at most', () => {
    expect(waitAfter(1, 17_500)).toBe(17_500);
    expect([1, 2, 3, 5, 6, 20].map((failures) => waitAfter(failures, undefined))).toEqual([
      2_000, 4_000, 8_000, 32_000, 60_000, 60_000,
    ]);
  });
});

describe('what a provider takes in a second', () => {
  it('counts each Slack channel apart, e-mail as a whole, and a webhook not at all', () => {
    expect(limitOf('slack', 'ops')).toEqual({ target: 'slack:ops', perSecond: 1 });
    expect(limitOf('email', 'a@example.org')).toEqual(limitOf('email', 'b@example.org'));
    expect(limitOf('webhook', '')).toBeUndefined();
  });
});

describe('a key by which the provider folds alerts', () => {
  const incident = { id: 'pack/rule/12', labels: { b: '2', a: '1' }, firing: {} } as unknown as IncidentState;
  const firing = (dedupKey: string) => ({ ...incident, firing: { dedupKey } }) as unknown as IncidentState;

  it('is the pack’s own, else rule and labels in their order', () => {
    expect(baseKey(firing('sla/cleanup'))).toBe('sla/cleanup');
    expect(baseKey(incident)).toBe('pack/rule:a=1,b=2');
    expect(baseKey({ ...incident, labels: {} })).toBe('pack/rule');
  });

  const first = { base: 'k', number: 12, wake: 1, later: false, taken: false };
  it.each([
    ['the first wake', {}, 'k'],
    ['the first wake while an earlier incident may be open under it', { taken: true }, 'k/i12'],
    ['a later wake', { later: true, wake: 3 }, 'k/i12/w3'],
    ['a later wake while an earlier incident may be open', { later: true, taken: true, wake: 3 }, 'k/i12/w3'],
  ])('of %s', (_, change, key) => {
    expect(providerKey({ ...first, ...change })).toBe(key);
  });

  it('has at most 255 characters, and two that are cut stay two', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 200, maxLength: 400 }),
        fc.boolean(),
        fc.boolean(),
        (base, later, taken) => {
          const make = (given: string) =>
            providerKey({ ...first, base: given, wake: 99_999, number: 2 ** 31, later, taken });
          expect(make(base).length).toBeLessThanOrEqual(255);
          expect(make(base)).not.toBe(make(`${base}x`));
        },
      ),
    );
  });
});
