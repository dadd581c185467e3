// A pack's health checks as the catalog has them, each compared with the rest of its pack and with this very code.

import type { CatalogCheck, CatalogJob, CatalogMonitor } from '../catalog/catalog.ts';
import type { CheckedHealthCheck } from '../catalog/schema/checks.ts';
import type { CheckedPack } from '../catalog/schema/config.ts';
import type { Alerting } from '../catalog/snapshots/alert.ts';
import { healthSnapshot } from '../catalog/snapshots/health.ts';
import { checkId } from '../domain/ids.ts';
import { buildId } from './build-id.ts';

interface PackChecksInput {
  readonly pack: CheckedPack;
  readonly declared: readonly CheckedHealthCheck[];
  readonly runbookBaseUrl: string | undefined;
  readonly alerting: Alerting;
  readonly jobs: readonly CatalogJob[];
  readonly monitors: readonly CatalogMonitor[];
}

export const packChecks = ({ pack, declared, ...rest }: PackChecksInput): readonly CatalogCheck[] => {
  const named = declared.map(({ name, schedule }) => ({ id: checkId(pack.name, name), name, schedule }));
  const databases = Object.keys(pack.databases);
  return declared.map((check) => ({
    id: checkId(pack.name, check.name),
    pack: pack.name,
    name: check.name,
    schedule: check.schedule,
    snapshot: healthSnapshot({
      ...rest,
      pack: pack.name,
      check,
      checks: named,
      databases,
      build: buildId,
    }),
  }));
};
