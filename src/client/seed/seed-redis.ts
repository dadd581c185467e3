// What a seed may do to the Redis that locks are kept in. Whoever lets a seed begin has made sure that it may.
import type { Redis } from 'ioredis';
import { onRedis } from '../../adapters/redis-connection.ts';
import type { SeedRedis } from '../../catalog/define/pack.ts';

const TIMEOUT_MS = 10_000;

/** Owner of a lock that nobody holds any more. */
const GONE = { workflowId: 'job/seed/gone', firstRunId: '00000000-0000-4000-8000-000000000000' };
const LEFT_SECONDS = 86_400;

export const seedRedis = (url: string): SeedRedis => {
  const work = <T>(act: (redis: Redis) => Promise<T>): Promise<T> =>
    onRedis(url, { timeoutMs: TIMEOUT_MS, signal: AbortSignal.timeout(TIMEOUT_MS) }, act);
  return {
    put: (keys, seconds) =>
      work(async (redis) => {
        const pipeline = redis.pipeline();
        for (const key of keys) pipeline.set(key, 'written by sexton seed', 'EX', seconds);
        await pipeline.exec();
      }),
    clear: (pattern) =>
      work(async (redis) => {
        for await (const keys of redis.scanStream({ match: pattern, count: 1000 }))
          if (keys.length > 0) await redis.unlink(...keys);
      }),
    leaveLock: (key, since) =>
      work(async (redis) => {
        const value = JSON.stringify({ ...GONE, since: since.toISOString(), token: 'seed' });
        await redis.set(key, value, 'EX', LEFT_SECONDS);
      }),
    silence: (seconds) =>
      work(async (redis) => {
        await redis.call('CLIENT', 'PAUSE', `${seconds * 1000}`, 'ALL');
      }),
  };
};
