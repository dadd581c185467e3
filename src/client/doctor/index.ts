// Every group of checks, a file each. None waits for another, and one that finds nobody at home stops no other.
import type { TemporalAddress } from '../../adapters/temporal/connect.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { ChannelSettings } from '../../channels/settings.ts';
import type { BlobSettings } from '../../config/blob.ts';
import { alertingChecks } from './alerting.ts';
import { channelChecks } from './channels.ts';
import type { Check } from './check.ts';
import { databaseChecks } from './databases.ts';
import { storeChecks } from './stores.ts';
import { temporalChecks } from './temporal.ts';

export interface DoctorInput {
  readonly catalog: Catalog;
  readonly temporal: TemporalAddress;
  readonly channels: ChannelSettings;
  readonly blobs: BlobSettings | undefined;
  readonly hasHeartbeat: boolean;
}

/** In the order in which they should be mended. */
export const examine = async (input: DoctorInput): Promise<readonly Check[]> => {
  const { catalog, temporal, blobs } = input;
  const groups = [
    databaseChecks(catalog),
    temporalChecks(catalog, temporal),
    storeChecks(catalog, blobs),
    alertingChecks(catalog),
    channelChecks(input),
  ];
  return (await Promise.all(groups)).flat();
};
