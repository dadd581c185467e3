// `redis` on the suite's Redis, and on one that is slow, away or refuses.
import { createServer, type Server } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedisMeasureDefinition } from '../../../src/catalog/define/measures.ts';
import { errorOf, readingsOf, takerOf, valueOf } from '../../support/monitors/measures.ts';
import { redisUrl, unique } from '../../support/stack.ts';

let redis: Redis;
const closing: (() => void)[] = [];
beforeAll(() => {
  redis = new Redis(redisUrl());
});
afterAll(() => {
  redis.disconnect();
  for (const close of closing) close();
});

const asking = (
  url: string,
  more: Partial<RedisMeasureDefinition> & Pick<RedisMeasureDefinition, 'of'>,
  asOf?: string,
) =>
  takerOf({ redisUrl: url } as Parameters<typeof takerOf>[0])(
    { kind: 'redis', ...more },
    { ...(asOf && { asOf }) },
  );

const here = (more: Parameters<typeof asking>[1], asOf?: string) => asking(redisUrl(), more, asOf);

describe('a Redis that answers', () => {
  it('is told by how fast, how full and that it is connected', async () => {
    expect(valueOf(await here({ of: 'ping-ms' }))).toBeGreaterThan(0);
    const share = valueOf(await here({ of: 'memory-share' }));
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
    expect(valueOf(await here({ of: 'connected' }))).toBe(1);
  });

  it('is told by how many keys are like a pattern, however many steps that takes (DRAFT-11)', async () => {
    const prefix = unique('sessions');
    const pipeline = redis.pipeline();
    for (let n = 0; n < 2_500; n += 1) pipeline.set(`${prefix}:${n}`, 'x', 'EX', 60);
    await pipeline.exec();
    expect(valueOf(await here({ of: 'keys', key: `${prefix}:*` }))).toBe(2_500);
    expect(valueOf(await here({ of: 'keys', key: `${prefix}:none:*` }))).toBe(0);
  });

  it('is told by a key of its own that can be set, read and deleted, and leaves none (DRAFT-28)', async () => {
    expect(valueOf(await here({ of: 'probe' }))).toBe(1);
    const [reading] = readingsOf(await asking('redis://127.0.0.1:1', { of: 'probe', timeout: '2s' }));
    expect(reading).toMatchObject({ value: 0, facts: [['why', expect.stringContaining('ECONNREFUSED')]] });
  });

  it.each([
    ['list', (key: string) => redis.rpush(key, 'a', 'b', 'c'), 3],
    ['set', (key: string) => redis.sadd(key, 'a', 'b'), 2],
    ['text', (key: string) => redis.set(key, 'four'), 4],
    ['nothing', async () => {}, null],
  ])('is told by the length of a %s', async (_, fill, length) => {
    const key = unique('length');
    await fill(key);
    expect(readingsOf(await here({ of: 'key-length', key }))).toEqual([
      { labels: {}, value: length, facts: [['key', key]] },
    ]);
  });

  it('is told by the time that a key has left, and by nothing where that is not limited', async () => {
    const key = unique('ttl');
    await redis.set(key, 'x', 'EX', 100);
    expect(valueOf(await here({ of: 'key-ttl', key }))).toBeGreaterThan(95);
    await redis.persist(key);
    expect(valueOf(await here({ of: 'key-ttl', key }))).toBeNull();
  });

  it("is told by each lock's age, by its owner, and by nothing where another program says none", async () => {
    const name = unique('lock:age');
    const since = '2026-02-10T12:00:00.000Z';
    await redis.set(
      `${name}:ours`,
      JSON.stringify({ workflowId: 'job/p/j/1', firstRunId: 'r', since, token: 't' }),
    );
    await redis.set(`${name}:theirs`, 'locked!');
    await redis.rpush(`${name}:list`, 'no lock');
    const taken = await here({ of: 'lock-age', key: `${name}:*` }, '2026-02-10T12:02:30.000Z');
    expect(readingsOf(taken)).toEqual([
      { labels: { lock: `${name}:ours` }, value: 150, facts: [['held by', 'job/p/j/1']] },
      { labels: { lock: `${name}:theirs` }, value: null },
    ]);
  });
});

describe('a Redis that does not', () => {
  /** Takes connections and never answers. */
  const stuckOne = async (): Promise<string> => {
    const server: Server = createServer((socket) => {
      socket.on('error', () => {});
      closing.push(() => socket.destroy());
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    closing.push(() => server.close());
    const address = server.address();
    return `redis://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  };

  it('because it is away is not connected, and for the others an error', async () => {
    const away = 'redis://127.0.0.1:1';
    expect(readingsOf(await asking(away, { of: 'connected' }))).toEqual([
      { labels: {}, value: 0, facts: [['why', 'connect ECONNREFUSED 127.0.0.1:1']] },
    ]);
    expect(errorOf(await asking(away, { of: 'ping-ms' }))).toBe(
      'REDIS_UNREACHABLE: connect ECONNREFUSED 127.0.0.1:1',
    );
  });

  it('because it is stuck is not connected within its time, and for the others has timed out', async () => {
    const stuck = await stuckOne();
    const began = Date.now();
    const [connected, ping] = await Promise.all([
      asking(stuck, { of: 'connected', timeout: '2s' }),
      asking(stuck, { of: 'ping-ms', timeout: '1s' }),
    ]);
    expect(valueOf(connected)).toBe(0);
    expect(errorOf(ping)).toBe('TIMEOUT: no answer within 1 s');
    expect(Date.now() - began).toBeLessThan(4_000);
  });

  it('because the password is wrong says so, without the password', async () => {
    const denying = new URL(redisUrl());
    denying.username = 'nobody';
    denying.password = 'hush';
    const error = errorOf(await asking(denying.href, { of: 'ping-ms' }));
    expect(error).toMatch(/^REDIS_DENIED: WRONGPASS/);
    expect(error).not.toContain('hush');
  });
});
