// Redis, where locks are kept, and the blob store where one is configured.
import { createBlobStore } from '../../adapters/blob-store.ts';
import { lookAtRedis } from '../../adapters/redis-look.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { type BlobSettings, useBlobApi } from '../../config/blob.ts';
import { ANSWER_MS, type Check, check, pass, warn } from './check.ts';

/** Of the memory that it may have. */
const MEMORY_SHARE = 0.9;

const redisCheck = (url: string): Promise<Check> =>
  check('redis', 'see that it runs, and REDIS_URL; until then no batch begins', (signal) =>
    lookAtRedis(url, { timeoutMs: ANSWER_MS, signal }, async (redis) => {
      await redis.ping();
      const { used, most } = await redis.memory();
      const share = most === null ? 0 : used / most;
      if (share <= MEMORY_SHARE) return pass('answers');
      return warn(`uses ${Math.round(share * 100)} % of its memory`, 'see what else writes there');
    }),
  );

const blobCheck = (settings: BlobSettings): Promise<Check> =>
  check('blob store', 'see BLOB_READ_WRITE_TOKEN and VERCEL_BLOB_API_URL', async () => {
    useBlobApi(settings);
    await createBlobStore(settings).list({ limit: 1 });
    return pass('lists');
  });

export const storeChecks = async (
  catalog: Pick<Catalog, 'redisUrl'>,
  blobs: BlobSettings | undefined,
): Promise<readonly Check[]> =>
  Promise.all([redisCheck(catalog.redisUrl), ...(blobs ? [blobCheck(blobs)] : [])]);
