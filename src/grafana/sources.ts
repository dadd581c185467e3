// Where Grafana finds data: a variable for each source on each dashboard, so that one file fits every installation. The
// values that they have at first are the uids that docker/grafana provisions.
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import { DatasourceVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { CheckedPack } from '../catalog/schema/config.ts';

const POSTGRES = 'grafana-postgresql-datasource';
const PROMETHEUS = 'prometheus';

/** What a query asks: Prometheus, or one of the pack's databases. */
export type Source = { readonly prometheus: true } | { readonly database: string };

/** Sexton's own database, whatever the pack calls it. */
export const HOME = '';

type DatabasesOf = Pick<CheckedPack, 'name' | 'databases'>;

const isHome = ({ databases }: DatabasesOf, database: string): boolean => {
  const declared = databases[database];
  return database === HOME || (declared !== undefined && 'home' in declared);
};

/** Name of the variable: `prometheus`, `home`, `db_app`. */
const variableOf = (pack: DatabasesOf, source: Source): string => {
  if ('prometheus' in source) return 'prometheus';
  return isHome(pack, source.database) ? 'home' : `db_${source.database.replaceAll('-', '_')}`;
};

/** The uid that is provisioned: `prometheus`, `sexton-home`, `sexton-<pack>-<database>`. */
const uidOf = (pack: DatabasesOf, source: Source): string => {
  if ('prometheus' in source) return 'prometheus';
  return isHome(pack, source.database) ? 'sexton-home' : `sexton-${pack.name}-${source.database}`;
};

export const refOf = (pack: DatabasesOf, source: Source): DataSourceRef => ({
  type: 'prometheus' in source ? PROMETHEUS : POSTGRES,
  uid: `\${${variableOf(pack, source)}}`,
});

const labelOf = (pack: DatabasesOf, source: Source): string => {
  if ('prometheus' in source) return 'Prometheus';
  return isHome(pack, source.database) ? 'Sexton’s database' : `Database ${source.database}`;
};

/** One variable for each source that is asked. */
export const sourceVariables = (
  pack: DatabasesOf,
  sources: readonly Source[],
): readonly DatasourceVariableBuilder[] => {
  const named = new Map(sources.map((source) => [variableOf(pack, source), source]));
  return [...named].map(([name, source]) => {
    const uid = uidOf(pack, source);
    return new DatasourceVariableBuilder(name)
      .label(labelOf(pack, source))
      .type('prometheus' in source ? PROMETHEUS : POSTGRES)
      .current({ selected: true, text: uid, value: uid })
      .includeAll(false)
      .multi(false);
  });
};
