// What a dashboard is rendered from: its pack, and what its panels name.

import type { ViewedRule } from '../adapters/postgres/dashboards/view-sql.ts';
import type {
  Catalog,
  CatalogDashboard,
  CatalogJob,
  CatalogMetric,
  CatalogReport,
} from '../catalog/catalog.ts';
import type { CheckedPack } from '../catalog/schema/config.ts';

export interface Ground {
  readonly pack: Pick<CheckedPack, 'name' | 'databases'>;
  readonly jobs: readonly CatalogJob[];
  readonly reports: readonly CatalogReport[];
  readonly metrics: readonly CatalogMetric[];
  /** Of the pack's monitors, in the order of their declaration. */
  readonly rules: readonly ViewedRule[];
}

export type GroundCatalog = Pick<Catalog, 'packs' | 'jobs' | 'reports' | 'metrics' | 'monitors'>;

export const groundOf = (catalog: GroundCatalog, { pack: name }: Pick<CatalogDashboard, 'pack'>): Ground => {
  const pack = catalog.packs.find((each) => each.name === name);
  if (!pack) throw new Error(`there is no pack ${name}`);
  const own = <T extends { readonly pack: string }>(all: readonly T[]): readonly T[] =>
    all.filter((each) => each.pack === name);
  return {
    pack,
    jobs: own(catalog.jobs),
    reports: own(catalog.reports),
    metrics: own(catalog.metrics),
    rules: own(catalog.monitors).flatMap(({ name: monitor, snapshot }) =>
      snapshot.rules.map(({ rule }) => ({ rule: rule.name, monitor })),
    ),
  };
};
