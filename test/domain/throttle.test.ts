// From what was seen in a database to whether a run may work there: strict limits, every reason named, and nothing that
// could not be seen taken for good news.
import { describe, expect, it } from 'vitest';
import {
  type Figure,
  figuresOf,
  judge,
  type Look,
  type ThrottleSnapshot,
  throttleWaitSeconds,
  yieldReason,
} from '../../src/domain/jobs/throttle.ts';

const ALL: ThrottleSnapshot = {
  replicaLagSeconds: 10,
  lockWaiters: 5,
  oldestSnapshotSeconds: 3600,
  yield: { rest: 1 },
  limitSeconds: 150,
};

const seen = (figures: Look['figures'], failed: Look['failed'] = {}): Look => ({
  atMs: Date.parse('2026-02-10T12:00:00Z'),
  figures,
  failed,
});

describe('a throttle', () => {
  it('lets a run work where nothing is above its limit; exactly the limit is allowed', () => {
    expect(judge(ALL, seen({ replicaLag: 10, lockWaiters: 5, oldestSnapshot: 3600, yield: 40 }))).toBe(
      undefined,
    );
  });

  it.each([
    [{ replicaLag: 10.1 }, 'replicaLag', 'replica lag 10.1s (limit 10s)'],
    [{ lockWaiters: 6 }, 'lockWaiters', '6 sessions wait for locks (limit 5)'],
    [{ oldestSnapshot: 7200 }, 'oldestSnapshot', 'a transaction of others is open for 2h (limit 1h)'],
  ] as const)('holds a run for %j, and says what and how much', (figures, probe, reason) => {
    expect(judge(ALL, seen(figures))).toEqual({ probe, reason });
  });

  it('names everything that holds it, and is summed by the first', () => {
    expect(judge({ ...ALL, lockWaiters: 0 }, seen({ replicaLag: 30, lockWaiters: 1 }))).toEqual({
      probe: 'replicaLag',
      reason: 'replica lag 30s (limit 10s); 1 session waits for locks (limit 0)',
    });
  });

  it('takes nothing to measure, as without replicas, for no reason to wait', () => {
    expect(judge(ALL, seen({ replicaLag: null, oldestSnapshot: null, lockWaiters: 0 }))).toBe(undefined);
  });

  it.each(['replicaLag', 'lockWaiters', 'oldestSnapshot', 'yield'] as const)(
    'holds a run whose probe %s cannot be read any more, with the reason',
    (figure: Figure) => {
      const verdict = judge(ALL, seen({}, { [figure]: 'permission denied' }));
      expect(verdict).toEqual({ probe: figure, reason: `probe ${figure} failed: permission denied` });
    },
  );

  it('does not look for what was declared none, and is not held by it', () => {
    const { replicaLagSeconds: _, yield: __, ...rest } = ALL;
    expect(figuresOf(rest)).toEqual(['lockWaiters', 'oldestSnapshot']);
    expect(judge(rest, seen({ replicaLag: 1e6 }, { yield: 'away' }))).toBe(undefined);
    expect(figuresOf({ limitSeconds: 1 })).toEqual([]);
    expect(judge({ limitSeconds: 1 }, seen({}))).toBe(undefined);
  });
});

describe('a throttle with windows', () => {
  const night = { fromMinutes: 22 * 60, toMinutes: 6 * 60, zone: 'UTC' };
  const look = (iso: string): Look => ({ ...seen({}), atMs: Date.parse(iso) });

  it('holds a run outside of them, and knows how long where that is soon', () => {
    const reason = 'outside its windows: 22:00–06:00 UTC';
    const throttle = { windows: [night], limitSeconds: 1 };
    expect(judge(throttle, look('2026-02-10T21:50:00Z'))).toEqual({ probe: 'windows', reason, seconds: 600 });
    expect(judge(throttle, look('2026-02-10T12:00:00Z'))).toEqual({ probe: 'windows', reason, seconds: 900 });
    expect(judge(throttle, look('2026-02-10T22:00:00Z'))).toBe(undefined);
  });

  it('is held by anything else within them, for as long as that lasts', () => {
    const verdict = judge(
      { ...ALL, windows: [night] },
      { ...look('2026-02-10T23:00:00Z'), figures: { replicaLag: 11 } },
    );
    expect(verdict).toEqual({ probe: 'replicaLag', reason: 'replica lag 11s (limit 10s)' });
  });
});

describe('the words and waits of a throttled run', () => {
  it('says to how many it yields', () => {
    expect([yieldReason(1), yieldReason(3)]).toEqual([
      'yields to 1 active session',
      'yields to 3 active sessions',
    ]);
  });

  it('waits 10, 20, 30 and then 60 s at a time', () => {
    expect([0, 1, 2, 3, 4, 50].map(throttleWaitSeconds)).toEqual([10, 20, 30, 60, 60, 60]);
  });
});
