// What the activities of this process are given, and how it is let go of.
import type { Client } from '@temporalio/client';
import { createChannelRouter } from '../activities/alerts/channels.ts';
import type { Dependencies } from '../activities/dependencies.ts';
import { createBlobStore } from '../adapters/blob-store.ts';
import { openDatabases } from '../adapters/postgres/databases.ts';
import { createRedisLock } from '../adapters/redis-lock.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { ChannelLogger } from '../channels/channel.ts';
import { createChannels, isConfigured } from '../channels/index.ts';
import type { ChannelSettings } from '../channels/settings.ts';
import { type BlobSettings, useBlobApi } from '../config/blob.ts';

export interface OpenInput {
  readonly catalog: Catalog;
  readonly client: Client;
  readonly channels: ChannelSettings;
  /** Where files are deleted; jobs that delete files are refused where there is no store. */
  readonly blobs: BlobSettings | undefined;
  /** Where the channel `log` writes. */
  readonly notices: ChannelLogger;
}

export const openDependencies = ({
  catalog,
  client,
  channels: settings,
  blobs,
  notices,
}: OpenInput): { readonly dependencies: Dependencies; readonly close: () => Promise<void> } => {
  const databases = openDatabases(catalog.home, catalog.databases);
  const lock = createRedisLock(catalog.redisUrl);
  const channels = createChannelRouter({
    channels: createChannels({ settings, logger: notices }),
    isConfigured: (target) => isConfigured(settings, target),
  });
  if (blobs) useBlobApi(blobs);
  const { roles } = catalog;
  const { ringAfterSeconds } = catalog.settings;
  const variables: Dependencies['variables'] = (pack, name) =>
    catalog.variables.find((each) => each.pack === pack && each.name === name)?.value;
  return {
    dependencies: {
      databases,
      lock,
      ...(blobs && { blobs: createBlobStore(blobs) }),
      variables,
      temporal: client,
      channels,
      roles,
      ringAfterSeconds,
    },
    close: async () => {
      await Promise.allSettled([databases.close(), lock.close()]);
    },
  };
};
