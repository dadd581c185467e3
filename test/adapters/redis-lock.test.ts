// The Redis lock keeps runs apart, is let go of by its owner alone, and says so quickly when Redis is not there.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedisLock, type RedisLock } from '../../src/adapters/redis-lock.ts';
import type { LockOwner } from '../../src/domain/jobs/lock-owner.ts';
import { redisUrl, unique } from '../support/stack.ts';

const LEASE_MS = 30_000;

let redis: Redis;
let lock: RedisLock;
beforeAll(() => {
  redis = new Redis(redisUrl());
  lock = createRedisLock(redisUrl());
});
afterAll(async () => {
  redis.disconnect();
  await lock.close();
});

const owner = (firstRunId = unique('run')): Omit<LockOwner, 'token'> => ({
  workflowId: `job/test/${firstRunId}`,
  firstRunId,
  since: '2026-02-10T12:00:00.000000Z',
});

const acquire = async (key: string, who = owner()) => {
  const result = await lock.acquire(key, who, LEASE_MS);
  if (!result.held) throw new Error(`held by ${result.by}`);
  return result.value;
};

describe('taking the lock', () => {
  it('SLA-16: writes down workflow, run, instant and a token of its own, for the lease and no longer', async () => {
    const key = unique('lock');
    const who = owner();
    const value = JSON.parse(await acquire(key, who));
    expect(value).toEqual({ ...who, token: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(await redis.get(key)).toBe(JSON.stringify(value));
    const left = await redis.pttl(key);
    expect(left).toBeGreaterThan(LEASE_MS - 5_000);
    expect(left).toBeLessThanOrEqual(LEASE_MS);
  });

  it('fails while another run holds it, and says who', async () => {
    const key = unique('lock');
    const value = await acquire(key);
    expect(await lock.acquire(key, owner(), LEASE_MS)).toEqual({ held: false, by: value });
  });

  it('finds the run’s own lock again after a crash, with its value and a new lease', async () => {
    const key = unique('lock');
    const who = owner();
    const value = await acquire(key, who);
    await redis.pexpire(key, 5_000);
    expect(await lock.acquire(key, { ...who, since: 'later' }, LEASE_MS)).toEqual({ held: true, value });
    expect(await redis.pttl(key)).toBeGreaterThan(5_000);
  });

  it('is won by exactly one of many runs that try at once', async () => {
    const key = unique('lock');
    const results = await Promise.all(Array.from({ length: 20 }, () => lock.acquire(key, owner(), LEASE_MS)));
    expect(results.filter(({ held }) => held)).toHaveLength(1);
  });

  it.each(['by hand', '[]', 'null', '"x"', ''])(
    'takes a value of another program, %j, for another owner’s',
    async (value) => {
      const key = unique('lock');
      await redis.set(key, value);
      expect(await lock.acquire(key, owner(), LEASE_MS)).toEqual({ held: false, by: value });
      expect(await lock.releaseOwnedBy(key, 'run')).toBe(false);
      expect(await redis.get(key)).toBe(value);
    },
  );
});

describe('extending the lock', () => {
  it('gives its holder a new lease, finds it gone, or finds it taken, and changes neither of those', async () => {
    const key = unique('lock');
    const value = await acquire(key);
    await redis.pexpire(key, 5_000);
    expect(await lock.extend(key, value, LEASE_MS)).toBe('extended');
    expect(await redis.pttl(key)).toBeGreaterThan(5_000);

    await redis.del(key);
    expect(await lock.extend(key, value, LEASE_MS)).toBe('gone');
    expect(await redis.exists(key)).toBe(0);

    const other = await acquire(key);
    await redis.pexpire(key, 5_000);
    expect(await lock.extend(key, value, LEASE_MS)).toBe('taken');
    expect(await redis.get(key)).toBe(other);
    expect(await redis.pttl(key)).toBeLessThanOrEqual(5_000);
  });

  it('compares the whole value: the same run under another token is another', async () => {
    const key = unique('lock');
    const who = owner();
    const before = await acquire(key, who);
    await redis.del(key);
    await acquire(key, who);
    expect(await lock.extend(key, before, LEASE_MS)).toBe('taken');
  });
});

describe('letting go of the lock', () => {
  it('SLA-16: is for its holder alone', async () => {
    const key = unique('lock');
    const who = owner();
    const value = await acquire(key, who);
    expect(await lock.releaseOwnedBy(key, 'somebody-else')).toBe(false);
    expect(await redis.get(key)).toBe(value);
    expect(await lock.releaseOwnedBy(key, who.firstRunId)).toBe(true);
    expect(await redis.exists(key)).toBe(0);
    expect(await lock.releaseOwnedBy(key, who.firstRunId)).toBe(false);
  });
});

describe('letting go of a lock that was shown', () => {
  it('SLA-94: deletes that value and no other, and says whether it did', async () => {
    const key = unique('lock');
    const shown = await acquire(key);
    expect(await lock.release(key, `${shown} `)).toBe(false);
    expect(await redis.get(key)).toBe(shown);
    expect(await lock.release(key, shown)).toBe(true);
    expect(await redis.exists(key)).toBe(0);
    const next = await acquire(key);
    expect(await lock.release(key, shown)).toBe(false);
    expect(await redis.get(key)).toBe(next);
  });
});

describe('a lock is shown', () => {
  it('with its value and the rest of its lease, as one without a lease, or as none', async () => {
    const key = unique('lock');
    expect(await lock.read(key)).toBeUndefined();
    const value = await acquire(key);
    const read = await lock.read(key);
    expect(read?.value).toBe(value);
    expect(read?.leaseMs).toBeGreaterThan(LEASE_MS - 5_000);
    await redis.persist(key);
    expect(await lock.read(key)).toEqual({ value, leaseMs: null });
  });
});

describe('taking the lock over from an owner that is over', () => {
  const heirOf = ({ workflowId, firstRunId, since }: Omit<LockOwner, 'token'>): Omit<LockOwner, 'token'> => ({
    ...owner(),
    takenFrom: { workflowId, firstRunId, since },
  });

  it('SLA-16: puts the heir in its place, with a new lease, a new token, and word of whom it was taken from', async () => {
    const key = unique('lock');
    const dead = owner();
    const before = await acquire(key, dead);
    await redis.pexpire(key, 1_000);
    const heir = heirOf(dead);
    const taken = await lock.takeOver(key, heir, { value: before, leaseMs: LEASE_MS });
    const value = await redis.get(key);
    expect(taken).toEqual({ held: true, value });
    expect(JSON.parse(value ?? '')).toEqual({ ...heir, token: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(await redis.pttl(key)).toBeGreaterThan(LEASE_MS - 5_000);
    expect(await lock.extend(key, before, LEASE_MS)).toBe('taken');
    expect(await lock.releaseOwnedBy(key, dead.firstRunId)).toBe(false);
  });

  it('changes nothing where the lock has another value by now, and says which', async () => {
    const key = unique('lock');
    const dead = owner();
    const before = await acquire(key, dead);
    await redis.del(key);
    const now = await acquire(key);
    await redis.pexpire(key, 5_000);
    const given = { value: before, leaseMs: LEASE_MS };
    expect(await lock.takeOver(key, heirOf(dead), given)).toEqual({ held: false, by: now });
    expect(await redis.get(key)).toBe(now);
    expect(await redis.pttl(key)).toBeLessThanOrEqual(5_000);
  });

  it('makes no lock where there is none any more', async () => {
    const key = unique('lock');
    const dead = owner();
    const given = { value: '{}', leaseMs: LEASE_MS };
    expect(await lock.takeOver(key, heirOf(dead), given)).toMatchObject({ held: false });
    expect(await redis.exists(key)).toBe(0);
  });

  it('is won by exactly one of many heirs', async () => {
    const key = unique('lock');
    const dead = owner();
    const given = { value: await acquire(key, dead), leaseMs: LEASE_MS };
    const results = await Promise.all(
      Array.from({ length: 20 }, () => lock.takeOver(key, heirOf(dead), given)),
    );
    expect(results.filter(({ held }) => held)).toHaveLength(1);
  });
});

/** Runs `work` with a lock on a server that is not Redis, and measures how long it takes to fail. */
const failing = async (url: string, work: (lock: RedisLock) => Promise<unknown>): Promise<number> => {
  const away = createRedisLock(url);
  const begun = Date.now();
  await expect(work(away)).rejects.toThrow();
  const took = Date.now() - begun;
  await away.close();
  return took;
};

/** Stands between the lock and Redis, or nothing; `silence` keeps connections open and passes nothing on. */
const openGate = async (to?: string): Promise<{ url: string; silence: () => void; close: () => void }> => {
  const sockets = new Set<Socket>();
  const gate = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    if (!to) return;
    const { hostname, port } = new URL(to);
    const redisSide = connect(Number(port), hostname).on('error', () => {});
    sockets.add(redisSide);
    socket.pipe(redisSide).pipe(socket);
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  const { port } = gate.address() as AddressInfo;
  return {
    url: `redis://127.0.0.1:${port}`,
    silence: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      gate.close();
    },
  };
};

describe('a Redis that does not answer', () => {
  const works: [string, (lock: RedisLock) => Promise<unknown>][] = [
    ['taking', (away) => away.acquire('key', owner(), LEASE_MS)],
    ['extending', (away) => away.extend('key', '{}', LEASE_MS)],
    ['letting go', (away) => away.releaseOwnedBy('key', 'run')],
    ['taking over', (away) => away.takeOver('key', owner(), { value: '{}', leaseMs: LEASE_MS })],
  ];

  it.each(works)('because nothing listens there fails %s within 3 s', async (_, work) => {
    expect(await failing('redis://127.0.0.1:1', work)).toBeLessThan(3_000);
  });

  it.each(works)('although something listens there fails %s within 3 s', async (_, work) => {
    const gate = await openGate();
    expect(await failing(gate.url, work)).toBeLessThan(3_000);
    gate.close();
  });

  it('since it fell silent between two commands fails the next one within 3 s', async () => {
    const gate = await openGate(redisUrl());
    const work = async (away: RedisLock): Promise<unknown> => {
      const key = unique('lock');
      const result = await away.acquire(key, owner(), LEASE_MS);
      expect(result.held).toBe(true);
      gate.silence();
      return away.extend(key, '{}', LEASE_MS);
    };
    expect(await failing(gate.url, work)).toBeLessThan(3_000);
    gate.close();
  });
});
