// One look at Redis over a connection of its own, which ends with the look.
import type { Redis } from 'ioredis';
import { onRedis, type RedisWithin } from './redis-connection.ts';

export interface RedisLook {
  /** Milliseconds from asking to the answer. */
  readonly ping: () => Promise<number>;
  /** Used bytes and the most there may be; `most` is null where nothing says. */
  readonly memory: () => Promise<{ readonly used: number; readonly most: number | null }>;
  /** Entries, or bytes of a text; null where there is no such key. */
  readonly length: (key: string) => Promise<number | null>;
  /** How many keys are like the pattern. It is asked in small steps, so that nobody else waits for the answer. */
  readonly count: (pattern: string) => Promise<number>;
  /** Seconds that are left; null where there is no such key or it never ends. */
  readonly secondsLeft: (key: string) => Promise<number | null>;
  /** Texts by key, of keys like the pattern; at most so many. */
  readonly textsLike: (pattern: string, most: number) => Promise<ReadonlyMap<string, string>>;
}

const LENGTH_OF: Readonly<Record<string, 'strlen' | 'llen' | 'scard' | 'zcard' | 'hlen' | 'xlen'>> = {
  string: 'strlen',
  list: 'llen',
  set: 'scard',
  zset: 'zcard',
  hash: 'hlen',
  stream: 'xlen',
};

/** Connects, looks, and lets go. Rejects with what Redis or the connection says. */
export const lookAtRedis = <T>(
  url: string,
  within: RedisWithin,
  look: (redis: RedisLook) => Promise<T>,
): Promise<T> => onRedis(url, within, (redis) => look(looking(redis)));

const looking = (redis: Redis): RedisLook => ({
  ping: async () => {
    const start = performance.now();
    await redis.ping();
    return performance.now() - start;
  },
  memory: async () => {
    const info = await redis.info('memory');
    const figure = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
    return {
      used: figure('used_memory'),
      most: figure('maxmemory') || figure('total_system_memory') || null,
    };
  },
  length: async (key) => {
    const command = LENGTH_OF[await redis.type(key)];
    return command ? redis[command](key) : null;
  },
  count: async (pattern) => {
    // A key may be found more than once.
    const keys = new Set<string>();
    let cursor = '0';
    do {
      const [next, found] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', 1000);
      for (const key of found) keys.add(key);
      cursor = next;
    } while (cursor !== '0');
    return keys.size;
  },
  secondsLeft: async (key) => {
    const ms = await redis.pttl(key);
    return ms < 0 ? null : ms / 1000;
  },
  textsLike: async (pattern, most) => {
    const keys = new Set<string>();
    let cursor = '0';
    do {
      const [next, found] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', 1000, 'TYPE', 'string');
      for (const key of found) if (keys.size < most) keys.add(key);
      cursor = next;
    } while (cursor !== '0' && keys.size < most);
    const all = [...keys].toSorted();
    const texts = all.length > 0 ? await redis.mget(all) : [];
    return new Map(
      all.flatMap((key, place) => {
        const text = texts[place];
        return typeof text === 'string' ? [[key, text]] : [];
      }),
    );
  },
});
