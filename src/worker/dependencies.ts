// What the activities of this process are given, and how it is let go of.
import type { Client } from '@temporalio/client';
import { createChannelRouter } from '../activities/alerts/channels.ts';
import type { Dependencies } from '../activities/dependencies.ts';
import { declaredIn } from '../activities/measures/declared.ts';
import { createBlobStore } from '../adapters/blob-store.ts';
import { openDatabases } from '../adapters/postgres/databases.ts';
import { openLookingPools } from '../adapters/postgres/looking-pools.ts';
import { createRedisLock } from '../adapters/redis-lock.ts';
import type { Catalog, CatalogCheck, CatalogMonitor } from '../catalog/catalog.ts';
import { everyMinutes } from '../catalog/cron.ts';
import type { ChannelLogger } from '../channels/channel.ts';
import { createChannels, isConfigured } from '../channels/index.ts';
import { type CheckInSchedule, createSentryCheckIns } from '../channels/sentry/check-in.ts';
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
  const looking = openLookingPools(catalog.databases);
  const lock = createRedisLock(catalog.redisUrl);
  const channels = createChannelRouter({
    channels: createChannels({ settings, logger: notices }),
    isConfigured: (target) => isConfigured(settings, target),
    fallback: catalog.fallback,
  });
  const checkIns = createSentryCheckIns({
    settings: settings.sentry,
    scheduleOf: (id) => scheduleIn(catalog, id),
    logger: notices,
  });
  if (blobs) useBlobApi(blobs);
  const { directory } = catalog;
  const { ringAfterSeconds } = catalog.settings;
  const variables: Dependencies['variables'] = (pack, name) =>
    catalog.variables.find((each) => each.pack === pack && each.name === name)?.value;
  const variableStates: Dependencies['variableStates'] = (pack, name) =>
    catalog.variableStates.find((each) => each.pack === pack && each.name === name)?.state;
  return {
    dependencies: {
      databases,
      lock,
      ...(blobs && { blobs: createBlobStore(blobs) }),
      variables,
      variableStates,
      looking,
      redisUrl: catalog.redisUrl,
      declared: declaredIn(catalog),
      reports: catalog.reports,
      temporal: client,
      channels,
      checkIns,
      directory,
      ringAfterSeconds,
    },
    close: async () => {
      await Promise.allSettled([databases.close(), looking.close(), lock.close()]);
    },
  };
};

const cronOf = ({ schedule }: { readonly schedule: string }): string | number =>
  everyMinutes(schedule) ?? schedule;

/** A job may take as long as its budget says, a tick as long as there is until the next. */
const scheduleIn = ({ jobs, monitors, checks }: Catalog, id: string): CheckInSchedule | undefined => {
  const job = jobs.find((each) => each.id === id);
  if (job) return { cron: cronOf(job), maxSeconds: job.snapshot.budgetSeconds };
  const looks: readonly (CatalogMonitor | CatalogCheck)[] = [...monitors, ...checks];
  const look = looks.find((each) => each.id === id);
  return look && { cron: cronOf(look), maxSeconds: look.snapshot.cadenceSeconds };
};
