// A probe of the lock backend: takes a lock that nobody else wants and lets go of it, over a connection of its own.
import { randomUUID } from 'node:crypto';
import { onRedis, type RedisWithin } from './redis-connection.ts';

/** Not below `lock:`, where the locks of jobs are looked for. */
const PREFIX = 'probe:lock:';

/** Nobody need clean up after a probe that was cut off. */
const LEASE_MS = 10_000;

const RELEASE = `
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0`;

/** Milliseconds that taking and letting go took; rejects where either was refused. */
export const probeLock = (url: string, within: RedisWithin): Promise<number> =>
  onRedis(url, within, async (redis) => {
    const token = randomUUID();
    const key = `${PREFIX}${token}`;
    const start = performance.now();
    if ((await redis.set(key, token, 'PX', LEASE_MS, 'NX')) === null)
      throw new Error('Redis did not give the probe lock');
    if ((await redis.eval(RELEASE, 1, key, token)) !== 1)
      throw new Error('Redis did not let go of the probe lock');
    return performance.now() - start;
  });
