// `redis`, `blob`: whether what keeps locks and what keeps files take the credentials and answer.
import { probeLock } from '../../adapters/redis-probe.ts';
import type { BlobParams, RedisProbeParams } from '../../domain/health/check-params.ts';
import { askedTwice, failed } from '../../domain/health/finding.ts';
import { type CheckDependencies, type CheckKind, paramsOfCheck } from './check-kind.ts';

export const createRedisCheck =
  ({ redisUrl }: CheckDependencies): CheckKind =>
  async (asked) => {
    if (redisUrl === undefined) return failed('this worker has no Redis');
    const { warnAboveMs } = paramsOfCheck(asked) as RedisProbeParams;
    return askedTwice(() => probeLock(redisUrl, asked), warnAboveMs);
  };

export const createBlobCheck =
  ({ blobs }: CheckDependencies): CheckKind =>
  async (asked) => {
    if (!blobs) return failed('this worker has no blob store: BLOB_READ_WRITE_TOKEN is not set');
    const { warnAboveMs } = paramsOfCheck(asked) as BlobParams;
    return askedTwice(async () => {
      const start = performance.now();
      await blobs.list({});
      return performance.now() - start;
    }, warnAboveMs);
  };
