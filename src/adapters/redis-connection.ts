// One connection to Redis for one piece of work, which ends with it: nothing waits behind anything, and what hangs is given
// up with its socket.
import { Redis } from 'ioredis';

export interface RedisWithin {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Connects, works, and lets go. Rejects with what Redis or the connection says. */
export const onRedis = async <T>(
  url: string,
  { timeoutMs, signal }: RedisWithin,
  work: (redis: Redis) => Promise<T>,
): Promise<T> => {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
    enableOfflineQueue: false,
  });
  let broken: Error | undefined;
  redis.on('error', (error) => {
    broken = error;
  });
  // A connection that was never answered does not end by being let go of, so nobody waits for that.
  let giveUp = (): void => {};
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = () => {
      reject(new Error('Redis does not answer'));
      redis.disconnect();
    };
  });
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([redis.connect().then(() => work(redis)), givenUp]);
  } catch (error) {
    // "Connection is closed" says less than why it was.
    throw broken ?? error;
  } finally {
    signal.removeEventListener('abort', giveUp);
    redis.disconnect();
  }
};
