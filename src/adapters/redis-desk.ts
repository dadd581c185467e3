// Redis as a person's command reaches it: one connection, opened at the first question, that gives up soon.
import { Redis } from 'ioredis';

export interface RedisDesk {
  /** Milliseconds from asking to the answer. */
  readonly ping: () => Promise<number>;
  /** Used bytes and the most there may be; `most` is null where nothing says. */
  readonly memory: () => Promise<{ readonly used: number; readonly most: number | null }>;
  /** Keys like the pattern, by SCAN. */
  readonly count: (pattern: string) => Promise<number>;
  readonly get: (key: string) => Promise<string | null>;
  readonly set: (key: string, value: string, lastsMs: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

const PATIENCE_MS = 2_000;
const SCAN_COUNT = 1_000;

export const openRedisDesk = (url: string): RedisDesk => {
  let redis: Redis | undefined;
  let broken: Error | undefined;

  const ask = async <T>(work: (connected: Redis) => Promise<T>): Promise<T> => {
    try {
      if (redis === undefined) {
        redis = new Redis(url, {
          lazyConnect: true,
          connectTimeout: PATIENCE_MS,
          commandTimeout: PATIENCE_MS,
          maxRetriesPerRequest: 0,
          retryStrategy: null,
          enableOfflineQueue: false,
        });
        // Each command tells its own failure; without a listener it would be printed besides.
        redis.on('error', (error) => {
          broken = error;
        });
        await redis.connect();
      }
      return await work(redis);
    } catch (error) {
      // "Connection is closed" says less than why it was.
      throw broken ?? error;
    }
  };

  return {
    ping: () =>
      ask(async (connected) => {
        const start = performance.now();
        await connected.ping();
        return performance.now() - start;
      }),
    memory: () =>
      ask(async (connected) => {
        const info = await connected.info('memory');
        const figure = (name: string): number =>
          Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
        return {
          used: figure('used_memory'),
          most: figure('maxmemory') || figure('total_system_memory') || null,
        };
      }),
    count: (pattern) =>
      ask(async (connected) => {
        // A scan may name a key twice.
        const keys = new Set<string>();
        let cursor = '0';
        do {
          const [next, found] = await connected.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
          for (const key of found) keys.add(key);
          cursor = next;
        } while (cursor !== '0');
        return keys.size;
      }),
    get: (key) => ask((connected) => connected.get(key)),
    set: (key, value, lastsMs) =>
      ask(async (connected) => {
        await connected.set(key, value, 'PX', lastsMs);
      }),
    close: async () => {
      redis?.disconnect();
    },
  };
};
