// `redis`: how the Redis does that locks are kept in, and what stands in it.
import { lookAtRedis, type RedisLook } from '../../adapters/redis-look.ts';
import { probeLock } from '../../adapters/redis-probe.ts';
import { parseOwner } from '../../domain/jobs/lock-owner.ts';
import type { Reading } from '../../domain/monitors/measure.ts';
import type { RedisFigure, RedisParams } from '../../domain/monitors/measure-params.ts';
import type { LookingDependencies } from './looking.ts';
import { type Asked, MeasureError, type MeasureKind, paramsOf, single } from './measure-kind.ts';

const MOST_LOCKS = 1000;
const ALL_LOCKS = 'lock:*';

export const createRedisMeasure =
  ({ redisUrl }: Pick<LookingDependencies, 'redisUrl'>): MeasureKind =>
  async (asked) => {
    const params = paramsOf(asked) as RedisParams;
    if (redisUrl === undefined) throw new MeasureError('UNKNOWN_NAME', 'this worker has no Redis');
    const { asOf } = asked;
    const { of } = params;
    const look = (within: Pick<Asked, 'timeoutMs' | 'signal'>) =>
      of === 'probe'
        ? probeLock(redisUrl, within).then(() => single(1))
        : lookAtRedis(redisUrl, within, (redis) => FIGURES[of](redis, params.key ?? ALL_LOCKS, asOf));
    if (of !== 'connected' && of !== 'probe') return { asOf, readings: await look(asked).catch(refuse) };
    // That it cannot be reached is what is asked here, and no failure to find out.
    const readings = await look(sooner(asked)).catch((error: unknown) =>
      single(0, [['why', wordsOf(error)]]),
    );
    return { asOf, readings };
  };

/** Ends before the measure's own time does, so that there is somebody to say that nothing answered. */
const sooner = ({ timeoutMs, signal }: Asked): Pick<Asked, 'timeoutMs' | 'signal'> => {
  const ms = Math.floor(timeoutMs * 0.8);
  return { timeoutMs: ms, signal: AbortSignal.any([signal, AbortSignal.timeout(ms)]) };
};

type Figure = (redis: RedisLook, key: string, asOf: string) => Promise<readonly Reading[]>;

const FIGURES: Readonly<Record<Exclude<RedisFigure, 'probe'>, Figure>> = {
  'ping-ms': async (redis) => single(await redis.ping()),
  connected: async (redis) => {
    await redis.ping();
    return single(1);
  },
  'memory-share': async (redis) => {
    const { used, most } = await redis.memory();
    return single(most === null ? null : used / most);
  },
  keys: async (redis, key) => single(await redis.count(key), [['pattern', key]]),
  'key-length': async (redis, key) => single(await redis.length(key), [['key', key]]),
  'key-ttl': async (redis, key) => single(await redis.secondsLeft(key), [['key', key]]),
  'lock-age': async (redis, key, asOf) => {
    const texts = await redis.textsLike(key, MOST_LOCKS);
    return [...texts].map(([lock, text]) => lockReading(lock, text, asOf));
  },
};

/** Null where another program holds it and says nothing of when it took it. */
const lockReading = (lock: string, text: string, asOf: string): Reading => {
  const { since, workflowId } = parseOwner(text);
  const taken = Date.parse(since ?? '');
  return {
    labels: { lock },
    value: Number.isNaN(taken) ? null : Math.max(0, (Date.parse(asOf) - taken) / 1000),
    ...(workflowId !== undefined && { facts: [['held by', workflowId]] }),
  };
};

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const refuse = (error: unknown): never => {
  const words = wordsOf(error);
  const type = /WRONGPASS|NOAUTH|NOPERM/.test(words) ? 'REDIS_DENIED' : 'REDIS_UNREACHABLE';
  throw new MeasureError(type, words);
};
